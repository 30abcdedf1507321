"""A real API server takes everything that is rendered: strictly, without a warning."""

import os
from collections.abc import Iterator

import pytest

from tests.platform.rendered import Set, examples, generated
from tests.platform.server import Server, can_run, running

pytestmark = pytest.mark.skipif(
    not can_run() and "REQUIRE_ENGINES" not in os.environ,
    reason="neither the API server's programs nor Go and openssl are here",
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
def test_it_holds_all_that_is_sent(server: Server) -> None:
    """Where it drops something, the files never equal what it holds, and whoever compares them sees a change."""
    for each in (*examples(), *generated()):
        store_namespaces(server, each)
        for tree in each.objects:
            dropped = [*missing(tree, server.held(tree, dry_run=True), "")]
            assert dropped == [], f"{each}: {tree['kind']}/{tree['metadata']['name']}"


@pytest.mark.timeout(600)
def test_a_policy_that_is_applied_again_is_no_change(server: Server) -> None:
    for each in examples():
        store_namespaces(server, each)
        for tree in each.objects:
            if tree["kind"] == "NetworkPolicy":
                first, second = (server.held(tree, dry_run=False)["metadata"]["generation"] for _ in range(2))
                assert first == second, f"{each}: {tree['metadata']['name']}"


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
    for each in sets:
        store_namespaces(server, each)
    return [f"{each}: {fault}" for each in sets for tree in each.objects for fault in server.faults(tree)]


def store_namespaces(server: Server, each: Set) -> None:
    for tree in each.objects:
        if tree["kind"] == "Namespace":
            server.take(tree)


def missing(sent: object, held: object, path: str) -> Iterator[str]:
    """The paths of what was sent and is not held; a false that is left out is still false."""
    match sent, held:
        case {}, {}:
            for key, value in sent.items():
                yield from missing(value, held.get(key), f"{path}.{key}")
        case [*values], [*others] if len(values) == len(others):
            for at, (value, other) in enumerate(zip(values, others, strict=True)):
                yield from missing(value, other, f"{path}[{at}]")
        case ({} | [*_], _) | (_, None) if sent is not False:
            yield path
        case _:
            pass


def namespace(name: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": RESTRICTED}}


def metadata(name: str) -> dict[str, str]:
    return {"name": name, "namespace": "wrong"}
