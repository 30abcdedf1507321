"""What a stack needs once in a cluster, beside its environments: the list of what is made."""

from collections.abc import Callable, Iterator
from typing import Final

from seawall.render.kubernetes import certificate, cluster_issuer, gateway, priority_class
from seawall.render.kubernetes.object import Object
from seawall.render.kubernetes.scope import Platform

__all__ = ["KINDS", "Platform", "objects"]

# One kind, or a few that belong together, a module; one line each here.
KINDS: Final[tuple[Callable[[Platform], Iterator[Object]], ...]] = (
    certificate.of_gateways,
    cluster_issuer.objects,
    gateway.objects,
    priority_class.objects,
)


def objects(platform: Platform) -> tuple[Object, ...]:
    """Every object of the cluster, sorted by kind and name."""
    found = (each for kind in KINDS for each in kind(platform))
    return tuple(sorted(found, key=lambda each: (each.kind, each.name)))
