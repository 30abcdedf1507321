"""What images a stack is built into: a Dockerfile for each folder of Python and each `Site`, a target for each image.

An image is the same in all environments, so a service is taken as the first environment that has it says. What only the
platform knows reaches it as variables; its ports, its command and its health check here are for ``docker run``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from seawall.errors import Problem
from seawall.render import python_image, site_image
from seawall.render.file import File
from seawall.render.kubernetes.names import repository
from seawall.render.python_image import Code
from seawall.stack import Program, Site, Stack, System
from seawall.stack.services import Workload

FOLDER: Final = "images"
SUFFIX: Final = ".Dockerfile"
IGNORED: Final = ".dockerignore"


@dataclass(frozen=True)
class Target:
    """One image: `name` is the stage to build, `image` what it is called, without registry, tag and digest."""

    name: str
    image: str
    service: Workload


@dataclass(frozen=True)
class Dockerfile:
    """How the images of one folder are built. `context` is the folder, relative to ``stack.py``.

    `lines` are its instructions; `ignored` the patterns of what never leaves the folder. `wheels` says that Seawall's
    wheel must lie in it.
    """

    name: str
    context: str
    targets: tuple[Target, ...]
    lines: tuple[str, ...]
    ignored: tuple[str, ...]
    wheels: bool = False

    @property
    def path(self) -> str:
        """Where it is rendered to, in the folder of all that is rendered."""
        return f"{FOLDER}/{self.name}{SUFFIX}"

    def files(self, about: str) -> Iterator[File]:
        """The file, and the one beside it of what is not in the build context; `about` is the first line of both."""
        yield File(self.path, "\n".join((about, *self.lines)) + "\n")
        yield File(f"{self.path}{IGNORED}", "\n".join((about, *self.ignored)) + "\n")


@dataclass(frozen=True)
class Unbuilt:
    """Why the images of some services, given by name, cannot be built."""

    services: tuple[str, ...]
    problem: Problem


@dataclass(frozen=True)
class Ground:
    """What images are made from: of each folder its `code`, and the `digests` of public images where they are locked.

    A folder that is not in `code` has no Dockerfile; `unbuilt` says why. `exceptions` says that findings of scans were
    accepted.
    """

    code: Mapping[str, Code] = field(default_factory=dict[str, Code])
    digests: Mapping[str, str] = field(default_factory=dict[str, str])
    unbuilt: tuple[Unbuilt, ...] = ()
    exceptions: bool = False


def sources(systems: Sequence[System]) -> dict[str, tuple[Workload, ...]]:
    """The folders of Python code of a stack, and for each the services whose images are built from it."""
    found: dict[str, list[Workload]] = {}
    for service in _built(systems):
        if not isinstance(service, Site):
            found.setdefault(service.source, []).append(service)
    return {folder: tuple(services) for folder, services in sorted(found.items())}


def dockerfiles(systems: Sequence[System], ground: Ground) -> tuple[Dockerfile, ...]:
    """The Dockerfiles of a stack, given in all its environments, sorted by name."""
    stack = systems[0].stack
    found = [*_of_python(stack, systems, ground), *_of_sites(systems, ground)]
    return tuple(sorted(found, key=lambda each: each.name))


def _of_python(stack: Stack, systems: Sequence[System], ground: Ground) -> Iterator[Dockerfile]:
    sites = [each for each in _built(systems) if isinstance(each, Site)]
    known = {folder: services for folder, services in sources(systems).items() if folder in ground.code}
    for folder, name in _named(known, stack, taken=[site.name for site in sites]).items():
        code = ground.code[folder]
        targets = tuple(_target(service) for service in known[folder])
        shared = python_image.shared(code, ground.digests, minimal=stack.minimal_images)
        own = [line for each in targets for line in python_image.own(each.name, each.image, each.service)]
        pages = [_below(folder, site.root) for site in sites]
        unwanted = python_image.ignored(page for page in pages if page is not None)
        yield Dockerfile(name, folder, targets, (*shared, *own), unwanted, code.wheels)


def _of_sites(systems: Sequence[System], ground: Ground) -> Iterator[Dockerfile]:
    for service in _built(systems):
        if isinstance(service, Site):
            target = _target(service)
            lines = tuple(site_image.lines(target.name, target.image, service, ground.digests))
            yield Dockerfile(service.name, service.root, (target,), lines, site_image.IGNORED)


def _built(systems: Sequence[System]) -> Iterator[Workload]:
    """One service for each image that is built; nobody builds a Program, whose image may hold anything."""
    found: dict[str, Workload] = {}
    for system in systems:
        for service in system.services:
            if isinstance(service, Workload) and not isinstance(service, Program):
                found.setdefault(repository(service.image or service.name), service)
    yield from sorted(found.values(), key=lambda service: service.name)


def _target(service: Workload) -> Target:
    return Target(service.name, repository(service.image or service.name), service)


def _named(folders: Iterable[str], stack: Stack, taken: Sequence[str]) -> dict[str, str]:
    """A name for the Dockerfile of each folder: the stack's own is called after the stack, another after its path."""
    found: dict[str, str] = {}
    for folder in folders:
        wanted = stack.name if folder == "." else re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-") or "source"
        number, name = 1, wanted
        while name in taken or name in found.values():
            number += 1
            name = f"{wanted}-{number}"
        found[folder] = name
    return found


def _below(folder: str, path: str) -> str | None:
    """A path relative to a folder that holds it, both relative to ``stack.py``; None where it lies elsewhere."""
    if folder == ".":
        return path
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else None
