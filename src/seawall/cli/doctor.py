"""`seawall doctor`: is this machine fit to run the stack? What is not comes with its fix."""

import argparse
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.cli import options
from seawall.errors import SeawallError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seawall.cli.load import Loaded
    from seawall.local.doctor import Check
    from seawall.local.state import State
    from seawall.stack import System

_COLOURS: Final = {"ok": 32, "warning": 33, "error": 31}  # ANSI


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    brief = "check that this machine can run the stack"
    parser = options.command(commands, common, "doctor", run, brief=brief, description=__doc__)
    parser.add_argument("--env", metavar="NAME", help="the environment; default: the first one of the stack")


def run(arguments: argparse.Namespace) -> int:
    """Print one line a check; returns 1 if any found an error, else 0."""
    from seawall.cli.output import print_json  # noqa: PLC0415

    checks = list(_checks(arguments))
    bad = any(check.status == "error" for check in checks)
    if arguments.json:
        print_json({"ok": not bad, "checks": [asdict(check) for check in checks]})
    else:
        _print(checks)
    return 1 if bad else 0


def _checks(arguments: argparse.Namespace) -> "Iterator[Check]":
    from seawall.cli.load import load  # noqa: PLC0415
    from seawall.local import doctor  # noqa: PLC0415

    loaded: Loaded | None = None
    system: System | None = None
    try:
        loaded = load(arguments.file)
        system = loaded.resolve(arguments.env)
    except SeawallError as error:
        problem = error.problems[0]
        # A folder without a stack is no fault: the machine can be asked before there is one.
        status: doctor.Status = "warning" if problem.code == "SW101" else "error"
        more = f" ({len(error.problems)} errors)" if len(error.problems) > 1 else ""
        yield doctor.Check("stack", status, f"{problem.message}{more}", problem.fix or "seawall up")
    folder = loaded.folder if loaded is not None else Path.cwd()
    versions = doctor.versions(system) if system is not None else set[int]()
    yield from doctor.machine(folder, min(versions, default=contract.POSTGRES_DEFAULT))
    yield from doctor.project_of(folder, os.environ)
    if loaded is not None and system is not None:
        yield doctor.Check("stack", "ok", f"{system.stack.name} ({system.environment.name}), {loaded.file}")
        yield from _of_stack(loaded, system)


def _of_stack(loaded: "Loaded", system: "System") -> "Iterator[Check]":
    from seawall.local import doctor, elsewhere  # noqa: PLC0415
    from seawall.local.state import read  # noqa: PLC0415
    from seawall.local.up import STATE  # noqa: PLC0415

    state = read(loaded.folder / STATE)
    try:
        remotes = elsewhere.remotes(system, loaded.folder, os.environ)
    except SeawallError as error:
        yield doctor.Check("databases", "error", error.problems[0].message, error.problems[0].wanted)
        return
    yield from doctor.ports_of(system, state, remotes)
    if state is not None:
        yield from _databases(loaded, state)


def _databases(loaded: "Loaded", state: "State") -> "Iterator[Check]":
    import asyncio  # noqa: PLC0415

    from seawall.local import doctor  # noqa: PLC0415
    from seawall.local.join import join  # noqa: PLC0415

    try:
        up = join(loaded.resolve(state.environment), loaded.folder, os.environ, state)
    except SeawallError as error:
        yield doctor.Check("databases", "error", error.problems[0].message, error.problems[0].fix)
        return
    for name, database in up.host.databases.items():
        yield asyncio.run(doctor.database(name, database.url))


def _print(checks: "list[Check]") -> None:
    from seawall.cli.output import print_line, use_colour, visible  # noqa: PLC0415

    width = max(len(check.name) for check in checks)
    colour = use_colour(sys.stdout)
    for check in checks:
        status = check.status.ljust(7)
        shown = f"\x1b[{_COLOURS[check.status]}m{status}\x1b[0m" if colour else status
        print_line(f"{shown}  {check.name.ljust(width)}  {visible(check.detail)}")
        if check.fix and check.status != "ok":
            print_line(f"{' ' * (width + 11)}fix: {visible(check.fix)}")
