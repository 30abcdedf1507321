"""Who uses whom: start order, injected variables and network edges of the services of one environment.

Services are told apart by their names, so a string in `uses` and the service of that name are the same thing. A `Graph`
of a validated `System` has no missing references, no cycles and no collisions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from seawall import contract
from seawall.stack.services import Api, Postgres, Program, Service, Site, Worker


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` opens connections to `target` on `port`, the port of the target's container.

    The target may be a `Postgres` with `managed`: then it lies outside, and its real port stands in its URL.
    """

    source: Service
    target: Service
    port: int


class Graph:
    """The services of one environment and their `uses`, strings resolved."""

    def __init__(self, services: Iterable[Service]) -> None:
        self.services = tuple(services)
        self._by_name: dict[str, Service] = {}
        for service in self.services:
            self._by_name.setdefault(service.name, service)

    def __getitem__(self, name: str) -> Service:
        """The service of this name; KeyError where there is none."""
        return self._by_name[name]

    def uses(self, service: Service) -> tuple[Service, ...]:
        """The services that `service` talks to, each once, in the order in which it lists them.

        A reference to nothing is left out here; `seawall.stack.validate` reports it.
        """
        names = dict.fromkeys(used if isinstance(used, str) else used.name for used in service.uses)
        return tuple(self._by_name[name] for name in names if name in self._by_name)

    def start_order(self) -> tuple[Service, ...]:
        """Every service after those that it uses: first those that use nothing, in the order of the list, and so on.

        Raises:
            graphlib.CycleError: there is a cycle; `cycles` says which.
        """
        return tuple(self._by_name[name] for name in self._sorter(frozenset()).static_order())

    def cycles(self) -> tuple[tuple[Service, ...], ...]:
        """The cycles that keep the services from starting, each as its services in the order of use.

        A cycle that shares a service with one that is already listed is left out: breaking that one comes first.
        """
        found: list[tuple[Service, ...]] = []
        known: frozenset[str] = frozenset()
        while True:
            try:
                self._sorter(known).prepare()
            except CycleError as error:
                names: list[str] = error.args[1][:0:-1]  # graphlib goes from the used to the user and names one twice
                first = min(range(len(names)), key=lambda at: list(self._by_name).index(names[at]))
                found.append(tuple(self._by_name[name] for name in names[first:] + names[:first]))
                known |= frozenset(names)
            else:
                return tuple(found)

    def postgres_of(self, service: Service) -> Postgres | None:
        """The first Postgres that `service` uses: of a worker, the one that holds its queue."""
        return next((used for used in self.uses(service) if isinstance(used, Postgres)), None)

    def migrations(self, database: Postgres) -> tuple[str, ...]:
        """What is migrated in a database, as `python -m seawall.runtime.migrate` takes it; nothing where it is empty.

        The tables of the job engine belong to it where a worker has its queue there; first, as a user's SQL may refer
        to them.
        """
        queues = (self.postgres_of(each) for each in self.services if isinstance(each, Worker))
        engine = any(queue is not None and queue.name == database.name for queue in queues)
        own = (database.migrations,) if database.migrations else ()
        return (contract.JOBS_MIGRATIONS, *own) if engine else own

    def injected(self, service: Service) -> tuple[tuple[str, Service], ...]:
        """Each variable that the platform sets because of `uses`, with the service whose address it holds."""
        used = self.uses(service)
        several = sum(isinstance(each, Postgres) for each in used) > 1
        return tuple((_address_variable(each, several=several), each) for each in used)

    def variables(self, service: Service, addresses: Mapping[str, str]) -> dict[str, str]:
        """The values of those variables, out of the URL of each service by its name."""
        return {variable: addresses[used.name] for variable, used in self.injected(service)}

    def migrations_needed(self, service: Api | Worker) -> str | None:
        """The folder whose migrations a service waits for: where its code and the folder are in one source.

        One source is one image, and a process can only look at what its image holds.
        """
        databases = [used for used in self.uses(service) if isinstance(used, Postgres)]
        return databases[0].migrations if len(databases) == 1 and service.source == "." else None

    def awaited(self, service: Service) -> Postgres | None:
        """The database for whose migrations a service waits: a worker always waits for the tables of its queue."""
        waits = isinstance(service, Worker) or (
            isinstance(service, Api) and self.migrations_needed(service) is not None
        )
        return self.postgres_of(service) if waits else None

    def edges(self) -> tuple[Edge, ...]:
        """Every connection that the stack's network must allow between two of its services."""
        return tuple(Edge(service, used, listens_on(used)) for service in self.services for used in self.uses(service))

    def _sorter(self, without: frozenset[str]) -> TopologicalSorter[str]:
        return TopologicalSorter(
            {
                name: [used.name for used in self.uses(service) if used.name not in without]
                for name, service in self._by_name.items()
                if name not in without
            }
        )


def listens_on(service: Service) -> int:
    """The port of its container on which a service answers others: a worker's is that of its health and metrics."""
    match service:
        case Api() | Site() | Program():
            return service.port
        case Worker():
            return service.metrics_port
        case Postgres():
            return contract.POSTGRES_PORT
        case _:
            raise TypeError(f"{type(service).__name__} listens on nothing")


def _address_variable(service: Service, *, several: bool) -> str:
    if isinstance(service, Postgres):
        return contract.database_url_variable(service.name if several else None)
    return contract.service_url_variable(service.name)
