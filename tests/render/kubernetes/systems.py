"""Systems as values, and what one module renders of them, without reasons."""

from collections.abc import Iterable
from typing import Any

from seawall.render.kubernetes.object import Object
from seawall.render.kubernetes.scope import Platform, Scope
from seawall.render.reason import leaves, plain
from seawall.stack import Environment, Service, Stack, System
from seawall.stack.validate import resolve_all

Tree = dict[str, Any]


def system(*services: Service, **surroundings: Any) -> System:
    """The stack ``shop`` in its environment ``prod``, validated."""
    environment = Environment("prod", **surroundings)
    (found,) = resolve_all(Stack("shop", describe=lambda _: list(services), environments=[environment]))
    return found


def scope(*services: Service, **surroundings: Any) -> Scope:
    """What a module that renders an environment looks at."""
    return Scope(system(*services, **surroundings))


def platform(*systems: System) -> Platform:
    """What a module that renders for the whole cluster looks at."""
    return Platform(systems[0].stack, systems)


def trees(objects: Iterable[Object]) -> dict[str, Tree]:
    """The objects, by ``KIND/NAME``; each of their values has a reason, or it is an error."""
    found = {f"{each.kind}/{each.name}": each for each in objects}
    assert all([*leaves(each.tree)] for each in found.values())
    return {name: plain(each.tree) for name, each in found.items()}
