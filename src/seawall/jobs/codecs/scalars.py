"""Codecs of single values, and of what has no annotation to guide."""

import base64
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any, Final, cast
from uuid import UUID

from seawall.jobs.codecs.base import Codec, Json, Misfit, named


def _exact(cls: type[Any], wanted: str, bare: Callable[[Any], object] | None = None) -> Codec:
    """A type that JSON has itself; `bare` makes of a value of a subclass, such as a StrEnum, what is stored of it."""

    def same(value: object, path: str) -> Json:
        if not isinstance(value, cls) or (isinstance(value, bool) and cls is not bool):
            raise Misfit(path, named(value), wanted)
        return value if bare is None or type(value) is cls else bare(value)

    return Codec(wanted, same, same)


def _text(
    cls: type[Any], wanted: str, dump: Callable[[Any], str], load: Callable[[str], object], *, exact: bool = True
) -> Codec:
    """A type that is stored as text; unless `exact`, its subclasses are too, and come back as the type itself."""

    def to_text(value: object, path: str) -> Json:
        # `datetime` is a `date`: only the very class comes back as it was.
        if type(value) is not cls and (exact or not isinstance(value, cls)):
            raise Misfit(path, named(value), wanted)
        return dump(value)

    def from_text(value: object, path: str) -> Json:
        try:
            if isinstance(value, str):
                return load(value)
        except (ValueError, ArithmeticError):
            pass
        raise Misfit(path, named(value), wanted)

    return Codec(wanted, to_text, from_text)


def _float(value: object, path: str) -> Json:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Misfit(path, named(value), "float")
    if not math.isfinite(value):
        raise Misfit(path, "a float that is not finite")
    return float(value)


SCALARS: Final[Mapping[type[object], Codec]] = {
    NoneType: _exact(NoneType, "None"),
    bool: _exact(bool, "bool"),
    int: _exact(int, "int", int.__int__),
    str: _exact(str, "str", str.__str__),
    float: Codec("float", _float, _float),
    datetime: _text(datetime, "datetime", datetime.isoformat, datetime.fromisoformat),
    date: _text(date, "date", date.isoformat, date.fromisoformat),
    time: _text(time, "time", time.isoformat, time.fromisoformat),
    UUID: _text(UUID, "UUID", str, UUID, exact=False),  # what asyncpg reads is a class of its own
    Decimal: _text(Decimal, "Decimal", str, Decimal),
    bytes: _text(bytes, "bytes", lambda value: base64.b64encode(value).decode(), base64.b64decode),
}


def enum(cls: type[Enum]) -> Codec:
    """An enum, stored as its member's value."""

    def dump(value: object, path: str) -> Json:
        if not isinstance(value, cls):
            raise Misfit(path, named(value), cls.__qualname__)
        return plain(value.value, path)

    def load(value: object, path: str) -> Json:
        try:
            return cls(value)
        except ValueError:
            raise Misfit(path, "an unknown member", cls.__qualname__) from None

    return Codec(cls.__qualname__, dump, load)


def literal(members: tuple[object, ...]) -> Codec:
    """One of a few values."""
    wanted = "one of " + ", ".join(map(repr, members))

    def same(value: object, path: str) -> Json:
        if not any(value == member and type(value) is type(member) for member in members):
            raise Misfit(path, "another value", wanted)
        return value

    return Codec(wanted, same, same)


def plain(value: object, path: str) -> Json:
    """What JSON gives back as it was, with nothing but the value to go by."""
    if value is None or type(value) in {bool, int, str}:
        return value
    if type(value) is float:
        return _float(value, path)
    if type(value) is list:
        return [plain(one, f"{path}[{index}]") for index, one in enumerate(cast("list[object]", value))]
    if type(value) is dict:
        items = cast("dict[object, object]", value).items()
        if unfit := [key for key, _ in items if type(key) is not str]:
            raise Misfit(f"{path} key", named(unfit[0]))
        return {key: plain(one, f"{path}.{key}") for key, one in items}
    raise Misfit(path, named(value))


def _same(value: object, _: str) -> Json:
    return value


PLAIN: Final = Codec("JSON", plain, _same)


def refuse(annotation: str) -> Codec:
    """For an annotation whose values cannot be stored."""

    def no(_: object, path: str) -> Json:
        raise Misfit(path, annotation)

    return Codec(annotation, no, no)
