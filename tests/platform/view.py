"""Rendered sets as the tests look at them: pods with what stands around them, and the service that each belongs to."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from seawall.stack import Api, Autoscale, Program, Service, Site, System, Worker
from tests.platform.rendered import PLATFORM, Set, Tree, examples, generated, systems

_TEMPLATES: Final[Mapping[str, Callable[[Tree], Tree]]] = {
    "Deployment": lambda tree: tree["spec"]["template"],
    "StatefulSet": lambda tree: tree["spec"]["template"],
    "Job": lambda tree: tree["spec"]["template"],
    "CronJob": lambda tree: tree["spec"]["jobTemplate"]["spec"]["template"],
}
SERVING: Final = ("Deployment", "StatefulSet")


@dataclass(frozen=True)
class Pods:
    """The pods of one object, in their environment."""

    environment: "Rendered"
    tree: Tree

    def __str__(self) -> str:
        return f"{self.environment}: {self.kind}/{self.name}"

    @property
    def kind(self) -> str:
        return str(self.tree["kind"])

    @property
    def name(self) -> str:
        return str(self.tree["metadata"]["name"])

    @property
    def template(self) -> Tree:
        return _TEMPLATES[self.kind](self.tree)

    @property
    def spec(self) -> Tree:
        found: Tree = self.template["spec"]
        return found

    @property
    def labels(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.template["metadata"]["labels"]
        return found

    @property
    def container(self) -> Tree:
        """The only one."""
        (found,) = self.spec["containers"]
        return dict(found)

    @property
    def containers(self) -> list[Tree]:
        """All of them: what runs beside the one, too."""
        return [*self.spec.get("initContainers", ()), *self.spec["containers"]]

    @property
    def service(self) -> Service:
        """What stands in the stack."""
        return next(each for each in self.environment.system.services if each.name == self.name)


@dataclass(frozen=True)
class Rendered:
    """One environment as it was printed, beside what the stack says of it, and the stack's platform."""

    system: System
    printed: Set
    platform: Set | None

    def __str__(self) -> str:
        return str(self.printed)

    @cached_property
    def _kinds(self) -> Mapping[str, Mapping[str, Tree]]:
        found: dict[str, dict[str, Tree]] = {}
        for tree in self.printed.objects:
            assert tree["metadata"]["name"] not in found.setdefault(tree["kind"], {}), "two of one name"
            found[tree["kind"]][tree["metadata"]["name"]] = tree
        return found

    def of(self, kind: str) -> Mapping[str, Tree]:
        """The objects of a kind by name."""
        return self._kinds.get(kind, {})

    def pods(self, *kinds: str) -> Iterator[Pods]:
        return (Pods(self, tree) for kind in kinds or _TEMPLATES for tree in self.of(kind).values())

    def shared(self, kind: str) -> Mapping[str, Tree]:
        """The platform's objects of a kind by name."""
        trees = self.platform.objects if self.platform else ()
        return {tree["metadata"]["name"]: tree for tree in trees if tree["kind"] == kind}


def everything() -> tuple[Rendered, ...]:
    """All environments of the examples and of the thirty stacks."""
    sets = [*examples(), *generated()]
    platforms = {id(each.stack): each for each in sets if each.folder == PLATFORM}
    return tuple(
        Rendered(system, each, platforms.get(id(each.stack)))
        for each in sets
        for system in systems(each.stack)
        if system.environment.name == each.folder
    )


def pods(*kinds: str) -> tuple[Pods, ...]:
    """The pods of all environments, of objects of these kinds, or of all."""
    return tuple(each for environment in everything() for each in environment.pods(*kinds))


def without(kept: Callable[[Any], bool], found: Iterable[Any]) -> list[str]:
    """Those that do not keep something; of nothing nothing would be shown."""
    listed = list(found)
    assert listed, "nothing to look at"
    return [str(each) for each in listed if not kept(each)]


def matches(selector: Tree, labels: Mapping[str, str]) -> bool:
    """Whether a selector (of ``matchLabels`` alone) chooses what has these labels."""
    assert not selector.keys() - {"matchLabels"}
    wanted: Mapping[str, str] = selector.get("matchLabels", {})
    return all(labels.get(key) == value for key, value in wanted.items())


def fewest_and_most(service: Service) -> tuple[int, int]:
    """How many replicas a service has at least and at most."""
    match service:
        case Api(scale=Autoscale(minimum=least, maximum=most)) | Site(scale=Autoscale(minimum=least, maximum=most)):
            return least, most
        case Api(scale=int(count)) | Site(scale=int(count)) | Worker(replicas=count) | Program(replicas=count):
            return count, count
        case _:
            return 1, 1
