"""What every module that makes objects looks at: `Scope` those of one environment, `Platform` those of a cluster."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes.names import own
from seawall.render.reason import because, given
from seawall.stack import Environment, Postgres, Stack, System, Worker
from seawall.stack.graph import Graph
from seawall.stack.services import Service, Workload

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import LabelSelector, ObjectMeta

APP: Final = "app"
PART_OF: Final = "app.kubernetes.io/part-of"
MANAGED_BY: Final = "app.kubernetes.io/managed-by"
INSTANCE: Final = "app.kubernetes.io/instance"
COMPONENT: Final = "app.kubernetes.io/component"

Sealed = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Scope:
    """A system, who uses whom in it, and its secrets as they were sealed: Secret's name -> variable -> sealed text."""

    system: System
    sealed: Sealed = field(default_factory=dict[str, Mapping[str, str]])

    @cached_property
    def graph(self) -> Graph:
        """Who uses whom."""
        return Graph(self.system.services)

    @property
    def stack(self) -> Stack:
        """The stack."""
        return self.system.stack

    @property
    def environment(self) -> Environment:
        """The environment."""
        return self.system.environment

    @property
    def namespace(self) -> str:
        """The namespace of everything in this environment."""
        if self.environment.namespace:
            return given(self.environment.namespace, self.environment, "namespace")
        return given(self.system.namespace, self.environment, "name", "the stack's name and the environment's")

    @property
    def workloads(self) -> Iterator[Workload]:
        """The services that run in containers of their own making, sorted as listed."""
        return (service for service in self.system.services if isinstance(service, Workload))

    @property
    def databases(self) -> Iterator[Postgres]:
        """The databases, managed ones too."""
        return (service for service in self.system.services if isinstance(service, Postgres))

    def selector(self, service: Service) -> dict[str, str]:
        """The labels by which a service's pods are found; they never change."""
        return {APP: own(service), PART_OF: given(self.stack.name, self.stack, "name")}

    def labels(self, service: Service) -> dict[str, str]:
        """The labels of a service's objects and pods: those of its selector, and Kubernetes' recommended ones."""
        component = because(_component(service), "what kind of part this is: Kubernetes' recommended label")
        return {**self.selector(service), **self.common_labels(), COMPONENT: component}

    def metadata(self, name: str, service: Service | None = None) -> "ObjectMeta":
        """The metadata of an object of this environment; with the labels of the `service` that it belongs to."""
        labels = self.labels(service) if service is not None else self.common_labels()
        return {"name": name, "namespace": self.namespace, "labels": labels}

    def matching(self, service: Service) -> "LabelSelector":
        """A selector of the service's pods."""
        return {"matchLabels": self.selector(service)}

    def common_labels(self) -> dict[str, str]:
        """The labels of what belongs to the environment as a whole."""
        return _common_labels(self.stack, self.environment)


@dataclass(frozen=True)
class Platform:
    """A stack and what it is in each environment that shares the cluster: what its cluster-wide objects are for."""

    stack: Stack
    systems: tuple[System, ...]

    def labels(self, environment: Environment | None = None) -> dict[str, str]:
        """The labels of what is for one `environment`, or for all."""
        return _common_labels(self.stack, environment)

    def metadata(self, name: str, environment: Environment | None = None, namespace: str = "") -> "ObjectMeta":
        """The metadata of an object for one `environment`, or for all; without a namespace where it is cluster-wide."""
        labels = self.labels(environment)
        return (
            {"name": name, "namespace": namespace, "labels": labels} if namespace else {"name": name, "labels": labels}
        )


def _common_labels(stack: Stack, environment: Environment | None) -> dict[str, str]:
    instance = {} if environment is None else {INSTANCE: given(environment.name, environment, "name")}
    return {
        PART_OF: given(stack.name, stack, "name"),
        **instance,
        MANAGED_BY: because("seawall", "what made the object: Kubernetes' recommended label"),
    }


def _component(service: Service) -> str:
    match service:
        case Postgres():
            return "database"
        case Worker():
            return "worker"
        case _:
            return type(service).__name__.lower()
