"""The Kubernetes Service of a workload: where the others, and the way in, reach it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from seawall import contract
from seawall.render.kubernetes import names, probes
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Api, Program, Site, Worker
from seawall.stack.services import Workload

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import ServicePort, ServiceSpec


def objects(scope: Scope) -> Iterator[Object]:
    """A Service for each workload that others reach; a worker is only reached by what uses it."""
    used = {each.name for service in scope.system.services for each in scope.graph.uses(service)}
    for workload in scope.workloads:
        if not isinstance(workload, Worker) or workload.name in used:
            yield made(
                "v1",
                "Service",
                scope.metadata(names.service_name(workload), workload),
                {"spec": _spec(scope, workload)},
            )


def port(workload: Workload) -> int:
    """The port of its Service."""
    match workload:
        case Api() | Site():
            return workload.service_port
        case Worker():
            return workload.metrics_port
        case Program():
            return workload.port
        case _:
            raise TypeError(f"{type(workload).__name__} has no port")


def port_name(workload: Workload) -> str:
    """The name of that port: what is spoken there."""
    return probes.HTTP if isinstance(workload, Worker) else probes.port_name(workload)


def address(workload: Workload) -> str:
    """The URL at which other services of the environment reach it."""
    return names.url(workload, port(workload))


def _spec(scope: Scope, workload: Workload) -> "ServiceSpec":
    spec: ServiceSpec = {"type": _type(workload), "selector": scope.selector(workload), "ports": [_port(workload)]}
    if scope.system.way_in and workload in scope.system.public:
        return spec  # Envoy Gateway would send all of a proxy's requests to the replicas of that proxy's own zone.
    near = because("PreferSameZone", "traffic stays in its zone where a replica of it is ready there")
    return {**spec, "trafficDistribution": near}


def _type(workload: Workload) -> str:
    if isinstance(workload, Api | Site):
        why = "reached from inside the cluster; the way in comes from there, too"
        return given(str(workload.service_type), workload, "service_type", why)
    return because("ClusterIP", "reached from inside the cluster only")


def _port(workload: Workload) -> "ServicePort":
    name = port_name(workload)
    found: ServicePort = {
        "name": because(name, "what is spoken there"),
        "port": _number(workload),
        "targetPort": because(probes.port_name(workload), "the container's port by its name"),
        "protocol": because("TCP", "what HTTP runs on"),
    }
    if name == probes.HTTP:
        found["appProtocol"] = because("http", "gateways and meshes need not guess")
    return found


def _number(workload: Workload) -> int:
    match workload:
        case Api() | Site():
            default = contract.DEFAULT_SERVICE_PORT
            return given(workload.service_port, workload, "service_port", f"{default}: URLs need no port")
        case Worker():
            return given(workload.metrics_port, workload, "metrics_port", "a worker answers only there")
        case _:
            return given(port(workload), workload, "port")
