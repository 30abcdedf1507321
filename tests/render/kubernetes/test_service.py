from typing import Any

import pytest

from seawall.render.kubernetes import service
from seawall.stack import Api, Environment, Postgres, Program, Site, Worker
from seawall.stack.services import Workload
from tests.render.kubernetes.made import made

DB = Postgres("db")
WORKER = Worker("w", jobs="a:b", uses=[DB], metrics_port=8080)


def port_of(workload: Workload, *others: Workload) -> dict[str, Any]:
    found = made(service.objects, DB, workload, *others)
    (port,) = found[f"Service/{workload.service_name or workload.name}"]["spec"]["ports"]
    assert port.pop("protocol") == "TCP"
    return dict(port)


@pytest.mark.parametrize(
    ("workload", "port"),
    [
        (Api("a", app="a:b", port=3000), {"name": "http", "port": 80, "targetPort": "http", "appProtocol": "http"}),
        (
            Api("a", app="a:b", service_port=3000, service_name="a-service"),
            {"name": "http", "port": 3000, "targetPort": "http", "appProtocol": "http"},
        ),
        (Site("a", root="web"), {"name": "http", "port": 80, "targetPort": "http", "appProtocol": "http"}),
        (Program("a", port=6379, image="redis"), {"name": "tcp", "port": 6379, "targetPort": "tcp"}),
        (
            Program("a", port=8080, image="i", path="/docs"),
            {"name": "http", "port": 8080, "targetPort": "http", "appProtocol": "http"},
        ),
    ],
)
def test_the_port_that_others_use_leads_to_the_containers(workload: Workload, port: dict[str, Any]) -> None:
    assert port_of(workload) == port


def test_a_worker_is_reached_only_by_what_uses_it() -> None:
    assert made(service.objects, DB, WORKER) == {}
    port = port_of(WORKER, Api("a", app="a:b", uses=["w"]))
    assert port == {"name": "http", "port": 8080, "targetPort": "metrics", "appProtocol": "http"}


def test_it_finds_the_pods_and_keeps_traffic_in_its_zone() -> None:
    (found,) = made(service.objects, Api("a", app="a:b", service_type="NodePort")).values()
    assert found["spec"]["selector"] == {"app": "a", "app.kubernetes.io/part-of": "bakery"}
    assert found["spec"]["type"] == "NodePort"
    assert found["spec"]["trafficDistribution"] == "PreferSameZone"


def test_a_gateway_balances_over_all_zones_by_itself() -> None:
    public = Environment("prod", host="bakery.example.com")
    found = made(service.objects, Api("a", app="a:b", path="/", uses=["b"]), Api("b", app="a:b"), environment=public)
    near = {name: each["spec"].get("trafficDistribution") for name, each in found.items()}
    assert near == {"Service/a": None, "Service/b": "PreferSameZone"}


@pytest.mark.parametrize(
    ("workload", "address"),
    [
        (Api("a", app="a:b"), "http://a"),
        (Api("a", app="a:b", service_name="b", service_port=3000), "http://b:3000"),
        (WORKER, "http://w:8080"),
        (Program("a", port=6379), "http://a:6379"),
    ],
)
def test_its_address(workload: Workload, address: str) -> None:
    assert service.address(workload) == address
