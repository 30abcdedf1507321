"""What a cluster must have before anything is applied, and what `stack.py` says that no file here holds yet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from seawall.render.kubernetes.images import built
from seawall.render.kubernetes.overrides import Finished
from seawall.render.kubernetes.scope import Scope
from seawall.render.kubernetes.surroundings import around
from seawall.stack import Api, Gateway, Ingress, Rolling, Site, Worker
from seawall.stack.services import Workload

KUBERNETES_VERSION: Final = "1.34"  # the first that knows every field that is rendered
# What a cluster must have for objects of these API groups, in the order in which it is set up.
OPERATORS: Final[Mapping[str, str]] = {
    "networking.k8s.io": "a network plug-in that enforces NetworkPolicy",
    "autoscaling": "metrics-server, for the HorizontalPodAutoscalers",
    "autoscaling.k8s.io": "the Vertical Pod Autoscaler",
    "gateway.networking.k8s.io": "the Gateway API and an implementation of it",
    "cert-manager.io": "cert-manager, with its support for the Gateway API switched on where there is a Gateway",
    "bitnami.com": "Sealed Secrets",
    "external-secrets.io": "the External Secrets Operator",
    "monitoring.coreos.com": "the Prometheus Operator",
    "postgresql.cnpg.io": "CloudNativePG",
    "barmancloud.cnpg.io": "the Barman Cloud plugin of CloudNativePG",
}
_CLAIMING: Final = ("PersistentVolumeClaim", "StatefulSet")


def needed(scopes: Sequence[Scope], objects: Sequence[Finished]) -> Iterator[str]:
    """What the cluster must have, a line each."""
    yield f"Kubernetes {KUBERNETES_VERSION} or newer"
    if any(each.kind in _CLAIMING for each in objects):
        yield "a default StorageClass, of a CSI driver: claims are `ReadWriteOncePod`"
    groups = {str(each.tree["apiVersion"]).rpartition("/")[0] for each in objects}
    yield from (what for group, what in OPERATORS.items() if group in groups)
    yield from _collectors(scopes)
    yield from _ways_in(scopes)
    yield from _prometheus(scopes)
    yield from _pulls(scopes)


def _collectors(scopes: Sequence[Scope]) -> Iterator[str]:
    found = {around(scope).collector for scope in scopes if any(_is_traced(each) for each in scope.workloads)}
    for collector in sorted(found - {""}):
        yield f"a collector of OpenTelemetry at `{collector}`; without it, traces are lost and nothing else"


def _is_traced(workload: Workload) -> bool:
    return isinstance(workload, Api | Worker) and workload.traced


def _ways_in(scopes: Sequence[Scope]) -> Iterator[str]:
    ways = {scope.system.way_in for scope in scopes if scope.system.way_in}
    found = {(_class(way_in), way_in.class_name, way_in.namespace) for way_in in ways}
    for kind, name, namespace in sorted(found):
        yield (
            f"the {kind} `{name}`, whose proxies run in the namespace `{namespace}`: policies admit no others. At least"
            " two, on different nodes: one alone is down whenever its node is"
        )


def _class(way_in: Gateway | Ingress) -> str:
    return "GatewayClass" if isinstance(way_in, Gateway) else "IngressClass"


def _prometheus(scopes: Sequence[Scope]) -> Iterator[str]:
    watched = [(each.environment.monitoring, each.system.namespace) for each in scopes if each.environment.monitoring]
    found: dict[tuple[str, str], list[str]] = {}
    for monitoring, namespace in watched:
        labels = _listed(f"{key}: {value}" for key, value in sorted(monitoring.labels.items()))
        found.setdefault((monitoring.namespace, labels), []).append(namespace)
    for (place, labels), namespaces in found.items():
        selected = f"by {labels}" if labels else "whatever their labels (else set `Monitoring(labels=)`)"
        yield (
            f"Prometheus in the namespace `{place}`: policies admit it from there only. It selects ServiceMonitors and"
            f" PodMonitors in {_listed(dict.fromkeys(namespaces))}, {selected}, and may list Services, EndpointSlices"
            " and Pods there"
        )


def _pulls(scopes: Sequence[Scope]) -> Iterator[str]:
    registries = sorted({where.rpartition("/")[0] for scope in scopes for _, where in built(scope)} - {""})
    if registries and not scopes[0].stack.pull_secret:
        yield f"nodes that may pull from {_listed(registries)}; else `pull_secret=` of the stack names a Secret for it"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in names)


def not_here(scopes: Sequence[Scope]) -> tuple[str, ...]:
    """What the stack declares and no file here holds, a line each, without doubles."""
    return tuple(dict.fromkeys(line for scope in scopes for line in _not_here(scope)))


def _not_here(scope: Scope) -> Iterator[str]:
    for service in scope.workloads:
        yield from _of_service(service)
    if scope.environment.mesh:
        yield "the service mesh (`mesh`): connections inside the cluster are not encrypted by it"
    if scope.stack.gitops:
        yield "GitOps (`gitops`): apply by hand, as below"
    if scope.environment.monitoring and scope.environment.monitoring.notify:
        yield "where alerts are sent (`notify`)"


def _of_service(service: Workload) -> Iterator[str]:
    if service.alerts:
        yield f"the alerts of `{service.name}`: {', '.join(each.name for each in service.alerts)}"
    if isinstance(service, Api | Site) and not isinstance(service.release, Rolling):
        yield f"the {type(service.release).__name__} release of `{service.name}`: it is a rolling update"
