"""`seawall completion`: a script that completes this command line in a shell. It is made of the parser itself."""

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seawall.cli import options
    from seawall.cli.scripts import Command

_SHELLS: Final = ("bash", "zsh", "fish")


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "completion", parents=[common], help="print a completion script", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("shell", choices=_SHELLS, metavar="|".join(_SHELLS), help="for this shell")
    parser.set_defaults(run=partial(run, commands))


def run(commands: "options.Commands", arguments: argparse.Namespace) -> int:
    """Print the script for these commands, all that there are by now."""
    from seawall.cli import scripts  # noqa: PLC0415
    from seawall.cli.output import print_json, print_line  # noqa: PLC0415

    make = {"bash": scripts.bash, "zsh": scripts.zsh, "fish": scripts.fish}[arguments.shell]
    script = make(list(described(commands)))
    if arguments.json:
        print_json({"shell": arguments.shell, "script": script})
    else:
        print_line(script)
    return 0


def described(commands: "options.Commands") -> "Iterator[Command]":
    """What each command takes."""
    from seawall.cli.scripts import Command, Option  # noqa: PLC0415

    # argparse has no public way to ask a parser what it takes.
    group: Any = commands
    briefs: dict[str, str] = {each.dest: each.help for each in group._choices_actions}  # noqa: SLF001
    for name, command in group.choices.items():
        shown = [action for action in command._actions if action.help != argparse.SUPPRESS]  # noqa: SLF001
        found = [Option(tuple(each.option_strings), _value(each), each.help or "") for each in shown]
        yield Command(
            name,
            briefs[name],
            options=tuple(option for option in found if option.flags),
            arguments=tuple(option.value for option in found if not option.flags),
        )


def _value(action: argparse.Action) -> str:
    return "" if action.nargs == 0 else str(action.metavar or action.dest)
