"""The connections that an environment needs, as rules: into each of its services, and out of them."""

from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.render.kubernetes import ingress, peer, way_in
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Api, Cidr, Ingress, Internet, Postgres, Program, Service, Site, Worker
from seawall.stack.services import Workload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seawall.render.kubernetes.types import (
        NetworkPolicyEgressRule,
        NetworkPolicyIngressRule,
        NetworkPolicyPeer,
        NetworkPolicyPort,
    )

_HTTPS: Final = 443
_API_SERVER: Final = (443, 6443)  # of the Service `kubernetes`, and where an API server listens behind it by default
# https://istio.io/latest/docs/ambient/usage/networkpolicy/
_HBONE: Final = 15008
_AMBIENT_PROBES: Final = "169.254.7.127/32"


def into(scope: Scope, workload: Workload) -> "Iterator[NetworkPolicyIngressRule]":
    """Who may connect to a workload: what uses it, the public's way in, Prometheus."""
    port = peer.listening(workload)
    yield from users(scope, workload)
    yield from _from_outside(scope, workload, port)
    if scope.environment.monitoring and isinstance(workload, Api | Worker):
        name = given(scope.environment.monitoring.namespace, scope.environment.monitoring, "namespace", "of Prometheus")
        number = given(workload.metrics_port, workload, "metrics_port", "where its metrics are")
        yield incoming(scope, [peer.namespace(name)], peer.port(number))
    if _ambient(scope):
        why = "whence Istio's ambient mode lets the probes of the kubelet come"
        yield {"from": [{"ipBlock": {"cidr": because(_AMBIENT_PROBES, why)}}], "ports": [port]}


def users(scope: Scope, service: Service) -> "Iterator[NetworkPolicyIngressRule]":
    """What the services that use a service need."""
    for edge in scope.graph.edges():
        if edge.target.name == service.name:
            why = f"{edge.source.name} uses {service.name}"
            pods = peer.pods(given(peer.labels(scope, edge.source), edge.source, "uses", why))
            yield incoming(scope, [pods], peer.listening(service))


def out_of(scope: Scope, workload: Workload) -> "Iterator[NetworkPolicyEgressRule]":
    """To whom a workload may connect: what it uses, what its `egress` says, OpenTelemetry's collector."""
    for used in scope.graph.uses(workload):
        yield to(scope, used, given(peer.labels(scope, used), workload, "uses", f"{workload.name} uses {used.name}"))
    for egress in workload.egress if isinstance(workload, Api | Worker | Program) else ():
        yield _egress(workload, egress)
    monitoring = scope.environment.monitoring
    if monitoring and monitoring.traces and isinstance(workload, Api | Worker) and workload.traced:
        name = given(monitoring.namespace, monitoring, "namespace", "of OpenTelemetry's collector")
        number = given(contract.OTLP_PORT, workload, "traced", "OTLP over HTTP")
        yield outgoing(scope, [peer.namespace(name)], peer.port(number))
    if workload.permissions:
        why = "they are for Kubernetes' API, whose address differs from cluster to cluster"
        yield to_api_server(given(peer.anywhere(), workload, "permissions", why))


def to(scope: Scope, service: Service, labels: dict[str, str]) -> "NetworkPolicyEgressRule":
    """What a connection to a service needs; its pods have `labels`, which carry their reason."""
    if isinstance(service, Postgres) and service.managed:
        where = given(peer.anywhere(), service, "managed", "the database lies outside, where its URL says")
        number = given(service.managed_port, service, "managed_port", "where that database listens")
        return {"to": where, "ports": [peer.port(number)]}
    return outgoing(scope, [peer.pods(labels)], peer.listening(service))


def to_api_server(where: "Sequence[NetworkPolicyPeer]") -> "NetworkPolicyEgressRule":
    """What a connection to Kubernetes' API needs: `where` is any address, as its own is the cluster's affair."""
    ports = [peer.port(because(number, "where API servers listen, and their Service")) for number in _API_SERVER]
    return {"to": where, "ports": ports}


def incoming(
    scope: Scope, peers: "Sequence[NetworkPolicyPeer]", *ports: "NetworkPolicyPort"
) -> "NetworkPolicyIngressRule":
    """A rule for connections from peers in the cluster."""
    return {"from": peers, "ports": [*ports, *_tunnel(scope)]}


def outgoing(
    scope: Scope, peers: "Sequence[NetworkPolicyPeer]", *ports: "NetworkPolicyPort"
) -> "NetworkPolicyEgressRule":
    """A rule for connections to peers in the cluster."""
    return {"to": peers, "ports": [*ports, *_tunnel(scope)]}


def _from_outside(scope: Scope, workload: Workload, port: "NetworkPolicyPort") -> "Iterator[NetworkPolicyIngressRule]":
    system = scope.system
    if isinstance(workload, Api | Site | Program) and workload in system.public and system.way_in:
        ports = [port]
        if isinstance(system.way_in, Ingress) and way_in.closed(workload):
            ports.append(peer.port(ingress.closed_port(workload)))
        yield incoming(scope, [peer.namespace(way_in.pods_namespace(system))], *ports)
    if isinstance(workload, Api | Site) and workload.service_type != "ClusterIP":
        why = f"{workload.service_type}: requests come from anywhere"
        number = given(workload.port, workload, "service_type", why)
        yield {"ports": [peer.port(number)]}


def _egress(workload: Workload, egress: Internet | Cidr) -> "NetworkPolicyEgressRule":
    if isinstance(egress, Cidr):
        ports = [peer.port(given(number, egress, "ports")) for number in egress.ports]
        return {"to": [peer.network(egress)], "ports": ports}
    port = peer.port(given(_HTTPS, workload, "egress", "HTTPS"))
    return {"to": given(peer.internet(), workload, "egress", "Internet(): every public address"), "ports": [port]}


def _tunnel(scope: Scope) -> "Iterator[NetworkPolicyPort]":
    """Ambient mode carries connections in the cluster in a tunnel, whose port is what policies see."""
    if _ambient(scope):
        yield peer.port(because(_HBONE, "the tunnel in which Istio's ambient mode carries every connection"))


def _ambient(scope: Scope) -> bool:
    return scope.environment.mesh is not None and scope.environment.mesh.mode == "ambient"
