"""The images of an environment, in `kustomization.yaml`: the one thing there that a build or a deploy decides."""

from collections.abc import Iterator, Mapping
from typing import Final

from seawall.render.kubernetes.names import postgres_image, repository
from seawall.render.kubernetes.scope import Scope
from seawall.stack import Postgres, Program
from seawall.stack.services import Workload

UNRELEASED: Final = "unreleased"  # a tag that nobody pushes: pods say at once that nothing was built yet
Image = Mapping[str, str]  # `name`, and of `newName`, `newTag` and `digest` what is known
_PUBLIC: Final = "docker.io"


def images(scope: Scope, kept: Mapping[str, Image]) -> tuple[Image, ...]:
    """The entries of ``images:``, sorted by name: those of `kept` as they are, the others as far as the stack knows."""
    return tuple(kept.get(each["name"], each) for each in sorted(_known(scope), key=lambda each: each["name"]))


def built(scope: Scope) -> tuple[tuple[str, str], ...]:
    """The images that the stack's own code is built into: as objects name each, and its whole name without a tag."""
    found = {each.image or each.name: _of(each, scope) for each in scope.workloads if not isinstance(each, Program)}
    return tuple((each["name"], each["newName"]) for _, each in sorted(found.items()))


def _known(scope: Scope) -> Iterator[Image]:
    found: dict[str, Image] = {}
    for service in scope.system.services:
        if isinstance(service, Postgres):
            if not (service.managed or service.operator):
                name = postgres_image(service)
                found[name] = {"name": name, "newName": f"{_PUBLIC}/library/postgres", "newTag": str(service.version)}
        elif isinstance(service, Workload):
            entry = _of(service, scope)
            found.setdefault(entry["name"], entry)
    yield from found.values()


def _of(service: Workload, scope: Scope) -> Image:
    reference = service.image or service.name
    name = repository(reference)
    tag, _, digest = reference.removeprefix(name).removeprefix(":").partition("@")
    entry = {"name": name, "newName": whole_name(name, scope.stack.registry)}
    entry["newTag"] = tag or UNRELEASED
    return {**entry, "digest": digest} if digest else entry


def whole_name(name: str, registry: str | None) -> str:
    """The whole name: what names its registry itself keeps it, and so does what has an owner, on the public one."""
    head, slash, _ = name.partition("/")
    if slash and ("." in head or ":" in head or head == "localhost"):
        return name
    if slash:
        return f"{_PUBLIC}/{name}"
    return f"{registry}/{name}" if registry else name
