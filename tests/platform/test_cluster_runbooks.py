"""The runbooks of agnos and orion: each failure is brought about on a cluster, and mended by their own commands."""

import logging
import os
import re
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Final

import pytest

from seawall.jobs.states import State
from tests.platform import kube
from tests.platform.by_readme import Deployed, deployed
from tests.platform.runbook import Chapter, chapter, opening, run
from tests.platform.visitors import SECONDS, Request, Visits, visitors

logger = logging.getLogger(__name__)
pytestmark = kube.needed
ZONE: Final = "topology.kubernetes.io/zone"
# What visitors of each ask; what they send must not be lost.
REQUESTS: Final[dict[str, tuple[Request, ...]]] = {
    "agnos": (("POST", "/reports", {"text": "so long"}), ("GET", "/reports/1")),
    "orion": (("GET", "/"), ("GET", "/records"), ("POST", "/records", {"text": "a record"})),
}
LOST: Final = 300  # seconds: three times what Kubernetes takes by default to see that a node is lost, and to act


@pytest.fixture(scope="module", params=REQUESTS)
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with deployed(request.param, tmp_path_factory.mktemp("cluster"), "first") as found:
        for app in found.least:
            found.wait_for(app)
        yield found


@pytest.fixture
def read(system: Deployed) -> Callable[[str], Chapter]:
    return lambda heading: chapter(system.folder, heading)


def come(system: Deployed, patience: float = SECONDS) -> AbstractContextManager[Visits]:
    return visitors(replace(system.public, patience=patience), *REQUESTS[system.name])


def restarts(system: Deployed, app: str) -> int:
    found = [each["status"].get("containerStatuses", [{}])[0] for each in kube.pods(system.namespace, app)]
    return sum(each.get("restartCount", 0) for each in found)


def sql(system: Deployed, text: str) -> str:
    done = kube.run_in(system.namespace, "db-0", "psql", "-U", "db", "-d", "db", "-AtXc", text)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def dead(system: Deployed) -> int:
    """How many jobs are dead."""
    return int(sql(system, f"select count(*) from seawall.jobs where state = {State.DEAD.value}"))


def nothing_is_lost(system: Deployed, visits: Visits) -> None:
    """Whatever a visitor was told to be taken is there, and done if it was to be."""
    table = {"agnos": "reports where made_at is not null and", "orion": "records where"}[system.name]
    ids = [each["id"] for each in visits.posted]
    assert ids
    count = f"select count(*) from {table} id = any(array{ids})"
    kube.until(lambda: sql(system, count) == str(len(ids)), 180, "all that was taken is done")


def test_what_to_look_at_first(system: Deployed) -> None:
    assert re.search(r"^statefulset.apps/db +1/1 ", run(opening(system.folder)), re.MULTILINE)


def test_the_api_crashes(system: Deployed, read: Callable[[str], Chapter]) -> None:
    book = read("The API crashes at peak")
    before = restarts(system, "api")
    run(book.practice[0])
    kube.until(lambda: restarts(system, "api") >= before + 2, 120, "restarts")
    assert "CODE" in book.do(1)
    book.do(2)
    assert len(system.ready("api")) >= 4
    with come(system) as visits:
        book.do(3, 4)
    assert visits.words == []
    nothing_is_lost(system, visits)


def test_reports_fail(system: Deployed, read: Callable[[str], Chapter]) -> None:
    if system.name != "agnos":
        pytest.skip("the runs of orion's worker are no reports")
    book = read("A worker fails and retries without end")
    break_it, mend_it = book.practice
    run(break_it)
    kube.until(lambda: dead(system) == 3, 300, "three dead jobs")
    assert "a made-up fault" in book.do(1)
    book.do(2)
    assert kube.pods(system.namespace, "worker") == []
    run(mend_it)
    book.do(4, 5)
    kube.until(lambda: sql(system, "select count(*) from reports where made_at is null") == "0", 180, "all reports")


def test_the_worker_and_its_runs_fail(system: Deployed, read: Callable[[str], Chapter]) -> None:
    if system.name != "orion":
        pytest.skip("the worker of agnos has no schedule")
    book = read("The worker fails and retries without end")
    wrong_schedule, right_schedule, break_runs, mend_runs = book.practice
    run(wrong_schedule)
    kube.until(lambda: restarts(system, "worker") >= 1, 180, "a worker that does not start")
    # Its log cannot be had at the moment in which a container takes the place of the one before.
    kube.until(lambda: "61 is outside 0-59" in book.do(1), 60, "its last words")
    book.do(2)
    run(right_schedule)
    book.do(4)
    run(break_runs)
    kube.until(lambda: dead(system) >= 1, 240, "a dead run")
    assert "a made-up fault" in book.do(1)
    run(mend_runs)
    book.do(5)
    kube.until(lambda: dead(system) == 0, 120, "no dead run")


def test_a_bad_release(system: Deployed, read: Callable[[str], Chapter]) -> None:
    book = read("A bad release")
    with come(system) as visits:
        run(book.practice[0])

        def bad() -> bool:
            statuses = (each["status"].get("containerStatuses", ()) for each in kube.pods(system.namespace, "api"))
            reasons = {one["state"].get("waiting", {}).get("reason") for found in statuses for one in found}
            return bool(reasons & {"ErrImagePull", "ImagePullBackOff"})

        kube.until(bad, 120, "the pod that cannot be")
        assert "nowhere" in book.do(1)
        book.do(2)
        visits.wait_for(visits.all + 50)
    assert visits.words == []
    images = {each["spec"]["containers"][0]["image"] for each in kube.pods(system.namespace, "api")}
    assert {each.rpartition(":")[2] for each in images} == {"first"}


def nodes_of(system: Deployed, app: str) -> list[str]:
    return [each["spec"]["nodeName"] for each in kube.ready_pods(system.namespace, app)]


def zones() -> dict[str, str]:
    return {kube.name_of(each): each["metadata"]["labels"].get(ZONE, "") for each in kube.items("nodes")}


def test_pods_are_spread_over_zones(system: Deployed) -> None:
    of = zones()
    if len({*of.values()}) < 2:
        pytest.skip("the cluster has one zone")
    kube.kubectl("rollout", "restart", "deployment/api", "--namespace", system.namespace)
    kube.kubectl("rollout", "status", "deployment/api", "--namespace", system.namespace, "--timeout=180s", within=200)
    found = [of[each] for each in nodes_of(system, "api")]
    assert len({*found}) == min(len(found), len({*of.values()})) >= 2


def test_a_drain_fails_no_request(system: Deployed) -> None:
    (database,) = nodes_of(system, "db")
    others = [each for each in nodes_of(system, "api") if each != database]
    if not others:
        pytest.skip("the database is on the only node")
    least = []
    with come(system) as visits:
        words = ["drain", others[0], "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=300s"]
        drain = subprocess.Popen(["kubectl", *words], env=kube.environment(), stdout=subprocess.DEVNULL)
        while drain.poll() is None:
            least.append(len(system.ready("api")))
        system.wait_for("api")
        visits.wait_for(visits.all + 50)
    kube.kubectl("uncordon", others[0])
    assert drain.returncode == 0
    assert min(least) >= 1
    assert visits.words == []
    nothing_is_lost(system, visits)


def power(variable: str, node: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([*shlex.split(os.environ[variable]), node], check=False, capture_output=True, timeout=180)


def boot(node: str) -> None:
    """Give it its power back; on a busy machine that may take a second attempt."""
    done = power(kube.NODE_START, node)
    if done.returncode != 0:
        power(kube.NODE_KILL, node)
        done = power(kube.NODE_START, node)
    assert done.returncode == 0, done.stderr[-2000:]
    kube.kubectl("wait", "--for=condition=Ready", f"node/{node}", "--timeout=180s", within=200)


@pytest.fixture
def killable() -> list[str]:
    """The nodes that may lose their power here."""
    if not {kube.NODE_KILL, kube.NODE_START, kube.NODES} <= os.environ.keys():
        pytest.skip(f"set {kube.NODE_KILL}, {kube.NODE_START} and {kube.NODES}")
    return os.environ[kube.NODES].split()


def test_a_node_is_lost(system: Deployed, read: Callable[[str], Chapter], killable: list[str]) -> None:
    book = read("A node is lost")
    for each in system.of_kind("HorizontalPodAutoscaler"):
        floor = ("--type=merge", "--patch", '{"spec":{"minReplicas":3}}')
        kube.kubectl("patch", "hpa", kube.name_of(each), *floor, "--namespace", system.namespace)
    kube.kubectl("scale", "deployment/api", "--replicas=3", "--namespace", system.namespace)
    # There may be as many already, of a peak before, and none of them on the node that was drained.
    kube.kubectl("rollout", "restart", "deployment/api", "--namespace", system.namespace)
    kube.kubectl("rollout", "status", "deployment/api", "--namespace", system.namespace, "--timeout=180s", within=200)
    kube.until(lambda: len({*nodes_of(system, "api")}) == len(zones()), 180, "a pod of the API on each node")
    (database,) = nodes_of(system, "db")
    node = next(each for each in killable if each != database)
    lost = {kube.name_of(each) for each in kube.pods(system.namespace) if each["spec"]["nodeName"] == node}
    with come(system, patience=5) as visits:
        visits.wait_for(50)
        began = time.monotonic()
        assert power(kube.NODE_KILL, node).returncode == 0
        kube.until(lambda: not {*system.ready("api")} & lost, LOST, "that it is seen")
        seen = time.monotonic() - began
        for app, wanted in (("api", 3), ("worker", system.least["worker"])):
            kube.until(lambda: len(others(system, app, node)) >= wanted, LOST, f"{app} elsewhere")  # noqa: B023 - at once
        moved = time.monotonic() - began
        visits.wait_for(visits.all + 200)
        assert node in book.do(1)
        book.do(2, 3)
        boot(node)
        book.do(4, 5)
    failed = [moment - began for moment, _ in visits.failures]
    said = (
        "%s: %d of %d requests failed, the last %.0f s after the loss; seen after %.0f s, pods elsewhere after %.0f s"
    )
    logger.info(said, system.name, len(failed), visits.all, max(failed, default=0), seen, moved)
    assert max(failed, default=0) < LOST
    nothing_is_lost(system, visits)
    assert not {kube.name_of(each) for each in kube.pods(system.namespace)} & lost


def test_the_node_of_the_database_is_lost(
    system: Deployed, read: Callable[[str], Chapter], killable: list[str]
) -> None:
    (database,) = nodes_of(system, "db")
    if database not in killable:
        pytest.skip(f"the database is on {database}, which cannot lose its power here")
    book = read("A node is lost")
    with come(system, patience=5) as visits:
        visits.wait_for(50)
        began = time.monotonic()
        assert power(kube.NODE_KILL, database).returncode == 0
        try:
            kube.until(lambda: not kube.ready_pods(system.namespace, "db"), LOST, "that it is seen")
            assert database in book.do(1)
            book.do(3)
            # Its volume is bound to the node that is away.
            kube.until(lambda: phases(system, "db") == ["Pending"], LOST, "the database waits for its node")
        finally:
            boot(database)
        book.do(4)
        system.wait_for("db")
        back = time.monotonic() - began
        posted = len(visits.posted)
        kube.until(lambda: len(visits.posted) > posted + 20, LOST, "it takes again what visitors send")
    book.do(5)
    failed = [moment - began for moment, _ in visits.failures]
    said = "%s: %d of %d requests failed, from %.0f s after the loss to %.0f s; the database was back after %.0f s"
    logger.info(said, system.name, len(failed), visits.all, min(failed), max(failed), back)
    nothing_is_lost(system, visits)


def phases(system: Deployed, app: str) -> list[str]:
    return [each["status"]["phase"] for each in kube.pods(system.namespace, app)]


def others(system: Deployed, app: str, node: str) -> list[str]:
    """The pods of a workload that take requests on other nodes."""
    found = kube.ready_pods(system.namespace, app)
    return [kube.name_of(each) for each in found if each["spec"]["nodeName"] != node]
