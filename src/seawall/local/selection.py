"""A part of a system: some of its services, and what they use."""

import difflib
from collections.abc import Collection
from dataclasses import replace

from seawall.errors import Problem, UsageError
from seawall.stack import Service, System
from seawall.stack.graph import Graph


def only(system: System, names: Collection[str]) -> System:
    """The system with nothing but the services of these names and what they use, directly or not.

    Raises:
        UsageError: SW315 for each name that is no service's.
    """
    known = [service.name for service in system.services]
    problems = [unknown(name, known) for name in names if name not in known]
    if problems:
        raise UsageError(*problems)
    graph = Graph(system.services)
    kept: set[str] = set()

    def keep(service: Service) -> None:
        if service.name not in kept:
            kept.add(service.name)
            for used in graph.uses(service):
                keep(used)

    for name in names:
        keep(graph[name])
    return replace(system, services=tuple(service for service in system.services if service.name in kept))


def unknown(name: str, known: Collection[str]) -> Problem:
    """SW315 for a name that is none of those that are `known`."""
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean '{close[0]}'?" if close else ""
    return Problem("SW315", f"the stack has no service '{name}'{hint}", wanted=f"one of {', '.join(known)}")
