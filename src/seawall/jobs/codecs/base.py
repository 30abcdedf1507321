"""What a codec is, and how it refuses a value."""

import dataclasses
from collections.abc import Callable
from typing import Any

Json = Any
Convert = Callable[[Any, str], Json]


class Misfit(Exception):  # noqa: N818 - it becomes a Problem and is never seen under this name
    """A value at `path` that is not what its annotation says; `wanted` is empty where no annotation could help."""

    def __init__(self, path: str, saw: str, wanted: str = "") -> None:
        super().__init__(path, saw, wanted)
        self.path, self.saw, self.wanted = path, saw, wanted


@dataclasses.dataclass(frozen=True, slots=True)
class Codec:
    """How values of one annotation are stored."""

    wanted: str
    dump: Convert
    load: Convert


def named(value: object) -> str:
    """The type of `value`, as a message names it."""
    kind: type[object] = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
