"""A real API server takes everything that is rendered: strictly, without a warning."""

import os
from collections.abc import Iterator

import pytest

from tests.platform.rendered import Set, examples, generated
from tests.platform.server import Server, can_run, running

pytestmark = pytest.mark.skipif(
    not can_run() and "CI" not in os.environ, reason="neither the API server's programs nor Go and openssl are here"
)
RESTRICTED = {"pod-security.kubernetes.io/warn": "restricted"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("apiserver")) as started:
        yield started


@pytest.mark.timeout(2000)
def test_it_takes_the_examples(server: Server) -> None:
    assert faults(server, examples()) == []


@pytest.mark.timeout(600)
def test_it_takes_generated_stacks(server: Server) -> None:
    assert faults(server, generated()) == []


@pytest.mark.timeout(600)
def test_it_finds_what_is_wrong(server: Server) -> None:
    server.take(namespace("wrong"))
    spec = {"minAvailable": 1, "maxUnavailable": 1, "selector": {"matchLabels": {"app": "a"}}}
    both = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata("both"), "spec": spec}
    template = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "a", "image": "a"}]}}
    open_pod = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata("open"),
        "spec": {"selector": {"matchLabels": {"app": "a"}}, "template": template},
    }
    certificate = {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": metadata("a")}
    found = [server.faults(each) for each in (both, open_pod, certificate | {"spec": {"dns": "a"}})]
    assert all(found)
    assert "would violate PodSecurity" in found[1][0]


def faults(server: Server, sets: tuple[Set, ...]) -> list[str]:
    """A dry run stores nothing, so the namespaces are stored first, as they are rendered."""
    trees = [(each, tree) for each in sets for tree in each.objects]
    for _, tree in trees:
        if tree["kind"] == "Namespace":
            server.take(tree)
    return [f"{each}: {fault}" for each, tree in trees for fault in server.faults(tree)]


def namespace(name: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": RESTRICTED}}


def metadata(name: str) -> dict[str, str]:
    return {"name": name, "namespace": "wrong"}
