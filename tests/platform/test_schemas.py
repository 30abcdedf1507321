"""Everything that is rendered keeps the published schemas, strictly: no unknown field, no wrong type."""

from tests.platform import offline
from tests.platform.rendered import examples, generated


def test_the_examples_keep_the_schemas() -> None:
    found = [f"{each}: {fault}" for each in examples() for tree in each.objects for fault in offline.faults(tree)]
    assert found == []


def test_generated_stacks_keep_the_schemas() -> None:
    found = [f"{each}: {fault}" for each in generated() for tree in each.objects for fault in offline.faults(tree)]
    assert found == []


def test_the_judge_finds_what_is_wrong() -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a", "label": {}}}
    gateway = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "a"}, "spec": {}}
    rollout = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "a"}}
    assert [len(list(offline.faults(each))) for each in (namespace, gateway, rollout)] == [1, 2, 1]
