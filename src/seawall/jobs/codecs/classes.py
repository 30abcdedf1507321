"""Codecs of classes with fields. `find` gives the codec of a field, when it is first used: a class may hold itself."""

import dataclasses
import typing
from collections.abc import Callable, Mapping
from typing import Any, cast, get_type_hints

from seawall.jobs.codecs.base import Codec, Json, Misfit, named

Find = Callable[[object], Codec]


def typed_dict(cls: Any, find: Find) -> Codec:  # noqa: ANN401 - TypedDict classes have no type of their own
    """A TypedDict: a plain dict with the fields that it declares."""
    fields: dict[str, object] = get_type_hints(cls)
    return _fields(cls.__qualname__, fields, frozenset(cls.__required_keys__), dict, dict, find)


def data_class(cls: Any, find: Find) -> Codec:  # noqa: ANN401 - a dataclass, which has no type of its own
    """A dataclass, by the fields that its constructor takes."""
    hints = get_type_hints(cls)
    fields = [field for field in dataclasses.fields(cls) if field.init]
    required = frozenset(
        field.name
        for field in fields
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    )

    def read(value: object) -> dict[str, object]:
        return {field.name: getattr(value, field.name) for field in fields}

    return _fields(cls.__qualname__, {field.name: hints[field.name] for field in fields}, required, cls, read, find)


def _fields(  # noqa: PLR0913, PLR0917 - all that the two kinds of classes differ in
    wanted: str,
    fields: Mapping[str, object],
    required: frozenset[str],
    cls: Callable[..., object],
    read: Callable[[Any], dict[str, object]],
    find: Find,
) -> Codec:
    def dump(value: object, path: str) -> Json:
        if type(value) is not cls:
            raise Misfit(path, named(value), wanted)
        found = read(value)
        check(found.keys(), path)
        return {name: find(fields[name]).dump(one, f"{path}.{name}") for name, one in found.items()}

    def load(value: object, path: str) -> Json:
        if not isinstance(value, dict):
            raise Misfit(path, named(value), wanted)
        found = cast("dict[str, object]", value)
        check(found.keys(), path)
        return cls(**{name: find(fields[name]).load(one, f"{path}.{name}") for name, one in found.items()})

    def check(names: typing.AbstractSet[str], path: str) -> None:
        if missing := sorted(required - names):
            raise Misfit(path, f"no {missing[0]!r}", wanted)
        if unknown := sorted(names - fields.keys()):
            raise Misfit(path, f"an unknown {unknown[0]!r}", wanted)

    return Codec(wanted, dump, load)


def pydantic(cls: Any) -> Codec:  # noqa: ANN401 - pydantic is the user's own, and is not imported here
    """A pydantic model."""
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
