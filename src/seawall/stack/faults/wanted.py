"""Whether a value is what an annotation asks for, and the annotation in words."""

import json
import math
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Union, cast, get_args, get_origin

from seawall.stack.rules import Range, Rule

SHOWN: Final = 60  # characters of a value that an error repeats
KEY: Final = " key"  # the path to a key of a mapping

_WORDS: Final[Mapping[object, str]] = {
    int: "an integer",
    float: "a number",
    str: "a string",
    bool: "True or False",
    object: "anything",
    types.NoneType: "None",
}


@dataclass(frozen=True, slots=True)
class Misfit:
    """The innermost part of a value that does not fit: where in the value, the annotation there, and what was seen."""

    path: str
    hint: object
    value: object
    rule: Rule | None = None

    @property
    def wanted(self) -> str:
        """The annotation in words."""
        return in_words(self.hint)


def misfits(value: object, hint: Any) -> list[Misfit]:  # noqa: ANN401 - an annotation is any object
    """The parts of `value` that are not what `hint` asks for; none if all of it is."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(value, hint, arguments[0], arguments[1:])
    if origin in {Union, types.UnionType}:
        return _union(value, hint, arguments)
    if origin in {Sequence, tuple}:
        return _sequence(value, hint, arguments[0])
    if origin is Mapping:
        return _mapping(value, hint, *arguments)
    fits = value in arguments if origin is Literal else _is_a(value, hint)
    return [] if fits else [Misfit("", hint, value)]


def in_words(hint: Any) -> str:  # noqa: ANN401 - an annotation is any object
    """An annotation as it reads after "must be"."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is None:
        return _WORDS.get(hint) or article(hint.__name__)
    if origin is Annotated:
        base, *rules = arguments
        return _ruled(in_words(base), [rule for rule in rules if isinstance(rule, Rule)])
    if origin in {Sequence, tuple}:
        return f"a list, each item {in_words(arguments[0])}"
    if origin is Mapping:
        return f"a dict, each key {in_words(arguments[0])}, each value {in_words(arguments[1])}"
    if origin is Callable:
        return "a function"
    return _either([repr(each) if origin is Literal else in_words(each) for each in arguments])


def seen(value: object) -> str:
    """A value in an error: a short text or number as it is written, anything else by its kind."""
    if isinstance(value, str) and not may_hold_a_password(value):
        shown = json.dumps(value, ensure_ascii=not value.isprintable())
        return shown if len(shown) <= SHOWN else f'{shown[:SHOWN]}..."'
    if value is None or isinstance(value, bool | int | float):
        return repr(value)[:SHOWN]
    return kind(value)


def kind(value: object) -> str:
    """What sort of thing a value is, with an article. A frozen list or dict is what its caller wrote."""
    names: dict[type, str] = {tuple: "list", types.MappingProxyType: "dict", types.FunctionType: "function"}
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return "None" if value is None else article(names.get(type(value), type(value).__name__))


def article(name: str) -> str:
    """The name with "a" or "an" before it."""
    return f"an {name}" if name[:1] in "AEIOUaeiou" else f"a {name}"


def may_hold_a_password(text: str) -> bool:
    """Whether a text looks like a URL with a password in it, which no error repeats."""
    return "://" in text or (":" in text and "@" in text)


def _annotated(value: object, hint: object, base: object, rules: Sequence[object]) -> list[Misfit]:
    found = misfits(value, base)
    if found:
        return [each if each.path else Misfit("", hint, value) for each in found]
    broken = (rule for rule in rules if isinstance(rule, Rule) and not rule.allows(value))
    return [Misfit("", hint, value, rule) for rule in broken]


def _union(value: object, hint: object, arms: Sequence[object]) -> list[Misfit]:
    found = [misfits(value, arm) for arm in arms]
    if [] in found:
        return []
    # An arm whose kind the value is, though something in it is not right, says best what was meant.
    near = [each for each in found if all(part.path or (part.rule and len(arms) == 2) for part in each)]  # noqa: PLR2004 - it or None
    return near[0] if len(near) == 1 else [Misfit("", hint, value)]


def _sequence(value: object, hint: object, item: object) -> list[Misfit]:
    if not isinstance(value, tuple | list):
        return [Misfit("", hint, value)]
    items = cast("Sequence[object]", value)
    return [_inside(f"[{at}]", found) for at, each in enumerate(items) for found in misfits(each, item)]


def _mapping(value: object, hint: object, key: object, content: object) -> list[Misfit]:
    if not isinstance(value, Mapping):
        return [Misfit("", hint, value)]
    items = cast("Mapping[object, object]", value)
    keys = [_inside(KEY, found) for each in items for found in misfits(each, key)]
    return keys + [_inside(f"[{each!r}]", found) for each in items for found in misfits(items[each], content)]


def _inside(path: str, found: Misfit) -> Misfit:
    return Misfit(path + found.path, found.hint, found.value, found.rule)


def _is_a(value: object, hint: Any) -> bool:  # noqa: ANN401 - an annotation is any object
    if get_origin(hint) is Callable:
        return callable(value)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return isinstance(value, hint) and (hint in {bool, object} or not isinstance(value, bool))


def _ruled(base: str, rules: Sequence[Rule]) -> str:
    for rule in rules:
        base = f"{base} {rule.wanted}" if isinstance(rule, Range) else rule.wanted
    return base


def _either(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
