"""Options and looks that several commands share."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seawall.errors import Problem, SeawallError

if TYPE_CHECKING:
    from seawall.local.state import State

    Commands = argparse._SubParsersAction[Any]  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # it has no public name

Run = Callable[[argparse.Namespace], int]


def command(  # noqa: PLR0913  # what argparse needs of a command
    commands: "Commands", common: argparse.ArgumentParser, name: str, run: Run, *, brief: str, description: str | None
) -> argparse.ArgumentParser:
    """Add one command that looks for a stack: it takes ``--file``, ``--json`` and ``--debug``."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, parents=[common], help=brief, description=description, allow_abbrev=False
    )
    add_file(parser)
    parser.set_defaults(run=run)
    return parser


def add_file(parser: argparse.ArgumentParser) -> None:
    """Add the option that says which stack."""
    parser.add_argument("--file", metavar="PATH", help="the stack file; default: stack.py here or in a parent folder")


def state_folder(file: str | None) -> Path:
    """The ``.seawall`` of the stack in `file`, or of the nearest one; nothing of it is loaded.

    Raises:
        UsageError: SW101, there is no such file.
    """
    from seawall.cli.load import locate  # noqa: PLC0415  # `--help` needs none of it
    from seawall.local.up import STATE  # noqa: PLC0415

    return locate(file).parent / STATE


def running(file: str | None) -> "tuple[Path, State]":
    """The folder of a stack that is up, and its state.

    Raises:
        UsageError: SW101, there is no such file.
        SeawallError: SW312, it is not up.
    """
    from seawall.local.state import read  # noqa: PLC0415

    folder = state_folder(file)
    state = read(folder)
    if state is None:
        message = f"the stack in {folder.parent} is not up"
        raise SeawallError(Problem("SW312", message, fix="seawall up"))
    return folder.parent, state


def unknown(name: str, known: Sequence[str]) -> SeawallError:
    """SW315 for a service's name that is none of the stack."""
    from seawall.local import selection  # noqa: PLC0415

    return SeawallError(selection.unknown(name, known))
