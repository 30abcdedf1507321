"""Pieces of Markdown."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

_WIDTH: Final = 120


def block(*commands: str) -> list[str]:
    """The lines of a block of shell commands."""
    return ["```sh", *commands, "```"]


def indented(lines: Iterable[str]) -> list[str]:
    """The lines, below the item of a list."""
    return [f"   {line}" if line else "" for line in lines]


def listed(items: Iterable[str]) -> Iterator[str]:
    """The lines of a list."""
    for item in items:
        yield from textwrap.wrap(f"- {item}", _WIDTH, subsequent_indent="  ", break_on_hyphens=False)
