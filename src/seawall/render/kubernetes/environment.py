"""One environment as objects of Kubernetes: the list of what is made."""

from collections.abc import Callable, Iterator
from typing import Final

from seawall.render.kubernetes import (
    autoscaler,
    backup,
    certificate,
    cloudnative_pg,
    config_map,
    deployment,
    disruption_budget,
    external_secret,
    http_route,
    ingress,
    limit_range,
    migration,
    namespace,
    network_policy,
    object_store,
    pod_monitor,
    resource_quota,
    restore,
    restore_test,
    role,
    sealed_secret,
    service,
    service_account,
    service_monitor,
    stateful_set,
    sync_wave,
    vertical_pod_autoscaler,
)
from seawall.render.kubernetes.object import Object
from seawall.render.kubernetes.scope import Scope

# One kind, or a few that belong together, a module; one line each here.
KINDS: Final[tuple[Callable[[Scope], Iterator[Object]], ...]] = (
    autoscaler.objects,
    backup.objects,
    certificate.objects,
    cloudnative_pg.objects,
    config_map.objects,
    deployment.objects,
    disruption_budget.objects,
    external_secret.objects,
    http_route.objects,
    ingress.objects,
    limit_range.objects,
    migration.objects,
    namespace.objects,
    network_policy.objects,
    object_store.objects,
    pod_monitor.objects,
    restore.objects,
    restore_test.objects,
    role.objects,
    sealed_secret.objects,
    service.objects,
    service_account.objects,
    service_monitor.objects,
    stateful_set.objects,
    vertical_pod_autoscaler.objects,
)


def objects(scope: Scope) -> tuple[Object, ...]:
    """Every object of an environment, sorted by kind and name."""
    found = [each for kind in KINDS for each in kind(scope)]
    found += resource_quota.of(scope, found)
    placed = (sync_wave.ordered(scope, each) for each in found)
    return tuple(sorted(placed, key=lambda each: (each.kind, each.name)))
