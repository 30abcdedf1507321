"""Who may be at the other end of a connection, and on which port: the parts of the rules of a NetworkPolicy."""

from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.render.kubernetes.cloudnative_pg import CLUSTER_LABEL
from seawall.render.kubernetes.scope import APP, PART_OF, Scope
from seawall.render.reason import because, given, plain
from seawall.stack import Cidr, Postgres, Service, Worker
from seawall.stack.graph import listens_on

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import IPBlock, NetworkPolicyPeer, NetworkPolicyPort

NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"  # Kubernetes sets it on every namespace
# What is not on the internet: RFC 1918, 3927, 6598; for IPv6 RFC 4193, 4291.
_PRIVATE: Final = ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
_PRIVATE_6: Final = ("fc00::/7", "fe80::/10")
# Where clouds answer their machines, with the node's credentials among the rest.
_METADATA: Final = ("169.254.169.254/32",)
_METADATA_6: Final = ("fd00:ec2::254/128",)
_EVERYWHERE: Final = ("0.0.0.0/0", "::/0")


def labels(scope: Scope, service: Service) -> dict[str, str]:
    """The plain labels by which a service's pods are found, whoever makes them."""
    if isinstance(service, Postgres) and service.operator:
        return {CLUSTER_LABEL: service.name}
    return {APP: service.name, PART_OF: scope.stack.name}


def job_labels(scope: Scope, name: str) -> dict[str, str]:
    """The plain labels by which the pods of a Job or CronJob are found."""
    return {APP: str(plain(name)), PART_OF: scope.stack.name}


def pods(labels: dict[str, str]) -> "NetworkPolicyPeer":
    """The pods of this namespace with these labels, which carry their reason."""
    return {"podSelector": {"matchLabels": labels}}


def namespace(name: str, labels: dict[str, str] | None = None) -> "NetworkPolicyPeer":
    """The pods of the namespace `name`; only those with `labels`, if given. Both carry their reasons."""
    found: NetworkPolicyPeer = {"namespaceSelector": {"matchLabels": {NAMESPACE_LABEL: name}}}
    if labels:
        found["podSelector"] = {"matchLabels": labels}
    return found


def internet() -> "tuple[NetworkPolicyPeer, ...]":
    """Every public address; the caller says why."""
    return _all((_PRIVATE, _PRIVATE_6), "not the internet: other pods, nodes, the cloud's metadata, private networks")


def anywhere() -> "tuple[NetworkPolicyPeer, ...]":
    """Every address but those of the cloud's metadata; the caller says why."""
    return _all((_METADATA, _METADATA_6), "the cloud's metadata address hands out the node's credentials")


def network(cidr: Cidr) -> "NetworkPolicyPeer":
    """One range of addresses."""
    return {"ipBlock": {"cidr": given(cidr.block, cidr, "block")}}


def port(number: int) -> "NetworkPolicyPort":
    """A port of TCP; the number carries its reason."""
    return {"port": number, "protocol": because("TCP", "what runs on this port runs on TCP")}


def listening(service: Service) -> "NetworkPolicyPort":
    """Where a service of this environment listens."""
    if isinstance(service, Postgres):
        return port(because(contract.POSTGRES_PORT, "where PostgreSQL listens"))
    argument = "metrics_port" if isinstance(service, Worker) else "port"
    return port(given(listens_on(service), service, argument, "the container's port: policies look behind the Service"))


def _all(closed: tuple[tuple[str, ...], ...], why: str) -> "tuple[NetworkPolicyPeer, ...]":
    blocks: list[IPBlock] = [
        {"cidr": cidr, "except": because(list(but), why)} for cidr, but in zip(_EVERYWHERE, closed, strict=True)
    ]
    return tuple({"ipBlock": block} for block in blocks)
