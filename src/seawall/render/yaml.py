"""The one place where YAML is written: block style, keys in their order, the same bytes for the same tree.

A rendered tree has text, numbers, truth values, lists and mappings, so this is all of YAML that is needed; a third of
the time of rendering would go into a library (`bench/render.py`). Text is written plainly only where YAML 1.1 and 1.2
both read it as that text; everything else is in double quotes as JSON writes it, which both are made to read
(https://yaml.org/spec/1.2.2/, 10.2). Tests read it back with PyYAML and with `kubectl`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

# Begins with a letter, so it is no number and no date, or is a quantity; nothing in it begins a comment or a mapping.
_PLAIN: Final = re.compile(
    r"(?:--?)?[A-Za-z_/](?:[\w./@+=~$()<>%*;,-]|[ :](?=[\w./@+=~$(<-]))*|[0-9]+(?:\.[0-9]+)?(?:m|[KMGTP]i|%)", re.ASCII
)
_LAST_OF_FOUR_DIGITS: Final = 0xFFFF
AMBIGUOUS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def dump(tree: Mapping[str, Any]) -> str:
    """One document of dicts, lists and scalars."""
    lines: list[str] = []
    _mapping(lines, tree, "")
    return "\n".join(lines) + "\n"


def scalar(value: object) -> str:
    """A value that is no list and no mapping, on one line.

    Raises:
        TypeError: YAML for Kubernetes has no such value.
    """
    match value:
        case str():
            return _text(value)
        case bool() | None:
            return json.dumps(value)
        case int() | float():
            return repr(value)
        case _:
            message = f"{type(value).__name__} is not a value of a manifest"
            raise TypeError(message)


def _mapping(lines: list[str], tree: Mapping[str, Any], indent: str) -> None:
    for key, value in tree.items():
        _entry(lines, f"{indent}{_text(key)}:", value, indent)


def _sequence(lines: list[str], items: Sequence[Any], indent: str) -> None:
    for item in items:
        if item and isinstance(item, dict):
            first = len(lines)
            _mapping(lines, cast("dict[str, Any]", item), f"{indent}  ")
            lines[first] = f"{indent}- {lines[first][len(indent) + 2 :]}"
        else:
            _entry(lines, f"{indent}-", item, f"{indent}  ")


def _entry(lines: list[str], head: str, value: object, indent: str) -> None:
    """What stands at a key or a dash: on its line if it fits there, else in a block below it."""
    if isinstance(value, dict):
        lines.append(head if value else f"{head} {{}}")
        _mapping(lines, cast("dict[str, Any]", value), f"{indent}  ")
    elif isinstance(value, list):
        lines.append(head if value else f"{head} []")
        _sequence(lines, value, indent)  # pyright: ignore[reportUnknownArgumentType] - of anything
    elif isinstance(value, str) and _fits_a_block(value):
        lines.append(f"{head} |" if value.endswith("\n") else f"{head} |-")
        lines += (f"{indent}  {line}" if line else "" for line in value.removesuffix("\n").split("\n"))
    else:
        lines.append(f"{head} {scalar(value)}")


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in AMBIGUOUS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if quoted.isprintable() else "".join(map(_escaped, quoted))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\U{code:08x}" if code > _LAST_OF_FOUR_DIGITS else f"\\u{code:04x}"


def _fits_a_block(text: str) -> bool:
    """Whether a block can hold it as it is: several lines, no spaces that a reader loses, at most one break after."""
    return (
        "\n" in text.removesuffix("\n")
        and not text.startswith((" ", "\n"))
        and not text.endswith("\n\n")
        and all(map(str.isprintable, text.split("\n")))
    )
