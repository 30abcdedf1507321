import pytest

from seawall.render.kubernetes import disruption_budget
from seawall.stack import Api, Autoscale, Postgres, Program, Site, Worker
from seawall.stack.services import Workload
from tests.render.kubernetes.made import made

DB = Postgres("db")


@pytest.mark.parametrize(
    "workload",
    [
        Api("a", app="a:b", scale=2),
        Api("a", app="a:b", scale=Autoscale(2, 5)),
        Site("a", root="web", scale=2),
        Worker("a", jobs="a:b", uses=[DB], replicas=2),
        Program("a", port=1, image="i", replicas=2),
    ],
)
def test_two_replicas_and_more_leave_one_by_one_and_broken_ones_at_once(workload: Workload) -> None:
    (found,) = made(disruption_budget.objects, DB, workload).values()
    assert found["spec"] == {
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": {"matchLabels": {"app": "a", "app.kubernetes.io/part-of": "bakery"}},
    }


@pytest.mark.parametrize(
    "workload",
    [
        Api("a", app="a:b"),
        Api("a", app="a:b", scale=Autoscale(1, 5)),
        Worker("a", jobs="a:b", uses=[DB], singleton=True),
        Worker("a", jobs="a:b", uses=[DB], replicas=0),
    ],
)
def test_a_single_replica_blocks_no_drain(workload: Workload) -> None:
    assert made(disruption_budget.objects, DB, workload) == {}
