"""Values to JSON and back, guided by annotations. Pure.

A codec knows one annotation. `dump` gives what JSON can hold, `load` gives the value back, equal to the original. What
cannot come back as it was is refused when it is dumped. Messages name types and paths, never values: an argument may be
a secret.
"""

import base64
import dataclasses
import math
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)
from uuid import UUID

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


def codec_for(annotation: object) -> Codec:
    """The codec of `annotation`; one that refuses every value where there is none for it."""
    try:
        return _cached(annotation)
    except TypeError:  # not hashable, such as Literal[...] of a list
        return _build(annotation)


@lru_cache(maxsize=1024)
def _cached(annotation: object) -> Codec:
    return _build(annotation)


def _build(annotation: Any) -> Codec:  # noqa: ANN401, PLR0911 - an annotation may be anything; one line for each kind
    if annotation is Any or annotation is object or isinstance(annotation, TypeVar):
        return _PLAIN
    origin = get_origin(annotation)
    if origin is Annotated:
        return codec_for(get_args(annotation)[0])
    if supertype := getattr(annotation, "__supertype__", None):  # typing.NewType
        return codec_for(supertype)
    if origin in {Union, UnionType}:
        return _union([codec_for(member) for member in get_args(annotation)])
    if origin is Literal:
        return _literal(get_args(annotation))
    if is_typeddict(annotation):
        return _typed_dict(annotation)
    if isinstance(origin or annotation, type):
        return _of_class(origin or annotation, get_args(annotation))
    return _refuse(str(annotation))


def _of_class(cls: Any, args: tuple[object, ...]) -> Codec:  # noqa: ANN401 - a class of any kind
    codec = _SCALARS.get(cls)
    if codec is None and cls in _ITERABLES:
        codec = _of_items(cls, args)
    elif codec is None and cls in _MAPPINGS:
        codec = _mapping(*(codec_for(item) for item in (args or (str, Any))))
    elif codec is None and issubclass(cls, Enum):
        codec = _enum(cls)
    elif codec is None and dataclasses.is_dataclass(cls):
        codec = _dataclass(cls)
    elif codec is None and hasattr(cls, "model_validate") and hasattr(cls, "model_dump"):
        codec = _pydantic(cls)
    return codec or _refuse(str(cls).removeprefix("<class '").removesuffix("'>"))


def _of_items(cls: Any, args: tuple[object, ...]) -> Codec:  # noqa: ANN401 - a class of any kind
    if cls is tuple and args and args[-1] is not Ellipsis:
        return _fixed_tuple([codec_for(item) for item in args])
    return _iterable(_ITERABLES[cls], codec_for(args[0] if args else Any))


# --- Scalars ---------------------------------------------------------------------------------------------------------


def _exact(cls: type[object], wanted: str) -> Codec:
    """A type that JSON has itself."""

    def same(value: object, path: str) -> Json:
        if not isinstance(value, cls) or (isinstance(value, bool) and cls is not bool):
            raise Misfit(path, named(value), wanted)
        return value

    return Codec(wanted, same, same)


def _text(cls: type[Any], wanted: str, dump: Callable[[Any], str], load: Callable[[str], object]) -> Codec:
    """A type that is stored as text."""

    def to_text(value: object, path: str) -> Json:
        # `datetime` is a `date`: only the very class comes back as it was.
        if type(value) is not cls:
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


_SCALARS: Final[Mapping[type[object], Codec]] = {
    NoneType: _exact(NoneType, "None"),
    bool: _exact(bool, "bool"),
    int: _exact(int, "int"),
    str: _exact(str, "str"),
    float: Codec("float", _float, _float),
    datetime: _text(datetime, "datetime", datetime.isoformat, datetime.fromisoformat),
    date: _text(date, "date", date.isoformat, date.fromisoformat),
    time: _text(time, "time", time.isoformat, time.fromisoformat),
    UUID: _text(UUID, "UUID", str, UUID),
    Decimal: _text(Decimal, "Decimal", str, Decimal),
    bytes: _text(bytes, "bytes", lambda value: base64.b64encode(value).decode(), base64.b64decode),
}


def _enum(cls: type[Enum]) -> Codec:
    def dump(value: object, path: str) -> Json:
        if not isinstance(value, cls):
            raise Misfit(path, named(value), cls.__qualname__)
        return _plain(value.value, path)

    def load(value: object, path: str) -> Json:
        try:
            return cls(value)
        except ValueError:
            raise Misfit(path, "an unknown member", cls.__qualname__) from None

    return Codec(cls.__qualname__, dump, load)


def _literal(members: tuple[object, ...]) -> Codec:
    wanted = "one of " + ", ".join(map(repr, members))

    def same(value: object, path: str) -> Json:
        if not any(value == member and type(value) is type(member) for member in members):
            raise Misfit(path, "another value", wanted)
        return value

    return Codec(wanted, same, same)


# --- Containers ------------------------------------------------------------------------------------------------------

_ITERABLES: Final[Mapping[type[object], type[Any]]] = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    Sequence: list,
}
_MAPPINGS: Final = (dict, Mapping)


def _iterable(cls: type[Any], item: Codec) -> Codec:
    wanted = f"{cls.__name__} of {item.wanted}"

    def dump(value: object, path: str) -> Json:
        if not isinstance(value, cls):
            raise Misfit(path, named(value), wanted)
        return [item.dump(one, f"{path}[{index}]") for index, one in enumerate(cast("Iterable[object]", value))]

    def load(value: object, path: str) -> Json:
        if not isinstance(value, list):
            raise Misfit(path, named(value), wanted)
        return cls(item.load(one, f"{path}[{index}]") for index, one in enumerate(cast("list[object]", value)))

    return Codec(wanted, dump, load)


def _fixed_tuple(items: list[Codec]) -> Codec:
    wanted = f"tuple of {len(items)}"

    def pairs(value: object, path: str, cls: type[Any]) -> Iterator[tuple[Codec, object, str]]:
        if not isinstance(value, cls) or len(found := cast("Sequence[object]", value)) != len(items):
            raise Misfit(path, named(value), wanted)
        return zip(items, found, (f"{path}[{index}]" for index in range(len(items))), strict=True)

    def dump(value: object, path: str) -> Json:
        return [item.dump(one, place) for item, one, place in pairs(value, path, tuple)]

    def load(value: object, path: str) -> Json:
        return tuple(item.load(one, place) for item, one, place in pairs(value, path, list))

    return Codec(wanted, dump, load)


def _mapping(key: Codec, item: Codec) -> Codec:
    wanted = f"dict of {item.wanted}"

    def dump(value: object, path: str) -> Json:
        if not isinstance(value, dict):
            raise Misfit(path, named(value), wanted)
        dumped = {
            key.dump(k, f"{path} key"): item.dump(v, f"{path}.{k}")
            for k, v in cast("dict[object, object]", value).items()
        }
        if unfit := [k for k in dumped if not isinstance(k, str)]:
            raise Misfit(f"{path} key", named(unfit[0]))
        return dumped

    def load(value: object, path: str) -> Json:
        if not isinstance(value, dict):
            raise Misfit(path, named(value), wanted)
        return {
            key.load(k, f"{path} key"): item.load(v, f"{path}.{k}")
            for k, v in cast("dict[object, object]", value).items()
        }

    return Codec(wanted, dump, load)


def _union(members: list[Codec]) -> Codec:
    wanted = " or ".join(member.wanted for member in members)

    def load(value: object, path: str) -> Json:
        for member in members:
            try:
                return member.load(value, path)
            except Misfit:
                continue
        raise Misfit(path, named(value), wanted)

    def dump(value: object, path: str) -> Json:
        for member in members:
            try:
                stored = member.dump(value, path)
            except Misfit:
                continue
            returned = load(stored, path)
            if type(returned) is type(value) and returned == value:
                return stored
        raise Misfit(path, named(value), wanted)

    return Codec(wanted, dump, load)


# --- Classes with fields ---------------------------------------------------------------------------------------------


def _typed_dict(cls: Any) -> Codec:  # noqa: ANN401 - TypedDict classes have no type of their own
    fields: dict[str, object] = get_type_hints(cls)
    return _fields(cls.__qualname__, fields, frozenset(cls.__required_keys__), dict, dict)


def _dataclass(cls: Any) -> Codec:  # noqa: ANN401 - a dataclass, which has no type of its own
    hints = get_type_hints(cls)
    fields = [field for field in dataclasses.fields(cls) if field.init]
    required = frozenset(
        field.name
        for field in fields
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    )

    def read(value: object) -> dict[str, object]:
        return {field.name: getattr(value, field.name) for field in fields}

    return _fields(cls.__qualname__, {field.name: hints[field.name] for field in fields}, required, cls, read)


def _fields(
    wanted: str,
    fields: Mapping[str, object],
    required: frozenset[str],
    cls: Callable[..., object],
    read: Callable[[Any], dict[str, object]],
) -> Codec:
    # Codecs of the fields are looked up at use: a class may hold itself.
    def dump(value: object, path: str) -> Json:
        if type(value) is not cls:
            raise Misfit(path, named(value), wanted)
        found = read(value)
        check(found.keys(), path)
        return {name: codec_for(fields[name]).dump(one, f"{path}.{name}") for name, one in found.items()}

    def load(value: object, path: str) -> Json:
        if not isinstance(value, dict):
            raise Misfit(path, named(value), wanted)
        found = cast("dict[str, object]", value)
        check(found.keys(), path)
        return cls(**{name: codec_for(fields[name]).load(one, f"{path}.{name}") for name, one in found.items()})

    def check(names: typing.AbstractSet[str], path: str) -> None:
        if missing := sorted(required - names):
            raise Misfit(path, f"no {missing[0]!r}", wanted)
        if unknown := sorted(names - fields.keys()):
            raise Misfit(path, f"an unknown {unknown[0]!r}", wanted)

    return Codec(wanted, dump, load)


def _pydantic(cls: Any) -> Codec:  # noqa: ANN401 - pydantic is the user's own, and is not imported here
    wanted: str = cls.__qualname__

    def dump(value: Any, path: str) -> Json:  # noqa: ANN401 - see above
        if type(value) is not cls:
            raise Misfit(path, named(value), wanted)
        return value.model_dump(mode="json", by_alias=True)

    def load(value: object, path: str) -> Json:
        try:
            return cls.model_validate(value)
        except ValueError:  # pydantic's own error is one, and shows the values
            raise Misfit(path, "something else", wanted) from None

    return Codec(wanted, dump, load)


# --- Without a guiding annotation ------------------------------------------------------------------------------------


def _plain(value: object, path: str) -> Json:
    """What JSON gives back as it was, with nothing but the value to go by."""
    if value is None or type(value) in {bool, int, str}:
        return value
    if type(value) is float:
        return _float(value, path)
    if type(value) is list:
        return [_plain(one, f"{path}[{index}]") for index, one in enumerate(cast("list[object]", value))]
    if type(value) is dict:
        items = cast("dict[object, object]", value).items()
        if unfit := [key for key, _ in items if type(key) is not str]:
            raise Misfit(f"{path} key", named(unfit[0]))
        return {key: _plain(one, f"{path}.{key}") for key, one in items}
    raise Misfit(path, named(value))


def _same(value: object, _: str) -> Json:
    return value


_PLAIN: Final = Codec("JSON", _plain, _same)


def _refuse(annotation: str) -> Codec:
    def refuse(_: object, path: str) -> Json:
        raise Misfit(path, annotation)

    return Codec(annotation, refuse, refuse)
