"""The connections of a database that CloudNativePG runs: with its operator, among its instances, to its bucket.

https://cloudnative-pg.io/docs/current/networking/, https://cloudnative-pg.io/docs/current/troubleshooting/
"""

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from seawall.render.kubernetes import peer, traffic
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import CloudNativePG, Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seawall.render.kubernetes.types import (
        NetworkPolicyEgressRule,
        NetworkPolicyIngressRule,
        NetworkPolicyPeer,
        NetworkPolicyPort,
    )

_OPERATOR: Final = "cnpg-system"  # where its manifests and its chart install it
_STATUS: Final = 8000
_METRICS: Final = 9187
_HTTPS: Final = 443


def into(scope: Scope, database: Postgres) -> "Iterator[NetworkPolicyIngressRule]":
    """Its operator looks at each instance, instances copy from each other, Prometheus asks them."""
    yield traffic.incoming(
        scope, [peer.namespace(because(_OPERATOR, "the operator asks how it is"))], *_ports(database)
    )
    yield traffic.incoming(scope, [_instances(scope, database)], *_ports(database))
    if scope.environment.monitoring:
        name = given(scope.environment.monitoring.namespace, scope.environment.monitoring, "namespace", "of Prometheus")
        number = because(_METRICS, "where an instance has its metrics")
        yield traffic.incoming(scope, [peer.namespace(name)], peer.port(number))


def out_of(scope: Scope, database: Postgres, operator: CloudNativePG) -> "Iterator[NetworkPolicyEgressRule]":
    """Each instance copies from the others, keeps its state in Kubernetes' API, and writes its log to the bucket."""
    yield traffic.outgoing(scope, [_instances(scope, database)], *_ports(database))
    why = "an instance keeps its state in Kubernetes' API, whose address differs from cluster to cluster"
    yield traffic.to_api_server(because(peer.anywhere(), why))
    if operator.store:
        number = given(_port(operator.store.endpoint), operator.store, "endpoint", "where its bucket answers")
        where = given(peer.anywhere(), operator.store, "destination", "the bucket of its backups")
        yield {"to": where, "ports": [peer.port(number)]}


def _instances(scope: Scope, database: Postgres) -> "NetworkPolicyPeer":
    return peer.pods(because(peer.labels(scope, database), "the instances of the database"))


def _ports(database: Postgres) -> "tuple[NetworkPolicyPort, NetworkPolicyPort]":
    return peer.listening(database), peer.port(because(_STATUS, "where an instance says how it is"))


def _port(endpoint: str | None) -> int:
    parts = urlsplit(endpoint or "")
    return parts.port or (80 if parts.scheme == "http" else _HTTPS)
