"""One environment as objects of Kubernetes: the list of what is made."""

from collections.abc import Callable, Iterator
from typing import Final

from seawall.render.kubernetes import config_map, deployment, namespace, service, service_account, stateful_set
from seawall.render.kubernetes.object import Object
from seawall.render.kubernetes.scope import Scope

# One kind, or a few that belong together, a module; one line each here.
KINDS: Final[tuple[Callable[[Scope], Iterator[Object]], ...]] = (
    config_map.objects,
    deployment.objects,
    namespace.objects,
    service.objects,
    service_account.objects,
    stateful_set.objects,
)


def objects(scope: Scope) -> tuple[Object, ...]:
    """Every object of an environment, sorted by kind and name."""
    found = (each for kind in KINDS for each in kind(scope))
    return tuple(sorted(found, key=lambda each: (each.kind, each.name)))
