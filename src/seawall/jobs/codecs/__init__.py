"""Values to JSON and back, guided by annotations. Pure.

A codec knows one annotation. `dump` gives what JSON can hold, `load` gives the value back, equal to the original. What
cannot come back as it was is refused when it is dumped. Messages name types and paths, never values: an argument may be
a secret.
"""

import dataclasses
from enum import Enum
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, is_typeddict

from seawall.jobs.codecs.base import Codec, Convert, Misfit
from seawall.jobs.codecs.classes import data_class, pydantic, typed_dict
from seawall.jobs.codecs.containers import ITERABLES, MAPPINGS, fixed_tuple, iterable, mapping, union
from seawall.jobs.codecs.scalars import PLAIN, SCALARS, enum, literal, refuse

__all__ = ["Codec", "Convert", "Misfit", "codec_for"]


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
        return PLAIN
    origin = get_origin(annotation)
    if origin is Annotated:
        return codec_for(get_args(annotation)[0])
    if supertype := getattr(annotation, "__supertype__", None):  # typing.NewType
        return codec_for(supertype)
    if origin in {Union, UnionType}:
        return union([codec_for(member) for member in get_args(annotation)])
    if origin is Literal:
        return literal(get_args(annotation))
    if is_typeddict(annotation):
        return typed_dict(annotation, codec_for)
    if isinstance(origin or annotation, type):
        return _of_class(origin or annotation, get_args(annotation))
    return refuse(str(annotation))


def _of_class(cls: Any, args: tuple[object, ...]) -> Codec:  # noqa: ANN401 - a class of any kind
    codec = SCALARS.get(cls)
    if codec is None and cls in ITERABLES:
        codec = _of_items(cls, args)
    elif codec is None and cls in MAPPINGS:
        codec = mapping(*(codec_for(item) for item in (args or (str, Any))))
    elif codec is None and issubclass(cls, Enum):
        codec = enum(cls)
    elif codec is None and dataclasses.is_dataclass(cls):
        codec = data_class(cls, codec_for)
    elif codec is None and hasattr(cls, "model_validate") and hasattr(cls, "model_dump"):
        codec = pydantic(cls)
    return codec or refuse(str(cls).removeprefix("<class '").removesuffix("'>"))


def _of_items(cls: Any, args: tuple[object, ...]) -> Codec:  # noqa: ANN401 - a class of any kind
    if cls is tuple and args and args[-1] is not Ellipsis:
        return fixed_tuple([codec_for(item) for item in args])
    return iterable(ITERABLES[cls], codec_for(args[0] if args else Any))
