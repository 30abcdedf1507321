"""SW204, SW205 and SW209: what services use must be there, without a cycle, and hold a worker's queue."""

from collections.abc import Iterator
from typing import cast

from seawall.errors import Problem
from seawall.stack.faults.described import Described
from seawall.stack.faults.near import nearest
from seawall.stack.services import Postgres, Service, Worker


def reference_problems(described: Described) -> Iterator[Problem]:
    """References to nothing, cycles, and workers without a Postgres."""
    for service in described.services:
        for used in service.uses:
            yield from _undefined(service, used, described)
    for cycle in described.graph.cycles():
        names = [service.name for service in (*cycle, cycle[0])]
        place = described.sources.argument(cycle[-1], "uses")
        fix = f"take {names[0]!r} out of the uses of {names[-2]!r}"
        yield Problem("SW204", f"cycle: {' -> '.join(names)}", place, fix=fix)
    for service, written in zip(described.services, described.written, strict=True):
        if _names_the_class(written):
            continue  # an error of its own, and with it this one goes
        if isinstance(service, Worker) and described.graph.postgres_of(service) is None:
            message = f"worker {service.name!r} uses no Postgres to hold its queue"
            yield Problem("SW209", message, described.sources.argument(service, "uses"), fix="uses=[db]")


def _names_the_class(service: Service) -> bool:
    """Whether ``Postgres`` stands in `uses`, and not a value of it."""
    uses = cast("object", service.uses)  # what was written, which may be anything
    return uses is Postgres or (
        isinstance(uses, tuple) and any(each is Postgres for each in cast("tuple[object, ...]", uses))
    )


def _undefined(service: Service, used: Service | str, described: Described) -> Iterator[Problem]:
    """A name that no service has, or a service that the stack function made and did not return."""
    name = used if isinstance(used, str) else str(used.name)
    defined = list(dict.fromkeys(each.name for each in described.services if each.name != service.name))
    place = described.sources.argument(service, "uses")
    if isinstance(used, str):
        if name not in {*defined, service.name}:
            message = (
                f"{service.name} depends on {name!r}, which is not defined; defined: {', '.join(defined) or 'none'}"
            )
            near = nearest(name, defined)
            fix = f"did you mean {near!r}?" if near else f"return a service named {name!r}, too"
            yield Problem("SW205", message, place, fix=fix)
    elif not any(used is each or used == each for each in described.services):
        made = described.sources.place(used)
        message = f"{service.name} depends on {name!r} of {made}, which the stack function does not return"
        yield Problem("SW205", message, place, fix=f"return the service of {made}, too")
