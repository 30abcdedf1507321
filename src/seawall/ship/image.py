"""Images to build and the commands that build, push and open them: values; `seawall.ship.engine` runs them."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Literal, cast

from seawall import contract
from seawall.render.dockerfile import IGNORED
from seawall.render.python_image import REVISION

EngineName = Literal["docker", "podman"]
_FAILED: Final = ("error", "denied", "unauthorized", "failed")
_STEP: Final = re.compile(r" > \[(?P<step>[^\]]+)\] ")
_RULE: Final = "------"
_SECONDS: Final = re.compile(r"^\d+\.\d+ ")  # since the step began
_DIGEST: Final = re.compile(r"(?:^|\bdigest: )(sha256:[0-9a-f]{64})\b", re.MULTILINE)


@dataclass(frozen=True)
class Build:
    """One image. `name` is what objects call it, `repository` its whole name; it gets each of the `tags`.

    `dockerfile` and `context` are paths, `target` the stage to build; `release` is told to the process that runs in it.
    `platforms` are such as ``linux/arm64``; none means that of the engine. With `no_cache` nothing is old: it stands on
    the newest public images, and takes nothing from a cache.
    """

    name: str
    repository: str
    tags: tuple[str, ...]
    dockerfile: str
    context: str
    target: str
    release: str
    platforms: tuple[str, ...] = ()
    no_cache: bool = False

    @property
    def references(self) -> tuple[str, ...]:
        """The image by each of its tags."""
        return tuple(f"{self.repository}:{tag}" for tag in self.tags)

    @property
    def is_manifold(self) -> bool:
        """Whether it is several images under one name, one for each platform."""
        return len(self.platforms) > 1


def build(engine: EngineName, program: str, image: Build, *, pushed_to: str = "") -> tuple[str, ...]:
    """The command that builds an image.

    `pushed_to` is the file for its digest, where Docker pushes while it builds, as it has no place for it.
    """
    platforms = ("--platform", ",".join(image.platforms)) if image.platforms else ()
    release = ("--build-arg", f"{contract.RELEASE}={image.release}")
    anew = ("--pull", "--no-cache") if image.no_cache else ()
    words = ("--file", image.dockerfile, "--target", image.target, *release, *platforms, *anew)
    if engine == "podman":
        # OCI's format has no health checks, and Podman looks for no ignore file beside a Dockerfile.
        words = ("--format", "docker", "--ignorefile", f"{image.dockerfile}{IGNORED}", *words)
        # Its cache takes a layer of another release for this one's, whatever the argument says; these it cannot miss.
        words = (*words, "--env", release[1], "--label", f"{REVISION}={image.release}")
        named = "--manifest" if image.is_manifold else "--tag"
        tags = image.references[:1] if image.is_manifold else image.references
        return (program, "build", *words, *_each(named, tags), image.context)
    # A builder that was chosen in Docker's place keeps what it built to itself, unless it is told.
    words = (*words, "--push", "--metadata-file", pushed_to) if pushed_to else (*words, "--load")
    return (program, "buildx", "build", *words, *_each("--tag", image.references), image.context)


def pushes(engine: EngineName, program: str, image: Build, digest_file: str) -> tuple[tuple[str, ...], ...]:
    """The commands that push an image that was built, by each of its tags; Podman writes the digest to a file."""
    if engine == "docker":
        return tuple((program, "push", each) for each in image.references)
    push = ("manifest", "push", "--all", "--format", "v2s2") if image.is_manifold else ("push",)
    first = image.references[0]
    return tuple((program, *push, "--digestfile", digest_file, first, f"docker://{each}") for each in image.references)


def opened(program: str, image: Build, container: str) -> tuple[tuple[str, ...], ...]:
    """The commands that make a container of an image, write its files to standard output as a tar, and remove it."""
    platform = ("--platform", image.platforms[0]) if image.platforms else ()
    created = (program, "create", *platform, "--name", container, image.references[0], "nothing")
    return created, (program, "export", container), (program, "rm", "--force", container)


def saved(program: str, image: Build, file: str) -> tuple[str, ...]:
    """The command that writes an image that is in the engine's store to a file, layer by layer."""
    return (program, "save", "--output", file, image.references[0])


def digest(text: str) -> str:
    """The digest that an engine wrote: in JSON, alone, or in the last lines of a push; empty where there is none."""
    try:
        said = json.loads(text)
    except ValueError:
        found: list[str] = _DIGEST.findall(text)
        return found[-1] if found else ""
    return str(cast("dict[str, object]", said).get("containerimage.digest", "")) if isinstance(said, dict) else ""


def reason(lines: Iterable[str]) -> str:
    """Why an engine failed, by its last lines: what a step of the Dockerfile wrote last, or the engine's own error."""
    said = [line.rstrip() for line in lines if line.strip()]
    for at, line in enumerate(said):
        # BuildKit repeats what the step wrote, between two rules.
        if found := _STEP.match(line):
            wrote = list(takewhile(lambda each: not each.startswith(_RULE), said[at + 1 :]))
            if wrote:
                return f"{_SECONDS.sub('', wrote[-1]).strip()} (step {found['step']})"
        if line.startswith("Error: building at STEP") and at > 0 and not said[at - 1].startswith("STEP "):
            return said[at - 1].strip()
    errors = [line for line in said if any(word in line.lower() for word in _FAILED)] or said
    return errors[-1].strip() if errors else ""


def _each(option: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for value in values for word in (option, value))
