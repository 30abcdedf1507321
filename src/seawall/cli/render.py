"""`seawall render`: the stack as plain files that work without Seawall."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.cli import extras, options
from seawall.errors import Problem, SeawallError, UsageError

if TYPE_CHECKING:
    from seawall.cli.deploy_folder import Difference
    from seawall.cli.load import Loaded
    from seawall.render.deploy import Rendered

_SHOWN = 4  # paths that the error of --check names


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    brief = "write the files for Kubernetes, of every environment"
    parser = options.command(commands, common, "render", run, brief=brief, description=__doc__)
    parser.add_argument("--to", metavar="FOLDER", help="the folder to write to; default: deploy beside stack.py")
    parser.add_argument(
        "--only", metavar="PATH", action="append", default=[], help="a part of it, such as kubernetes/prod; repeatable"
    )
    parser.add_argument("--diff", action="store_true", help="show what would change, and write nothing")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if anything would change")


def run(arguments: argparse.Namespace) -> int:
    """Render, and write or show what differs; returns 1 where ``--check`` finds a difference."""
    from seawall.cli.deploy_folder import differences, rendered, write  # noqa: PLC0415
    from seawall.cli.load import load  # noqa: PLC0415

    extras.require("local", "render")
    loaded = load(arguments.file)
    folder = target(loaded, arguments.to)
    made = rendered(loaded, folder, arguments.only)
    for part in arguments.only:
        _refuse_unknown(part, [each.path for each in made.files])
    found = differences(made.files, folder, arguments.only)
    _report(found, folder, arguments, made)
    if arguments.check and found:
        raise _stale(found, folder)
    if not (arguments.diff or arguments.check):
        write(found, folder)
    return 0


def target(loaded: "Loaded", given: str | None) -> Path:
    """The folder that is rendered to: as given, or beside ``stack.py``."""
    from seawall.cli.deploy_folder import DEFAULT  # noqa: PLC0415

    return loaded.folder / DEFAULT if given is None else Path(given)


def _refuse_unknown(part: str, paths: list[str]) -> None:
    wanted = part.strip("/")
    folders = {path.rpartition("/")[0] for path in paths} - {""}
    if not any(path == wanted or path.startswith(f"{wanted}/") for path in paths):
        message = f"nothing is rendered at {part!r}; have {', '.join(sorted(folders))}"
        raise UsageError(Problem("SW706", message))


def _report(found: "list[Difference]", folder: Path, arguments: argparse.Namespace, made: "Rendered") -> None:
    from seawall.cli.output import print_json, print_line, visible  # noqa: PLC0415

    if arguments.json:
        if not (arguments.check and found):  # else the error is the one JSON object
            files = [{"path": each.path, "change": each.what} for each in found]
            unbuilt = [each.problem.as_dict() for each in made.unbuilt]
            print_json({"folder": str(folder), "files": len(made.files), "changed": files, "unbuilt": unbuilt})
        return
    if arguments.diff:
        for each in found:
            for line in each.lines():
                print_line(visible(line))
        return
    if not arguments.check:
        for each in found:
            print_line(f"{each.what:7} {folder / each.path}")
        for missing in made.unbuilt:
            print_line(visible(f"no image: {missing.problem.message} ({missing.problem.place})"))
        print_line(f"{len(made.files)} files in {folder}: {len(found) or 'none'} changed")


def _stale(found: "list[Difference]", folder: Path) -> SeawallError:
    paths = [each.path for each in found]
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    message = f"{folder} is not what the stack renders: {', '.join(paths[:_SHOWN])}{more}"
    return SeawallError(Problem("SW705", message, fix="seawall render"))
