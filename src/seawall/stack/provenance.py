"""Which line of ``stack.py`` made what.

The one module of `seawall.stack` that is not pure: it looks at its caller's frame, and reads nothing else.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, dataclass, field, fields
from itertools import islice
from types import CodeType, FrameType, MappingProxyType
from typing import Any, Final, TypeVar, cast, dataclass_transform, overload

from seawall.errors import Place

_PACKAGE: Final = __name__.rpartition(".")[0]
_BETWEEN: Final = (_PACKAGE, "dataclasses")  # modules through which a call reaches the constructor


Made = TypeVar("Made", bound=type)


@overload
def frozen(made: Made) -> Made: ...
@overload
def frozen(*, kw_only: bool = False, init: bool = True) -> Callable[[Made], Made]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(made: Made | None = None, *, kw_only: bool = False, init: bool = True) -> Made | Callable[[Made], Made]:
    """Make a class a frozen dataclass, for values that are `Placed`.

    To type checkers and readers it is ``dataclass(frozen=True)``. That writes and compiles six methods for each class,
    which was most of the time that `import seawall.stack` took; here all classes but for their ``__init__`` share those
    of `Placed`.
    """

    def wrap(each: Made) -> Made:
        return cast("Made", dataclass(each, init=init, repr=False, eq=False, kw_only=kw_only))

    return wrap if made is None else wrap(made)


@frozen
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
            unchanging = _unchanging(value)
            if unchanging is not value:
                object.__setattr__(self, each.name, unchanging)

    def __setattr__(self, name: str, value: object) -> None:
        if "place" in self.__dict__:  # set when it was made
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        return self._compared() == other._compared() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._compared())

    def __repr__(self) -> str:
        shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _compared(self) -> tuple[object, ...]:
        return tuple(getattr(self, each.name) for each in fields(self) if each.compare)


def _unchanging(value: object) -> object:
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
