from typing import Any

import pytest

from seawall.render.kubernetes import deployment
from seawall.stack import Api, Autoscale, Postgres, Program, Site, Worker
from seawall.stack.services import Workload
from tests.render.kubernetes.made import made

DB = Postgres("db")
SLOW = Postgres("slow", migrations="migrations", migration_timeout=7200)


def spec(workload: Workload) -> dict[str, Any]:
    (found,) = made(deployment.objects, DB, workload).values()
    assert found["metadata"]["name"] == workload.name
    assert found["metadata"]["namespace"] == "bakery-dev"
    return dict(found["spec"])


@pytest.mark.parametrize(
    ("workload", "replicas"),
    [
        (Api("a", app="a:b", scale=3), 3),
        (Api("a", app="a:b", scale=0), 0),
        (Site("a", root="web", scale=2), 2),
        (Worker("a", jobs="a:b", uses=[DB], replicas=4), 4),
        (Program("a", port=80, image="nginx", replicas=2), 2),
    ],
)
def test_it_has_the_replicas_that_the_stack_says(workload: Workload, replicas: int) -> None:
    assert spec(workload)["replicas"] == replicas


@pytest.mark.parametrize(
    "workload", [Api("a", app="a:b", scale=Autoscale(2, 4)), Site("a", root="w", scale=Autoscale(1, 2))]
)
def test_it_leaves_the_replicas_to_an_autoscaler(workload: Workload) -> None:
    assert "replicas" not in spec(workload)


def test_its_selector_finds_its_pods_and_no_others() -> None:
    found = made(deployment.objects, DB, Api("a", app="a:b"), Worker("w", jobs="a:b", uses=[DB]))
    labels = {name: each["spec"]["template"]["metadata"]["labels"] for name, each in found.items()}
    for name, each in found.items():
        selector = each["spec"]["selector"]["matchLabels"].items()
        assert [other for other in labels if selector <= labels[other].items()] == [name]


def test_a_release_is_never_fewer_than_before() -> None:
    found = spec(Api("a", app="a:b"))
    assert found["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"},
    }
    assert found["minReadySeconds"] == 5
    assert found["progressDeadlineSeconds"] == 120
    assert found["revisionHistoryLimit"] == 5


def test_a_singleton_ends_before_the_next_one_starts_and_has_the_time_for_both() -> None:
    found = spec(Worker("a", jobs="a:b", uses=[DB], singleton=True, drain=600))
    assert found["strategy"] == {"type": "Recreate"}
    grace = found["template"]["spec"]["terminationGracePeriodSeconds"]
    assert found["progressDeadlineSeconds"] == DB.migration_timeout + 120 + grace == 600 + 725


@pytest.mark.parametrize(
    ("workload", "waits"),
    [
        (Api("a", app="a:b", uses=[SLOW]), True),
        (Worker("a", jobs="a:b", uses=[SLOW]), True),
        (Worker("a", jobs="a:b", uses=[SLOW], source="elsewhere"), True),  # for the tables of its queue
        (Api("a", app="a:b", uses=[SLOW], source="elsewhere"), False),
        (Program("a", port=80, image="nginx", uses=[SLOW]), False),
    ],
)
def test_a_release_that_waits_for_migrations_has_their_time_before_it_has_failed(
    workload: Workload, *, waits: bool
) -> None:
    (found,) = made(deployment.objects, SLOW, workload).values()
    assert found["spec"]["progressDeadlineSeconds"] == 120 + (SLOW.migration_timeout if waits else 0)
