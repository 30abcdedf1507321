"""Which line of ``stack.py`` made what.

The one module of `seawall.stack` that is not pure: it looks at its caller's frame, and reads nothing else.
"""

import inspect
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

from seawall.errors import Place

_PACKAGE: Final = __name__.rpartition(".")[0]


@dataclass(frozen=True)
class Placed:
    """A value that remembers the call that made it: `place` is that call's file, first line and column.

    The place takes no part in equality: two equal descriptions on different lines are equal.
    """

    place: Place = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", _caller())


def _caller() -> Place:
    """The place of the innermost call outside this package and outside generated constructors."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None and (
        frame.f_globals.get("__name__", "").startswith(_PACKAGE) or frame.f_code.co_filename == "<string>"
    ):
        frame = frame.f_back
    if frame is None:
        return Place("<unknown>", 1)
    line, column = _position(frame)
    return Place(frame.f_code.co_filename, line, column)


def _position(frame: FrameType) -> tuple[int, int]:
    """The first line of the call under way in a frame, and its column from 1 (0 where Python does not know)."""
    # One entry for every two bytes of bytecode: PEP 657.
    for index, (line, _, column, _) in enumerate(frame.f_code.co_positions()):
        if index * 2 == frame.f_lasti:
            return line or frame.f_lineno, 0 if column is None else column + 1
    return frame.f_lineno, 0
