"""`seawall build`: the images of a stack, named after the commit; pushed, if asked, and written where they are run."""

import argparse
import shlex
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.cli import extras, options
from seawall.errors import Problem, SeawallError, UsageError, raise_all

if TYPE_CHECKING:
    from seawall.cli.built import Built
    from seawall.cli.load import Loaded
    from seawall.render.deploy import Rendered
    from seawall.render.dockerfile import Dockerfile
    from seawall.ship.engine import Engine
    from seawall.ship.image import Build
    from seawall.stack import System


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    brief = "build the images with docker or podman, and push them"
    parser = options.command(commands, common, "build", run, brief=brief, description=__doc__)
    parser.add_argument("--push", action="store_true", help="push them to the stack's registry")
    parser.add_argument(
        "--scan", action="store_true", help="fail, and push nothing, if trivy finds anything HIGH or CRITICAL"
    )
    parser.add_argument(
        "--no-cache", action="store_true", help="stand on the newest public images, and take nothing from a cache"
    )
    parser.add_argument(
        "--only", metavar="NAME", action="append", default=[], help="the image of this service; repeatable"
    )
    parser.add_argument(
        "--environment",
        metavar="NAME",
        action="append",
        default=[],
        help="write them for this environment alone, and tag them with its image_tag, too; repeatable",
    )
    parser.add_argument(
        "--platform",
        metavar="OS/ARCH",
        action="append",
        default=[],
        help="such as linux/arm64; repeatable, or with commas; default: the engine's own",
    )
    parser.add_argument("--release", metavar="NAME", help="what the release is called; default: the commit")
    parser.add_argument("--engine", choices=("docker", "podman"), help="default: the first that answers")
    parser.add_argument(
        "--to", metavar="FOLDER", help="the folder that was rendered to; default: deploy beside stack.py"
    )


def run(arguments: argparse.Namespace) -> int:
    """Build; everything that can be wrong with the stack is found before the engine is asked."""
    from seawall.cli.built import Steps  # noqa: PLC0415
    from seawall.cli.deploy_folder import differences, rendered, write  # noqa: PLC0415
    from seawall.cli.load import load  # noqa: PLC0415
    from seawall.cli.render import target  # noqa: PLC0415
    from seawall.render.dockerfile import FOLDER  # noqa: PLC0415

    extras.require("local", "build")
    scanner = _scanner() if arguments.scan else ""
    loaded = load(arguments.file)
    folder = target(loaded, arguments.to)
    made = rendered(loaded, folder)
    systems = _chosen_environments(loaded, arguments.environment)
    chosen = _chosen(made, arguments.only)
    raise_all((*_unbuildable(made, arguments.only), *_missing_wheels(loaded, chosen)))
    builds = _builds(loaded, folder, chosen, systems, arguments)
    raise_all(_without_registry(loaded, builds) if arguments.push else ())
    engine = _engine(arguments)
    write(differences([each for each in made.files if each.path.startswith(f"{FOLDER}/")], folder, [FOLDER]), folder)
    built = Steps(engine, loaded.folder, folder, scanner, arguments.push, arguments.json).run(builds)
    _write_images(built, folder, systems)
    _report(built, arguments)
    return 0


def _engine(arguments: argparse.Namespace) -> "Engine":
    """The engine to build with; one that cannot keep what is asked for is refused before it builds."""
    from seawall.ship.engine import find  # noqa: PLC0415

    engine = find(arguments.engine)
    if len(_platforms(arguments)) > 1 and not engine.builds_platforms:
        message = "the builder that docker uses here builds for one platform"
        raise UsageError(Problem("SW001", message, fix="docker buildx create --use --driver docker-container"))
    if len(_platforms(arguments)) > 1 and not arguments.push and not engine.keeps_platforms:
        message = "docker here keeps an image of several platforms only in a registry"
        raise UsageError(Problem("SW001", message, fix="seawall build --push, or --engine podman"))
    return engine


def _platforms(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The platforms that are asked for, each once; Docker's users write them with commas between."""
    given = (platform for each in arguments.platform for platform in each.split(","))
    return tuple(dict.fromkeys(platform for platform in given if platform))


def _chosen_environments(loaded: "Loaded", names: Sequence[str]) -> "tuple[System, ...]":
    if not names:
        return loaded.resolve_all()
    return tuple(loaded.resolve(name) for name in dict.fromkeys(names))


def _chosen(made: "Rendered", names: Sequence[str]) -> "list[tuple[Dockerfile, str, str]]":
    """Each image to build: its Dockerfile, the stage in it, and what objects call it."""
    found = [(each, target.name, target.image) for each in made.dockerfiles for target in each.targets]
    known = [*(word for _, stage, image in found for word in (stage, image)), *_unbuilt(made)]
    for name in names:
        if name not in known:
            raise options.unknown(name, sorted(set(known)))
    return [each for each in found if not names or each[1] in names or each[2] in names]


def _unbuildable(made: "Rendered", names: Sequence[str]) -> Iterator[Problem]:
    """Why images that are wanted cannot be built."""
    yield from (each.problem for each in made.unbuilt if not names or set(each.services) & set(names))


def _unbuilt(made: "Rendered") -> Iterator[str]:
    yield from (name for each in made.unbuilt for name in each.services)


def _missing_wheels(loaded: "Loaded", chosen: "Iterable[tuple[Dockerfile, str, str]]") -> Iterator[Problem]:
    from seawall.render.python_image import WHEELS  # noqa: PLC0415
    from seawall.ship.wheel import origin  # noqa: PLC0415

    for context in sorted({each.context for each, _, _ in chosen if each.wheels}):
        folder = loaded.folder / context / WHEELS
        if not any(folder.glob("seawall-*.whl")):
            words = ("pip", "wheel", "--no-deps", "--wheel-dir")
            message = f"no wheel of seawall in {loaded.sources.name(str(folder))}, and the lock has none from an index"
            yield Problem("SW802", message, fix=shlex.join((*words, str(folder), origin())))


def _without_registry(loaded: "Loaded", builds: "Iterable[Build]") -> Iterator[Problem]:
    names = [each.name for each in builds if "/" not in each.repository]
    if names:
        place = loaded.sources.place(loaded.stack)
        message = f"stack {loaded.stack.name} has no registry to push {', '.join(names)} to"
        yield Problem("SW805", message, place, fix='registry="ghcr.io/..."')


def _builds(
    loaded: "Loaded",
    folder: Path,
    chosen: "Iterable[tuple[Dockerfile, str, str]]",
    systems: "Sequence[System]",
    arguments: argparse.Namespace,
) -> "list[Build]":
    from seawall.render.kubernetes.images import whole_name  # noqa: PLC0415
    from seawall.ship.image import Build  # noqa: PLC0415
    from seawall.stack.rules import IMAGE_TAG  # noqa: PLC0415

    release = _release(loaded, folder) if arguments.release is None else arguments.release
    if not IMAGE_TAG.allows(release):
        raise UsageError(Problem("SW806", f"{release!r} cannot be the tag of an image", wanted=IMAGE_TAG.wanted))
    also = {each.environment.image_tag for each in systems if arguments.environment} - {None}
    tags = (release, *sorted(tag for tag in also if tag))
    return [
        Build(
            name=image,
            repository=whole_name(image, loaded.stack.registry),
            tags=tags,
            dockerfile=str(folder / dockerfile.path),
            context=str(loaded.folder / dockerfile.context),
            target=stage,
            release=release,
            platforms=_platforms(arguments),
            no_cache=arguments.no_cache,
        )
        for dockerfile, stage, image in chosen
    ]


def _release(loaded: "Loaded", folder: Path) -> str:
    from seawall.render.python_image import WHEELS  # noqa: PLC0415
    from seawall.ship import release  # noqa: PLC0415

    near = folder.resolve().is_relative_to(loaded.folder)
    rendered = (str(folder.resolve().relative_to(loaded.folder)),) if near else ()
    found = release.of(loaded.folder, (*rendered, WHEELS))
    if not found:
        message = f"{loaded.folder} has no commit to name its images after"
        raise UsageError(Problem("SW806", message, fix="git commit, or seawall build --release NAME"))
    return found


def _scanner() -> str:
    """The program that scans images."""
    from seawall.ship.scan import SCANNER  # noqa: PLC0415

    program = shutil.which(SCANNER)
    if program is None:
        message = f"no {SCANNER} on PATH with which to scan images"
        fix = "see https://trivy.dev/docs/latest/getting-started/installation/, or leave --scan away"
        raise SeawallError(Problem("SW807", message, fix=fix))
    return program


def _write_images(built: "Sequence[Built]", folder: Path, systems: "Iterable[System]") -> None:
    """Name the images in each environment that is rendered; what has no such folder is rendered later, or never."""
    from seawall.cli.deploy_folder import Difference, write  # noqa: PLC0415
    from seawall.render.deploy import KUBERNETES, KUSTOMIZATION  # noqa: PLC0415
    from seawall.ship.kustomization import entry, updated  # noqa: PLC0415

    images: Mapping[str, Mapping[str, str]] = {
        each.image.name: entry(each.image.name, each.image.repository, each.image.tags[0], each.digest)
        for each in built
    }
    for system in systems:
        path = f"{KUBERNETES}/{system.environment.name}/{KUSTOMIZATION}"
        if (folder / path).is_file():
            before = (folder / path).read_text(encoding="utf-8")
            write([Difference(path, before, updated(before, images))], folder)


def _report(built: "Sequence[Built]", arguments: argparse.Namespace) -> None:
    from seawall.cli.output import print_json, print_line  # noqa: PLC0415

    if arguments.json:
        images = [
            {
                "name": each.image.name,
                "repository": each.image.repository,
                "tags": list(each.image.tags),
                "digest": each.digest or None,
                "sbom": str(each.sbom),
                "scan": None if each.scan is None else str(each.scan),
            }
            for each in built
        ]
        print_json({"release": built[0].image.release if built else None, "images": images})
        return
    for each in built:
        print_line(f"{each.image.references[0]}{'@' + each.digest if each.digest else ''}")
