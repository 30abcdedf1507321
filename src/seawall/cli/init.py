"""`seawall init`: a new project that runs and passes its tests: an API and a worker on Postgres."""

import argparse
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from seawall.errors import Problem, UsageError

if TYPE_CHECKING:
    from seawall.cli import options

TEMPLATE: Final = Path(__file__).parent / "template"
_NAME: Final = "my-project"  # what the template calls itself
_LONGEST: Final = 40  # of a stack's name
_NEEDS: Final = ("fastapi", "httpx", "pytest")  # to run and to be tested, beside seawall[local]


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "init", parents=[common], help="begin a new project", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("folder", metavar="FOLDER", nargs="?", default=".", help="default: this one")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the files, and say what to type next."""
    from seawall.cli.output import print_json, print_line  # noqa: PLC0415

    folder = Path(arguments.folder)
    name = _name(folder.resolve().name)
    contents = {file.relative_to(TEMPLATE): _filled(file, name) for file in _files(TEMPLATE)}
    _refuse_to_overwrite(folder, list(contents))
    for path, text in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    commands = list(_next(folder))
    if arguments.json:
        print_json({"folder": str(folder), "name": name, "files": sorted(map(str, contents)), "next": commands})
        return 0
    print_line(f"made {name} in {folder}: {len(contents)} files; stack.py is the place to begin")
    print_line("")
    for command in commands:
        print_line(f"  {command}")
    return 0


def _files(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_file():
            yield entry
        elif not entry.name.startswith((".", "__")):  # what tools leave behind
            yield from _files(entry)


def _filled(file: Path, name: str) -> str:
    text = file.read_text(encoding="utf-8")
    return text.replace(_NAME, name).replace(_NAME.replace("-", "_"), name.replace("-", "_"))


def _name(folder: str) -> str:
    """A DNS label made of a folder's name; it begins with a letter, as the function in ``stack.py`` must."""
    words = re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-")
    return re.sub(r"^[0-9-]+", "", words)[:_LONGEST].strip("-") or _NAME


def _refuse_to_overwrite(folder: Path, paths: list[Path]) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(Problem("SW317", f"{folder} is a file", fix=f"seawall init {folder}-project"))
    there = [str(path) for path in paths if (folder / path).exists()]
    if there:
        message = f"{folder} has files that a new project would overwrite"
        fix = "seawall init NEW_FOLDER"
        raise UsageError(Problem("SW317", message, saw=", ".join(there), fix=fix))


def _next(folder: Path) -> Iterator[str]:
    if folder.resolve() != Path.cwd():
        yield f"cd {folder}"
    if missing := [module for module in _NEEDS if find_spec(module) is None]:
        yield f"pip install {' '.join(missing)}"
    yield "seawall up"
    yield "pytest"
