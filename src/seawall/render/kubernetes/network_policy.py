"""NetworkPolicies: nothing is allowed but DNS and what the stack says, one policy for each service and job."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import cluster_traffic, names, peer, traffic, way_in
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Ingress, Postgres, Service

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import (
        LabelSelector,
        NetworkPolicyEgressRule,
        NetworkPolicyIngressRule,
        NetworkPolicyPeer,
        NetworkPolicyPort,
        NetworkPolicySpec,
    )

_API: Final = "networking.k8s.io/v1"
_DENY: Final = "default-deny"
_DNS: Final = "allow-dns"
_SOLVER: Final = "allow-acme-challenges"
_DNS_PORT: Final = 53
# https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
_NODE_LOCAL_DNS: Final = "169.254.20.10/32"
_SOLVER_LABEL: Final = "acme.cert-manager.io/http01-solver"
_SOLVER_PORT: Final = 8089


def objects(scope: Scope) -> Iterator[Object]:
    """What is denied and what is allowed to every pod, then a policy for each service and job."""
    yield _deny(scope)
    yield _dns(scope)
    for workload in scope.workloads:
        spec = _spec(scope.selector(workload), traffic.into(scope, workload), traffic.out_of(scope, workload))
        yield _policy(scope, names.own(workload), spec, workload)
    for database in scope.databases:
        yield from _of_database(scope, database)
    if isinstance(scope.system.way_in, Ingress) and scope.environment.tls:
        yield _challenges(scope)


def _deny(scope: Scope) -> Object:
    why = "in both directions, unless another policy allows it"
    spec: NetworkPolicySpec = {"podSelector": _everything(), "policyTypes": because(["Ingress", "Egress"], why)}
    return _policy(scope, because(_DENY, "what holds where no other policy speaks"), spec)


def _dns(scope: Scope) -> Object:
    why = "every name is looked up there: without it nothing finds anything"
    labels = because({"k8s-app": "kube-dns"}, "the label of the cluster's DNS, whatever it is")
    peers: list[NetworkPolicyPeer] = [peer.namespace(because("kube-system", why), labels)]
    if scope.environment.node_local_dns:
        cidr = given(_NODE_LOCAL_DNS, scope.environment, "node_local_dns", "where NodeLocal DNSCache listens")
        peers.append({"ipBlock": {"cidr": cidr}})
    ports: list[NetworkPolicyPort] = [
        {"port": because(_DNS_PORT, "the port of DNS"), "protocol": because(each, "DNS runs on both (RFC 7766)")}
        for each in ("UDP", "TCP")
    ]
    spec: NetworkPolicySpec = {
        "podSelector": _everything(),
        "policyTypes": because(["Egress"], "questions go out"),
        "egress": [{"to": peers, "ports": ports}],
    }
    return _policy(scope, because(_DNS, "what every pod may do"), spec)


def _of_database(scope: Scope, database: Postgres) -> Iterator[Object]:
    """A database in the cluster is reached by what uses it and by its jobs; each of those reaches it and no other."""
    jobs = dict(_jobs(scope, database))
    into = [*traffic.users(scope, database)]
    for name, why in jobs.items():
        pods = peer.pods(because(peer.job_labels(scope, name), why))
        into.append(traffic.incoming(scope, [pods], peer.listening(database)))
        to = traffic.to(scope, database, because(peer.labels(scope, database), why))
        yield _policy(
            scope, name, _spec(because(peer.job_labels(scope, name), "the pods of the Job"), (), [to]), database
        )
    if database.managed:
        return
    out: Iterable[NetworkPolicyEgressRule] = ()
    if database.operator:
        into += cluster_traffic.into(scope, database)
        out = cluster_traffic.out_of(scope, database, database.operator)
    labels = because(peer.labels(scope, database), "the pods of the database")
    yield _policy(scope, names.own(database), _spec(labels, into, out), database)


def _jobs(scope: Scope, database: Postgres) -> Iterator[tuple[str, str]]:
    """The jobs that connect to a database, by name, and why they do."""
    if scope.graph.migrations(database):
        yield names.migration(database), "it migrates the database"
    if database.backup:
        yield names.backup(database), "it dumps the database"
        yield names.restore(database), "it restores a dump beside the database"


def _challenges(scope: Scope) -> Object:
    """cert-manager answers Let's Encrypt from a pod in the namespace of the Ingress."""
    why = "cert-manager's pod that proves the host to Let's Encrypt"
    number = because(_SOLVER_PORT, "where that pod listens")
    into = traffic.incoming(scope, [peer.namespace(way_in.pods_namespace(scope.system))], peer.port(number))
    spec = _spec(because({_SOLVER_LABEL: "true"}, why), [into], ())
    return _policy(scope, because(_SOLVER, why), spec)


def _everything() -> "LabelSelector":
    none: LabelSelector = {}
    return because(none, "every pod of the namespace")


def _spec(
    labels: dict[str, str], into: "Iterable[NetworkPolicyIngressRule]", out: "Iterable[NetworkPolicyEgressRule]"
) -> "NetworkPolicySpec":
    both = "whatever no rule names is refused, in both directions"
    spec: NetworkPolicySpec = {
        "podSelector": {"matchLabels": labels},
        "policyTypes": because(["Ingress", "Egress"], both),
    }
    # The API server drops empty lists: with one, what is applied would never equal what it holds.
    if ingress := list(into):
        spec["ingress"] = ingress
    if egress := list(out):
        spec["egress"] = egress
    return spec


def _policy(scope: Scope, name: str, spec: "NetworkPolicySpec", service: Service | None = None) -> Object:
    return made(_API, "NetworkPolicy", scope.metadata(name, service), {"spec": spec})
