"""Make docs/reference/ from the code: stack.py, the errors, the contract. `--check` only compares."""

import argparse
import inspect
import re
import sys
import types
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from seawall import contract, stack
from seawall.errors import CODES
from seawall.stack.faults.wanted import in_words

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
MADE = "<!-- Made by tools/reference.py; change the code instead. -->"


def stack_page() -> Iterator[str]:
    """Every constructor of `seawall.stack` with its arguments, their types, defaults and rules."""
    yield from ("# `seawall.stack`", "", MADE, "", _text(stack), "")
    yield from ("What stands before `...` may be given without its name; what has no default is required.", "")
    yield from (
        "What speaks of a cluster (scale, releases, certificates, mesh, monitoring, alerts) is validated here and",
    )
    yield from ("has no effect on `seawall up`, which runs one process of each service.", "")
    made = {name: getattr(stack, name) for name in stack.__all__}
    yield from _function("stack", made.pop("stack"))
    for name, each in made.items():
        if inspect.isclass(each):
            yield from _constructor(name, each)
        else:
            yield from (f"## {name}", "", f"One of {_type(each)}.", "")


def errors_page() -> Iterator[str]:
    """Every error code with its rule."""
    yield from ("# Errors", "", MADE, "", "Codes are stable: no code is ever used for another rule.", "")
    yield from ("| code | rule |", "|---|---|")
    yield from (f"| `{code}` | {rule} |" for code, rule in CODES.items())


def contract_page() -> Iterator[str]:
    """Every constant of the contract under its section, with the comment that stands behind it."""
    yield from ("# The contract", "", MADE, "", _text(contract), "")
    section = re.compile(r"# --- (?P<title>.+?) -*$")
    constant = re.compile(r"(?P<name>[A-Z_]+): Final = .*?(?:  # (?P<comment>.*))?$")
    for line in inspect.getsource(contract).splitlines():
        if found := section.match(line):
            yield from ("", f"## {found['title']}", "", "| name | value | meaning |", "|---|---|---|")
        elif found := constant.match(line):
            value = getattr(contract, found["name"])
            shown = sorted(value) if isinstance(value, frozenset) else value
            meaning = (found["comment"] or "").removesuffix("fmt: skip")
            yield f"| {found['name']} | {_listed(shown)} | {meaning} |"


def _listed(value: object) -> str:
    return ", ".join(f"`{each}`" for each in value) if isinstance(value, list | tuple) else f"`{value}`"


PAGES = {"stack.md": stack_page, "errors.md": errors_page, "contract.md": contract_page}


def _function(name: str, function: Any) -> Iterator[str]:  # noqa: ANN401 - any function
    yield from (f"## {name}", "", "```text", f"@{name}({_parameters(function)})", "```", "")
    yield from (_text(function), "")


def _constructor(name: str, made: type) -> Iterator[str]:
    yield from (f"## {name}", "", "```text", f"{name}({_parameters(made)})", "```", "", _text(made), "")
    arguments = [each for each in fields(made) if each.init]
    if arguments:
        hints = get_type_hints(made, include_extras=True)
        yield from ("| argument | type | default | must be |", "|---|---|---|---|")
        yield from (_row(each, hints[each.name]) for each in arguments)
        yield ""


def _text(documented: object) -> str:
    return (inspect.getdoc(documented) or "").replace("``", "`")


def _parameters(made: Any) -> str:  # noqa: ANN401 - a class or a function
    """The arguments that may stand without their names, and three dots for those that may not."""
    names: list[str] = []
    for each in inspect.signature(made).parameters.values():
        if each.kind is Parameter.KEYWORD_ONLY:
            return ", ".join([*names, "..."])
        names.append(f"*{each.name}" if each.kind is Parameter.VAR_POSITIONAL else each.name)
    return ", ".join(names)


def _row(argument: "Field[Any]", hint: object) -> str:
    wanted = in_words(hint) if _has_rule(hint) else ""
    cells = (f"`{argument.name}`", f"`{_type(hint)}`", _default(argument), wanted)
    return f"| {' | '.join(cell.replace('|', '&#124;') if '`' not in cell else _in_code(cell) for cell in cells)} |"


def _in_code(cell: str) -> str:
    return cell.replace("|", "\\|")


def _default(argument: "Field[Any]") -> str:
    default = argument.default_factory() if argument.default_factory is not MISSING else argument.default
    return "" if default is MISSING else f"`{default!r}`"


def _has_rule(hint: object) -> bool:
    return get_origin(hint) is Annotated or any(_has_rule(each) for each in get_args(hint))


def _type(hint: Any) -> str:  # noqa: ANN401 - an annotation is any object
    """An annotation without its rules."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _type(arguments[0])
    if origin in {Union, types.UnionType}:
        return " | ".join(_type(each) for each in arguments)
    if origin is Literal:
        return " | ".join(map(repr, arguments))
    if origin is None:
        return "None" if hint is types.NoneType else "..." if hint is ... else str(hint.__name__)
    if arguments and isinstance(arguments[0], list):
        return f"({', '.join(_type(each) for each in arguments[0])}) -> {_type(arguments[1])}"
    return f"{origin.__name__}[{', '.join(_type(each) for each in arguments)}]"


def main() -> int:
    """Write the pages, or with ``--check`` say which are out of date; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is out of date")
    check = parser.parse_args().check
    pages = {FOLDER / name: "\n".join(page()).rstrip() + "\n" for name, page in PAGES.items()}
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[path])
        sys.stderr.write(f"{path.name} is out of date: make reference\n" if check else f"wrote {path}\n")
    return int(check and bool(stale))


if __name__ == "__main__":
    raise SystemExit(main())
