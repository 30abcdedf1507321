"""What the commands print: text for people, JSON for programs, colours for a terminal that wants them."""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, Final, TextIO

from seawall.errors import SeawallError

# Control characters (C0 but tab, DEL, C1) in text from outside are shown, never obeyed.
_VISIBLE: Final = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if code != ord("\t")}


def visible(text: str) -> str:
    """Text from outside with its control characters made visible, so that it cannot steer a terminal."""
    return text.translate(_VISIBLE)


def use_colour(stream: TextIO) -> bool:
    """Whether to colour: only on a terminal, and never against NO_COLOR (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_line(text: str) -> None:
    """Print one line at once; a reader that has gone away does not stop the command."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - stands in for standard output to the end


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line."""
    print_line(json.dumps(value, ensure_ascii=False))


def print_error(error: SeawallError, *, as_json: bool) -> None:
    """Print all problems of an error: to standard error for people, to standard output for programs."""
    if as_json:
        print_json({"errors": [problem.as_dict() for problem in error.problems]})
        return
    # Line ends are ours; anything else that steers a terminal came from outside.
    text = "\n".join(visible(line) for line in str(error).splitlines())
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
