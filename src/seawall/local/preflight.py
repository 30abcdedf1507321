"""What the stack names and this machine does not have: folders and commands, found before anything starts."""

import difflib
import os
import shlex
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from seawall.errors import Place, Problem
from seawall.local import container
from seawall.local.plan import runs_in_container
from seawall.stack import Postgres, Program, Service, Site, System
from seawall.stack.faults.near import nearest
from seawall.stack.services import Workload


def missing(system: System, folder: Path) -> Iterator[Problem]:
    """SW310 for each folder, SW305 for each command that is not there, SW311 for each image that cannot run here.

    `folder` holds ``stack.py``.
    """
    for service in system.services:
        for argument, path in _folders(service):
            if not (folder / path).is_dir():
                yield _folder(service, argument, path, folder)
        if isinstance(service, Program) and runs_in_container(service):
            yield from _image(service)
        elif isinstance(service, Program):
            yield from _command(service.name, service.command[0], service.place)
        elif isinstance(service, Site) and service.dev:
            yield from _command(service.name, service.dev[0], service.place)


def _folders(service: Service) -> Iterator[tuple[str, str]]:
    if isinstance(service, Workload):
        yield "source", service.source
    if isinstance(service, Site) and not service.dev:  # with it, the files may have to be built first
        yield "root", service.root
    if isinstance(service, Postgres) and service.migrations:
        yield "migrations", service.migrations


def _folder(service: Service, argument: str, path: str, folder: Path) -> Problem:
    message = f"{service.name}: {argument}='{path}' is not a folder in {folder}"
    near = _beside(folder, path)
    if near:
        return Problem("SW310", f"{message}; did you mean '{near}'?", service.place, fix=f'{argument}="{near}"')
    return Problem("SW310", message, service.place, fix=f"mkdir -p {shlex.quote(_shown(folder / path))}")


def _beside(folder: Path, path: str) -> str:
    """The path of the folder beside a missing one whose name is most like its name, or nothing."""
    wanted = Path(path)
    try:
        there = [each.name for each in (folder / wanted.parent).iterdir() if each.is_dir()]
    except OSError:
        return ""
    hidden = wanted.name.startswith(".")
    near = nearest(wanted.name, sorted(name for name in there if name.startswith(".") == hidden))
    return str(wanted.with_name(near)) if near else ""


def _shown(path: Path) -> str:
    """A path as it is typed where the reader stands: relative, unless it lies elsewhere."""
    here = Path.cwd()
    near = path.is_relative_to(here) or here.is_relative_to(path.parent)
    return os.path.relpath(path, here) if near else str(path)


def _command(name: str, wanted: str, place: Place | None) -> Iterator[Problem]:
    if shutil.which(wanted) is None:
        close = difflib.get_close_matches(wanted, _on_path(), n=1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        yield Problem("SW305", f"{name}: '{wanted}' is not on PATH{hint}", place, fix=f"install {wanted}")


def _image(program: Program) -> Iterator[Problem]:
    has = f"{program.name} has an image but no command"
    fix = "give it command=[...]"
    if program.uses:
        message = f"{has}, and from a container it cannot reach what it uses: that listens on this machine only"
        yield Problem("SW311", message, program.place, fix=fix)
    elif container.find(os.environ) is None:
        there = container.seen(os.environ)
        why = f"{' and '.join(there)} cannot be reached" if there else "there is neither docker nor podman"
        yield Problem("SW311", f"{has}, and {why}", program.place, fix=f"start {there[0]}" if there else fix)


def _on_path() -> Iterable[str]:
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    return {file.name for folder in folders if folder.is_dir() for file in folder.iterdir()}
