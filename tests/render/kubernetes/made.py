"""The objects of one kind for a system of a few services, without their reasons; each value must have had one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from seawall.render.kubernetes.object import Object
from seawall.render.kubernetes.scope import Scope, Sealed
from seawall.render.reason import leaves, plain
from seawall.stack import Environment, Service, Stack, System

DEV = Environment("dev")


def scope(*services: Service, environment: Environment = DEV, sealed: Sealed | None = None) -> Scope:
    """What a renderer looks at: these services in an environment of the stack `bakery`."""
    stack = Stack("bakery", describe=lambda _: services, environments=[environment])
    return Scope(System(stack, environment, services), sealed or {})


def made(
    kind: Callable[[Scope], Iterator[Object]],
    *services: Service,
    environment: Environment = DEV,
    sealed: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """The objects that a module makes, by kind and name: ``Deployment/api``."""
    found: dict[str, Any] = {}
    for each in kind(scope(*services, environment=environment, sealed=sealed)):
        assert list(leaves(each.tree)), "raises where a value has no reason"
        assert f"{each.kind}/{each.name}" not in found
        found[f"{each.kind}/{each.name}"] = plain(each.tree)
    return found
