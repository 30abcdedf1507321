from typing import Any, Literal

import pytest

from seawall.render.kubernetes import (
    autoscaler,
    deployment,
    resource_quota,
    stateful_set,
    vertical_pod_autoscaler,
)
from seawall.render.reason import leaves, plain
from seawall.stack import Api, Autoscale, Environment, Mesh, Postgres, Resources, Secret, Service, Worker
from tests.render.kubernetes.made import scope

QUOTA = Environment("prod", quota=True)
KINDS = (deployment, autoscaler, vertical_pod_autoscaler, stateful_set)
SMALL = Resources(cpu="100m", memory="128Mi")


def hard(*services: Service, environment: Environment = QUOTA) -> dict[str, Any] | None:
    found = scope(*services, environment=environment)
    objects = [each for kind in KINDS for each in kind.objects(found)]
    quotas = list(resource_quota.of(found, objects))
    if not quotas:
        return None
    assert all(list(leaves(each.tree)) for each in quotas)
    (quota,) = (plain(each.tree) for each in quotas)
    return dict(quota["spec"]["hard"])


def test_there_is_none_unless_the_environment_asks_for_it() -> None:
    assert hard(Api("a", app="a:b"), environment=Environment("prod")) is None


def test_it_has_room_for_a_release_at_full_load_and_one_pod_of_a_persons() -> None:
    api = Api("a", app="a:b", scale=Autoscale(2, 10), resources=Resources(cpu="200m", memory="256Mi"))
    assert hard(api) == {
        "pods": "21",
        "requests.cpu": "4250m",
        "requests.memory": "5376Mi",
        "limits.memory": "5376Mi",
    }


def test_a_singleton_and_a_database_are_there_once() -> None:
    db = Postgres("db", resources=Resources(cpu="1", memory="1Gi"))
    worker = Worker("w", jobs="a:b", uses=[db], singleton=True, resources=SMALL)
    assert hard(db, worker) == {
        "pods": "3",
        "requests.cpu": "1350m",
        "requests.memory": "1408Mi",
        "limits.memory": "1408Mi",
    }


@pytest.mark.parametrize(("vpa", "times"), [("recommend", 1), ("apply", 4)])
def test_what_may_be_resized_finds_room_at_its_largest(vpa: Literal["recommend", "apply"], times: int) -> None:
    worker = Worker("w", jobs="a:b", uses=["db"], replicas=2, vpa=vpa, resources=SMALL)
    found = hard(Postgres("db", managed=Secret("URL")), worker)
    memory = f"{4 * times * 128 + 256}Mi"
    assert found == {
        "pods": "5",
        "requests.cpu": f"{4 * times * 100 + 250}m",
        "requests.memory": memory,
        "limits.memory": memory,
    }


def test_it_never_bounds_cpu_by_limits() -> None:
    found = hard(Api("a", app="a:b", resources=Resources(cpu="100m", cpu_limit="1")))
    assert found is not None
    assert "limits.cpu" not in found


def test_the_containers_that_a_mesh_adds_find_room_too() -> None:
    api = Api("a", app="a:b", resources=SMALL)
    without = hard(api, environment=Environment("prod", quota=True, mesh=Mesh(mode="ambient")))
    beside = hard(api, environment=Environment("prod", quota=True, mesh=Mesh(mode="sidecar")))
    assert without == {"pods": "3", "requests.cpu": "450m", "requests.memory": "512Mi", "limits.memory": "512Mi"}
    assert beside == {"pods": "3", "requests.cpu": "650m", "requests.memory": "768Mi", "limits.memory": "2560Mi"}
