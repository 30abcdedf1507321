"""`seawall explain`: where each value of a rendered object comes from."""

import argparse
import sys
from typing import TYPE_CHECKING, Final

from seawall.cli import extras, options
from seawall.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seawall.render.explain import Explained
    from seawall.render.kubernetes.overrides import Finished

_VALUE: Final = 40  # columns of a value before it is cut
_PATH: Final = 100  # columns to which paths and values are aligned at most
_GREY: Final = "\x1b[2m"
_PLAIN: Final = "\x1b[0m"


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    brief = "say where each value of a rendered object comes from"
    parser = options.command(commands, common, "explain", run, brief=brief, description=__doc__)
    parser.add_argument("object", metavar="KIND/NAME", help="a rendered object, such as deployment/api")
    parser.add_argument("--env", metavar="NAME", help="the environment; default: the first one of the stack")


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each value of the object."""
    from seawall.cli.deploy_folder import rendered  # noqa: PLC0415
    from seawall.cli.load import load  # noqa: PLC0415
    from seawall.cli.output import print_json  # noqa: PLC0415
    from seawall.cli.render import target  # noqa: PLC0415
    from seawall.render.deploy import KUBERNETES  # noqa: PLC0415
    from seawall.render.explain import explained  # noqa: PLC0415

    extras.require("local", "explain")
    loaded = load(arguments.file)
    environment = loaded.resolve(arguments.env).environment.name
    made = rendered(loaded, target(loaded, None), [KUBERNETES])
    found = _find(arguments.object, made.environments[environment], made.platform, environment)
    values = explained(found, loaded.sources)
    if arguments.json:
        print_json({"object": found.target, "environment": environment, "values": [_as_dict(each) for each in values]})
    else:
        _print(found, values)
    return 0


def _find(wanted: str, objects: "Iterable[Finished]", platform: "Iterable[Finished]", environment: str) -> "Finished":
    from seawall.stack.faults.near import nearest  # noqa: PLC0415

    everything = {each.target: each for each in (*objects, *platform)}
    for each in everything.values():
        if each.is_called(wanted):
            return each
    kind, _, name = wanted.partition("/")
    same = [target for target in everything if target.lower().startswith(f"{kind.lower()}/")]
    near = nearest(wanted.lower(), [target.lower() for target in everything])
    have = f"; have {', '.join(same)}" if same else ""
    message = f"no {wanted} is rendered for {environment}{have}"
    fix = f"seawall explain {near} --env {environment}" if near else ""
    raise UsageError(Problem("SW706", message, fix=fix, wanted="" if name else "KIND/NAME, such as deployment/api"))


def _as_dict(each: "Explained") -> dict[str, object]:
    place = each.place
    return {
        "path": list(each.path),
        "value": each.value,
        "origin": each.origin,
        "place": None if place is None else {"file": place.file, "line": place.line, "column": place.column},
        "argument": each.argument,
        "why": each.why,
    }


def _print(found: "Finished", values: "Iterable[Explained]") -> None:
    from seawall.cli.output import print_line, use_colour, visible  # noqa: PLC0415
    from seawall.render.explain import shown_path  # noqa: PLC0415
    from seawall.render.yaml import scalar  # noqa: PLC0415

    grey, plain = (_GREY, _PLAIN) if use_colour(sys.stdout) else ("", "")
    lines: list[tuple[str, str]] = []
    for each in values:
        value = "{}" if each.value == {} else "[]" if each.value == [] else scalar(each.value)
        cut = value if len(value) <= _VALUE else f"{value[: _VALUE - 3]}..."
        lines.append((visible(f"{shown_path(found.tree, each.path)}: {cut}"), visible(str(each))))
    width = min(_PATH, max(len(left) for left, _ in lines))
    for left, right in lines:
        print_line(f"{left.ljust(width)}  {grey}{right}{plain}")
