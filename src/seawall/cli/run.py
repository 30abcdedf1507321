"""`seawall run`: run a command as a service of the running stack: with its variables, in its folder."""

import argparse
from pathlib import Path

from seawall.cli import options
from seawall.errors import Problem, UsageError


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    parser = options.command(commands, common, "run", run, brief="run a command as a service", description=__doc__)
    parser.usage = "seawall run [--file PATH] SERVICE -- COMMAND..."
    parser.add_argument("service", metavar="SERVICE", help="whose variables and folder")
    parser.add_argument("words", metavar="COMMAND", nargs=argparse.REMAINDER, help="the command and its arguments")


def run(arguments: argparse.Namespace) -> int:
    """Become the command; its exit status is that of this command."""
    from seawall.cli.joined import become, joined  # noqa: PLC0415

    argv = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not argv:
        fix = f"seawall run {arguments.service} -- pytest"
        raise UsageError(Problem("SW001", "there is no command to run", fix=fix))
    stack = joined(arguments.file)
    spec = stack.spec(arguments.service)
    return become([_program(argv[0], stack.up.host.python), *argv[1:]], dict(spec.environment), spec.directory)


def _program(name: str, python: str) -> str:
    """The program of the project's own interpreter, where it has one of that name: `pytest` is the project's."""
    own = Path(python).parent / name
    return str(own) if "/" not in name and own.is_file() else name
