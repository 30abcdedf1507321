"""SW206: each path of the public address leads to one service."""

from collections.abc import Iterator

from seawall import contract
from seawall.errors import Problem
from seawall.stack.faults.described import Described
from seawall.stack.services import Api, Program, Site


def path_problems(described: Described) -> Iterator[Problem]:
    """Paths that two services claim, and paths that the edge keeps from the public."""
    by_path: dict[str, list[Api | Site | Program]] = {}
    for service in described.services:
        if isinstance(service, Api | Site | Program) and service.path is not None:
            by_path.setdefault(service.path, []).append(service)
    for path, services in by_path.items():
        place = described.sources.argument(services[-1], "path")
        if len({service.name for service in services}) > 1:
            names = " and ".join(f"{service.name} ({described.sources.place(service)})" for service in services)
            yield Problem("SW206", f"path {path!r} is claimed by {names}", place)
        if any(path == closed or path.startswith(f"{closed}/") for closed in contract.CLOSED_PATHS):
            message = (
                f"path {path!r} is claimed by {services[-1].name} and by the contract, which keeps it from the public"
            )
            yield Problem("SW206", message, place, fix="choose another path")
