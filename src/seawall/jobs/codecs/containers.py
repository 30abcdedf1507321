"""Codecs of what holds other values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from seawall.jobs.codecs.base import Codec, Json, Misfit, named

ITERABLES: Final[Mapping[type[object], type[Any]]] = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    Sequence: list,
}
MAPPINGS: Final = (dict, Mapping)


def iterable(cls: type[Any], item: Codec) -> Codec:
    """Any number of values of one kind."""
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


def fixed_tuple(items: list[Codec]) -> Codec:
    """A tuple of so many values, each of its own kind."""
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


def mapping(key: Codec, item: Codec) -> Codec:
    """A dict whose keys are stored as text."""
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


def union(members: list[Codec]) -> Codec:
    """A value of one of several kinds: the first as which it comes back as it was."""
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
