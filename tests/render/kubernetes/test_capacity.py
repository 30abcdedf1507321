from typing import Any

import pytest

from seawall.render.kubernetes import capacity, restore_test, stateful_set
from seawall.render.reason import Reason, leaves
from seawall.stack import Api, Backup, Postgres, Resources, Service, Worker
from tests.render.kubernetes.made import made, scope


def user(pool: int) -> Api:
    """At most two replicas during a release, each with this pool and one connection more; 20 are in reserve."""
    return Api("a", app="a:b", uses=["db"], pool=pool)


def container(database: Postgres, *services: Service) -> dict[str, Any]:
    found = made(stateful_set.objects, database, *services)["StatefulSet/db"]["spec"]["template"]["spec"]
    return dict(found["containers"][0])


def reasons(database: Postgres, *services: Service) -> dict[tuple[str | int, ...], Reason]:
    required = capacity.requirements(scope(database, *services), database)
    return {leaf.path: leaf.reason for leaf in leaves(required)}


@pytest.mark.parametrize(
    ("pool", "most", "memory"), [(35, 100, "512Mi"), (85, 200, "768Mi"), (135, 300, "1Gi"), (485, 1000, "2816Mi")]
)
def test_the_default_memory_has_room_for_every_connection(pool: int, most: int, memory: str) -> None:
    found = container(Postgres("db"), user(pool))
    assert found["args"][0] == f"--max-connections={most}"
    assert found["resources"]["limits"]["memory"] == found["resources"]["requests"]["memory"] == memory
    assert found["resources"]["requests"]["cpu"] == "250m"


@pytest.mark.parametrize(("concurrency", "most"), [(3, 100), (100, 200)])
def test_a_job_may_have_a_connection_for_its_own_transaction(concurrency: int, most: int) -> None:
    worker = Worker("w", jobs="a:b", uses=["db"], pool=30, concurrency=concurrency)  # 36, and 3 or 30, twice
    assert container(Postgres("db"), worker)["args"][0] == f"--max-connections={most}"


@pytest.mark.parametrize(
    ("memory", "pool", "buffers"),
    [
        ("512Mi", 35, "128MB"),
        ("1Gi", 135, "128MB"),  # half of the 256 that 300 connections leave
        ("8Gi", 35, "2048MB"),
        ("1500M", 35, "357MB"),
        ("256Mi", 35, "32MB"),  # too little for its connections: an eighth
        ("1Mi", 35, "1MB"),
        ("1Gi", 485, "128MB"),
    ],
)
def test_the_cache_is_a_quarter_of_the_memory_if_the_connections_leave_so_much(
    memory: str, pool: int, buffers: str
) -> None:
    found = container(Postgres("db", resources=Resources(memory=memory)), user(pool))
    assert found["args"][1] == f"--shared-buffers={buffers}"
    assert found["resources"]["limits"]["memory"] == memory


def test_what_the_stack_says_is_the_servers_shared_memorys_and_the_restore_tests() -> None:
    database = Postgres("db", backup=Backup())
    server = made(stateful_set.objects, database, user(135))["StatefulSet/db"]["spec"]["template"]["spec"]
    test = made(restore_test.objects, database, user(135))["CronJob/db-backup-test"]["spec"]["jobTemplate"]["spec"]
    throw_away = test["template"]["spec"]
    assert throw_away["initContainers"][0]["resources"] == server["containers"][0]["resources"]
    for spec in (server, throw_away):
        (shared,) = (each["emptyDir"] for each in spec["volumes"] if each["name"] == "shared-memory")
        assert shared["sizeLimit"] == "1Gi"


def test_the_default_is_said_to_be_that_of_the_database() -> None:
    memory = reasons(Postgres("db"), user(135))["requests", "memory"]
    assert (type(memory.owner), memory.argument) == (Postgres, "resources")
    assert "each hundred connections" in memory.why
    assert "300" in memory.why


def test_memory_that_the_connections_may_outgrow_is_said_to_be_less() -> None:
    memory = reasons(Postgres("db", resources=Resources(memory="512Mi")), user(135))["requests", "memory"]
    assert (type(memory.owner), memory.argument) == (Resources, "memory")
    assert memory.why == "less than the 1Gi with which 300 connections at once would not kill it"
    enough = reasons(Postgres("db", resources=Resources(memory="1Gi")), user(135))["requests", "memory"]
    assert "less" not in enough.why


def test_a_limit_of_cpu_is_the_databases_too() -> None:
    found = container(Postgres("db", resources=Resources(cpu="1", cpu_limit="2", memory="1Gi")))["resources"]
    assert (found["requests"]["cpu"], found["limits"]["cpu"]) == ("1", "2")
