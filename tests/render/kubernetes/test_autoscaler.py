import pytest

from seawall.render.kubernetes import autoscaler
from seawall.stack import Api, Autoscale, Postgres, Program, Site, Worker
from tests.render.kubernetes.made import made

DB = Postgres("db")


def test_it_goes_up_at_once_and_down_slowly() -> None:
    (found,) = made(autoscaler.objects, Api("a", app="a:b", scale=Autoscale(2, 10))).values()
    assert (found["apiVersion"], found["kind"]) == ("autoscaling/v2", "HorizontalPodAutoscaler")
    spec = found["spec"]
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 10)
    assert spec["behavior"]["scaleUp"] == {
        "stabilizationWindowSeconds": 0,
        "selectPolicy": "Max",
        "policies": [
            {"type": "Percent", "value": 100, "periodSeconds": 15},
            {"type": "Pods", "value": 4, "periodSeconds": 15},
        ],
    }
    assert spec["behavior"]["scaleDown"] == {
        "stabilizationWindowSeconds": 300,
        "selectPolicy": "Max",
        "policies": [{"type": "Percent", "value": 25, "periodSeconds": 60}],
    }


@pytest.mark.parametrize(
    ("scale", "targets"),
    [
        (Autoscale(1, 2), {"cpu": 70}),
        (Autoscale(1, 2, cpu=50, memory=80), {"cpu": 50, "memory": 80}),
        (Autoscale(1, 2, cpu=None, memory=60), {"memory": 60}),
    ],
)
def test_it_follows_what_the_stack_says_in_the_workloads_own_container(
    scale: Autoscale, targets: dict[str, int]
) -> None:
    (found,) = made(autoscaler.objects, Site("a", root="web", scale=scale)).values()
    metrics = [each["containerResource"] for each in found["spec"]["metrics"]]
    assert {each["name"]: each["target"]["averageUtilization"] for each in metrics} == targets
    assert {each["container"] for each in metrics} == {"a"}
    assert {each["target"]["type"] for each in metrics} == {"Utilization"}


def test_a_fixed_number_has_none() -> None:
    services = (
        DB,
        Api("a", app="a:b", scale=3),
        Worker("w", jobs="a:b", uses=[DB], replicas=2),
        Program("p", port=1, image="i"),
    )
    assert made(autoscaler.objects, *services) == {}
