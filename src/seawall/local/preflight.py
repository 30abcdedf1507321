"""What the stack names and this machine does not have: folders and commands, found before anything starts."""

import difflib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from seawall.errors import Problem
from seawall.stack import Postgres, Program, Service, Site, System
from seawall.stack.services import Workload


def missing(system: System, folder: Path) -> Iterator[Problem]:
    """SW310 for each folder, SW305 and SW311 for each command that is not there; `folder` holds ``stack.py``."""
    for service in system.services:
        for argument, path in _folders(service):
            if not (folder / path).is_dir():
                message = f"{service.name}: {argument}='{path}' is not a folder in {folder}"
                yield Problem("SW310", message, service.place, fix=f"mkdir -p {folder / path}")
        if isinstance(service, Program):
            yield from _command(service)


def _folders(service: Service) -> Iterator[tuple[str, str]]:
    if isinstance(service, Workload):
        yield "source", service.source
    if isinstance(service, Site):
        yield "root", service.root
    if isinstance(service, Postgres) and service.migrations:
        yield "migrations", service.migrations


def _command(program: Program) -> Iterator[Problem]:
    if not program.command:
        message = f"{program.name} has an image but no command, and 'seawall up' runs no images"
        yield Problem("SW311", message, program.place, fix="give it command=[...]")
    elif shutil.which(program.command[0]) is None:
        wanted = program.command[0]
        close = difflib.get_close_matches(wanted, _on_path(), n=1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        yield Problem(
            "SW305", f"{program.name}: '{wanted}' is not on PATH{hint}", program.place, fix=f"install {wanted}"
        )


def _on_path() -> Iterable[str]:
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    return {file.name for folder in folders if folder.is_dir() for file in folder.iterdir()}
