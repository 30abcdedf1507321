"""SW210: arguments that are right by themselves and cannot hold together."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from seawall.errors import Problem
from seawall.stack.faults.described import Described
from seawall.stack.faults.near import nearest
from seawall.stack.model import Environment, Stack, System
from seawall.stack.options import Autoscale, Canary
from seawall.stack.quantity import amount
from seawall.stack.services import FEWEST_RESIZED, Api, Postgres, Program, Service, Site, Worker, Workload
from seawall.stack.sources import Sources

if TYPE_CHECKING:
    from seawall.stack.overrides import Extra, Patch


_NAMESPACE_LIMIT: Final = 63  # RFC 1123: a namespace is a label
_PLATFORM: Final = "platform"


def environment_problems(stack: Stack, environments: Sequence[Environment], sources: Sources) -> Iterator[Problem]:
    """Contradictions among the environments of a stack."""
    if stack.environments == ():
        message, fix = f"stack {stack.name} has no environment", 'environments=[Environment("dev")]'
        yield Problem("SW210", message, sources.argument(stack, "environments"), fix=fix)
    by_name: dict[str, list[Environment]] = {}
    for environment in environments:
        by_name.setdefault(environment.name, []).append(environment)
        if environment.tls and not environment.host:
            message = f"environment {environment.name} has tls and no host to have a certificate for"
            yield Problem("SW210", message, sources.argument(environment, "tls"), fix='host="..."')
        if environment.way_in and not environment.host:
            message = f"environment {environment.name} has way_in and no host to come in by"
            yield Problem("SW210", message, sources.argument(environment, "way_in"), fix='host="..."')
        yield from _of_place(stack, environment, sources)
    yield from _of_overrides(stack, list(by_name), sources)
    for name, namesakes in by_name.items():
        if len(namesakes) > 1:
            places = [sources.place(each) for each in namesakes]
            message = f"environment {name!r} defined at {' and '.join(map(str, places))}"
            yield Problem("SW210", message, places[-1])


def _of_place(stack: Stack, environment: Environment, sources: Sources) -> Iterator[Problem]:
    """Where an environment is rendered to, and the namespace that it has in a cluster."""
    place = sources.argument(environment, "namespace" if environment.namespace else "name")
    namespace = System(stack, environment, ()).namespace
    if len(namespace) > _NAMESPACE_LIMIT:
        message = f"environment {environment.name}: the namespace {namespace!r} is over {_NAMESPACE_LIMIT} letters"
        yield Problem("SW210", message, place, fix='namespace="..."')
    if namespace == f"{stack.name}-gateway":
        message = f"environment {environment.name}: the namespace {namespace!r} is that of the stack's gateways"
        yield Problem("SW210", message, place, fix='namespace="..."')
    if environment.name == _PLATFORM:
        message = f"environment {_PLATFORM!r}: what all environments share is rendered under this name"
        yield Problem("SW210", message, sources.argument(environment, "name"), fix="choose another name")


def _of_overrides(stack: Stack, names: Sequence[str], sources: Sources) -> Iterator[Problem]:
    """Patches and extras for environments that the stack does not have."""
    overrides: tuple[Patch | Extra, ...] = (*stack.patches, *stack.extras)
    for each in overrides:
        for name in each.environments:
            if name not in names:
                near = nearest(name, names)
                message = f"{type(each).__name__} for environment {name!r}; have {', '.join(names)}"
                fix = f"did you mean {near!r}?" if near else ""
                yield Problem("SW106", message, sources.argument(each, "environments"), fix=fix)


def service_problems(described: Described) -> Iterator[Problem]:
    """Contradictions among the arguments of a service."""
    for service in described.services:
        yield from _of_kind(service, described.sources)
        if isinstance(service, Workload | Postgres):
            yield from _of_resources(service, described.sources)
        if isinstance(service, Api | Site):
            yield from _of_scale(service, described.sources)
            yield from _of_release(service, described.sources)


def _of_kind(service: Service, sources: Sources) -> Iterator[Problem]:
    match service:
        case Worker(singleton=True, replicas=replicas) if replicas > 1:
            message = f"{service.name}: singleton means never two, and replicas is {replicas}"
            yield Problem("SW210", message, sources.argument(service, "replicas"), fix="replicas=1")
        case Worker(vpa="apply", replicas=replicas) if replicas < FEWEST_RESIZED:
            message = (
                f"{service.name}: vpa='apply' may replace a pod, and replicas is {replicas}: nobody would do its work"
            )
            yield Problem("SW210", message, sources.argument(service, "vpa"), fix='vpa="recommend"')
        case Program(command=(), image=None):
            message = f"{service.name}: a Program needs a command, an image, or both"
            yield Problem("SW210", message, sources.place(service), fix="command=[...]")
        case Api(public_health=True, path=None):
            message = f"{service.name}: public_health has no effect without a path: nothing of it is public"
            yield Problem("SW210", message, sources.argument(service, "public_health"), fix='path="/..."')
        case Api(drain=drain, request_timeout=timeout) if drain < timeout:
            message = f"{service.name}: drain {drain:g} s is less than request_timeout {timeout:g} s"
            place = sources.given(service, "drain") or sources.argument(service, "request_timeout")
            wanted = "time for the requests that a release finds under way"
            yield Problem("SW210", message, place, wanted=wanted, fix=f"drain={timeout:g}")
        case _:
            pass


def _of_resources(service: Workload | Postgres, sources: Sources) -> Iterator[Problem]:
    resources = service.resources
    if resources and resources.cpu_limit and amount(resources.cpu_limit) < amount(resources.cpu):
        message = f"{service.name}: cpu_limit {resources.cpu_limit} is less than the {resources.cpu} that it asks for"
        yield Problem("SW210", message, sources.argument(resources, "cpu_limit"), fix=f'cpu_limit="{resources.cpu}"')


def _of_scale(service: Api | Site, sources: Sources) -> Iterator[Problem]:
    scale = service.scale
    if not isinstance(scale, Autoscale):
        return
    if scale.minimum > scale.maximum:
        message = f"{service.name}: Autoscale from {scale.minimum} to {scale.maximum} replicas is empty"
        fix = f"Autoscale({scale.maximum}, {scale.minimum})"
        yield Problem("SW210", message, sources.place(scale), fix=fix)
    if scale.cpu is None and scale.memory is None:
        message = f"{service.name}: Autoscale needs cpu, memory, or both to follow"
        yield Problem("SW210", message, sources.place(scale), fix="cpu=70")


def _of_release(service: Api | Site, sources: Sources) -> Iterator[Problem]:
    release = service.release
    if not isinstance(release, Canary):
        return
    weights = release.weights
    if not weights or any(later <= earlier for earlier, later in pairwise(weights)):
        message = f"{service.name}: the weights of a Canary must grow (saw {', '.join(map(str, weights)) or 'none'})"
        growing = sorted(set(weights)) or [5, 25, 50]
        yield Problem("SW210", message, sources.place(release), fix=f"Canary({', '.join(map(str, growing))})")
