"""Pieces of Markdown."""

from collections.abc import Iterable


def block(*commands: str) -> list[str]:
    """The lines of a block of shell commands."""
    return ["```sh", *commands, "```"]


def indented(lines: Iterable[str]) -> list[str]:
    """The lines, below the item of a list."""
    return [f"   {line}" if line else "" for line in lines]
