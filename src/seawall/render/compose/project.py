"""What every module of Compose looks at: a system on one machine, its names and its ports."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, Final

from seawall import contract
from seawall.render.dockerfile import Dockerfile
from seawall.render.kubernetes.names import repository
from seawall.render.kubernetes.scope import Scope
from seawall.render.python_image import based
from seawall.render.variables import Surroundings
from seawall.stack import Api, Postgres, Program, Service, Site, System, Worker
from seawall.stack.graph import Graph, listens_on
from seawall.stack.services import Workload

Json = dict[str, Any]

EDGE: Final = contract.EDGE
LOOPBACK: Final = "127.0.0.1"
_BUILT_HERE: Final = "local"
_UNPRIVILEGED: Final = 1024
_PORTS: Final = 65536
OWN: Final = {"prometheus": 9090, "grafana": 3000, "loki": 0, "vector": 0}  # with the port that a browser finds, if any


@dataclass(frozen=True)
class Project:
    """A system on one machine: `of` makes it.

    `dockerfiles` say how its images are built, `digests` which public ones are meant, where that is locked.
    """

    system: System
    dockerfiles: Sequence[Dockerfile]
    digests: Mapping[str, str]

    @cached_property
    def graph(self) -> Graph:
        """Who uses whom."""
        return Graph(self.system.services)

    @cached_property
    def scope(self) -> Scope:
        """The same system, as the modules for Kubernetes that know of no cluster take it."""
        return Scope(self.system)

    @property
    def workloads(self) -> Iterator[Workload]:
        """The services with code, as listed."""
        return (each for each in self.system.services if isinstance(each, Workload))

    @property
    def is_public(self) -> bool:
        """Whether anything is reached from outside, and so by an edge."""
        return bool(self.system.public)

    @property
    def databases(self) -> Iterator[Postgres]:
        """The databases, as listed."""
        return (each for each in self.system.services if isinstance(each, Postgres))

    @cached_property
    def around(self) -> Surroundings:
        """What decides of variables: each container is found by its service's name, on its own port."""
        return Surroundings(self.system, self.graph, address, lambda database: database.name, self._hops)

    def used(self, workload: Workload) -> list[Postgres]:
        """The databases that a workload uses."""
        return [each for each in self.graph.uses(workload) if isinstance(each, Postgres)]

    def public_image(self, name: str) -> str:
        """A public image, by its digest where that is locked."""
        return based(name, self.digests)

    def name(self, own: str) -> str:
        """What a container of ours is called that is no service of the stack: `own`, unless the stack has that name."""
        taken = {each.name for each in self.system.services}
        return own if own not in taken else f"seawall-{own}"

    @cached_property
    def ports(self) -> Mapping[str, int]:
        """The port of this machine for each container that has one, by name: its own, else the next that is free."""
        wanted = dict(self._wanted())
        found: dict[str, int] = {}
        for name, port in wanted.items():
            if port not in found.values():
                found[name] = port
        for name, port in wanted.items():
            found.setdefault(name, _free(port, (*wanted.values(), *found.values())))
        return {name: found[name] for name in wanted}

    def _wanted(self) -> Iterator[tuple[str, int]]:
        """Sites have none of their own, as the edge shows them; nor have databases, which nobody browses."""
        if self.is_public:
            yield self.name(EDGE), contract.EDGE_PORT
        for each in self.workloads:
            if not isinstance(each, Site):
                yield each.name, listens_on(each)
        for own, port in OWN.items():
            if port:
                yield self.name(own), port

    def _hops(self, api: Api) -> int:
        return int(api in self.system.public)


def of(system: System, dockerfiles: Sequence[Dockerfile], digests: Mapping[str, str]) -> Project:
    """A system for one machine: each service once, and each database in a container, whoever runs it elsewhere."""
    return Project(replace(system, services=tuple(map(_alone, system.services))), dockerfiles, digests)


def address(workload: Workload) -> str:
    """The URL at which other containers reach a workload."""
    return f"http://{upstream(workload)}"


def upstream(workload: Workload) -> str:
    """Where other containers reach a workload, as host:port."""
    return f"{workload.name}:{listens_on(workload)}"


def image_built_here(project: Project, workload: Workload) -> str:
    """What an image that Compose builds is called: no release, no other stack's, and of no public registry."""
    return f"localhost/{project.system.stack.name}/{image_made_here(workload)}"


def image_made_here(workload: Workload) -> str:
    """What an image is called that somebody makes on this machine by other means."""
    return f"{repository(workload.image or workload.name)}:{_BUILT_HERE}"


def literal(text: str) -> str:
    """Text that Compose takes as it is, and not for one of its variables."""
    return text.replace("$", "$$")


def published(name: str, port: int, container: int, *, everywhere: bool = False) -> str:
    """A port of this machine, and only for it; its variable in the shell or in ``.env`` chooses another."""
    return f"{'' if everywhere else f'{LOOPBACK}:'}${{{port_variable(name)}:-{port}}}:{container}"


def port_variable(name: str) -> str:
    """The variable that chooses the port of a container."""
    return f"{name.replace('-', '_').upper()}_PORT"


def listening(service: Workload) -> bool:
    """Whether it is one of those that tell Prometheus of themselves."""
    return isinstance(service, Api | Worker)


def _alone(service: Service) -> Service:
    match service:
        case Postgres():
            return replace(service, managed=None, operator=None)
        case Api() | Site():
            return replace(service, scale=1)
        case Worker() | Program():
            return replace(service, replicas=1)
        case _:
            return service


def _free(port: int, taken: Iterable[int]) -> int:
    others = set(taken)
    return next(each for each in chain(range(port, _PORTS), range(_UNPRIVILEGED, port)) if each not in others)
