"""SW202: each name, and each name of a Kubernetes Service, once; and not that of the proxy in front of them."""

from collections.abc import Iterator

from seawall import contract
from seawall.errors import Problem
from seawall.stack.faults.described import Described
from seawall.stack.services import Service, Workload


def name_problems(described: Described) -> Iterator[Problem]:
    """Services that share a name, and services that share the name of their Kubernetes Service."""
    by_name: dict[str, list[Service]] = {}
    by_address: dict[str, list[Service]] = {}
    for service in described.services:
        by_name.setdefault(service.name, []).append(service)
        by_address.setdefault(_address(service), []).append(service)
    for name, services in by_name.items():
        if name == contract.EDGE:
            what = f"a service called {name!r}, which is the name of the proxy in front of all"
            yield Problem("SW202", what, described.sources.argument(services[0], "name"), fix="give it another name")
        if len(services) > 1:
            yield _twice(f"service {name!r}", "defined", services, described)
    for name, services in by_address.items():
        if len({service.name for service in services}) > 1:
            yield _twice(f"the Kubernetes Service {name!r}", "claimed", services, described)


def _address(service: Service) -> str:
    named = service.service_name if isinstance(service, Workload) else None
    return named or service.name


def _twice(what: str, verb: str, services: list[Service], described: Described) -> Problem:
    places = [described.sources.place(service) for service in services]
    if len({id(service) for service in services}) == 1:
        return Problem("SW202", f"{what} is listed {len(services)} times, {verb} at {places[0]}", places[0])
    return Problem("SW202", f"{what} {verb} at {' and '.join(map(str, places))}", places[-1])
