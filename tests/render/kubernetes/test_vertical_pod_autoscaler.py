import pytest

from seawall.render.kubernetes import vertical_pod_autoscaler
from seawall.stack import Api, Autoscale, Postgres, Resources, Site, Worker
from seawall.stack.services import Workload
from tests.render.kubernetes.made import made

DB = Postgres("db")


@pytest.mark.parametrize(
    ("workload", "mode"),
    [
        (Api("a", app="a:b", scale=Autoscale(1, 2, vpa="recommend")), "Off"),
        (Site("a", root="web", scale=Autoscale(1, 2, vpa="recommend")), "Off"),
        (Worker("a", jobs="a:b", uses=[DB], vpa="recommend"), "Off"),
        (Worker("a", jobs="a:b", uses=[DB], replicas=2, vpa="apply"), "InPlaceOrRecreate"),
    ],
)
def test_beside_another_autoscaler_it_only_recommends(workload: Workload, mode: str) -> None:
    (found,) = made(vertical_pod_autoscaler.objects, DB, workload).values()
    assert found["spec"]["updatePolicy"] == {"updateMode": mode, "minReplicas": 2}
    assert found["spec"]["targetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}


def test_it_is_there_only_on_request() -> None:
    services = (
        DB,
        Api("a", app="a:b", scale=Autoscale(1, 2)),
        Api("b", app="a:b"),
        Worker("w", jobs="a:b", uses=[DB]),
    )
    assert made(vertical_pod_autoscaler.objects, *services) == {}


def test_it_stays_near_what_the_stack_asks_for_and_can_give_more_memory() -> None:
    resources = Resources(cpu="250m", memory="1Gi")
    worker = Worker("a", jobs="a:b", uses=[DB], vpa="recommend", resources=resources)
    (found,) = made(vertical_pod_autoscaler.objects, DB, worker).values()
    (policy,) = found["spec"]["resourcePolicy"]["containerPolicies"]
    assert policy == {
        "containerName": "a",
        "controlledResources": ["cpu", "memory"],
        "controlledValues": "RequestsAndLimits",
        "minAllowed": {"cpu": "63m", "memory": "256Mi"},
        "maxAllowed": {"cpu": "1", "memory": "4Gi"},
    }
