"""Which line of ``stack.py`` made what.

The one module of `seawall.stack` that is not pure: it looks at its caller's frame, and reads nothing else.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from itertools import islice
from types import CodeType, FrameType, MappingProxyType
from typing import Any, Final, cast

from seawall.errors import Place

_PACKAGE: Final = __name__.rpartition(".")[0]
_BETWEEN: Final = (_PACKAGE, "dataclasses")  # modules through which a call reaches the constructor


@dataclass(frozen=True)
class Placed:
    """A value that remembers the call that made it: `place` is that call's file, first line and column.

    The place takes no part in equality: two equal descriptions on different lines are equal. Lists and dicts that the
    caller passes are copied into tuples and read-only mappings, so that nothing changes a value once it is made.
    """

    place: Place = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", _caller())
        for each in fields(self):
            value = getattr(self, each.name)
            frozen = _frozen(value)
            if frozen is not value:
                object.__setattr__(self, each.name, frozen)


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(cast("list[object]", value))
    if isinstance(value, dict):
        return MappingProxyType(dict(cast("dict[object, object]", value)))
    return value


def frame_place(code: CodeType, instruction: int, line: int) -> Place:
    """The place of the expression that a frame is at, by its last instruction; `line` where Python does not know."""
    # One entry for every two bytes of bytecode: PEP 657.
    position = next(islice(code.co_positions(), instruction // 2, None), None)
    if position is None or position[0] is None or position[2] is None:
        return Place(code.co_filename, line)
    return Place(code.co_filename, position[0], position[2] + 1)


def _caller() -> Place:
    """The place of the innermost call outside this package and outside generated constructors."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None and _is_between(frame.f_globals, frame.f_code):
        frame = frame.f_back
    return Place("<unknown>", 1) if frame is None else frame_place(frame.f_code, frame.f_lasti, frame.f_lineno)


def _is_between(module: Mapping[str, Any], code: CodeType) -> bool:
    name = str(module.get("__name__", ""))
    return code.co_filename == "<string>" or any(name == each or name.startswith(f"{each}.") for each in _BETWEEN)
