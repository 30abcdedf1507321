"""SW201 and SW203: each argument of each constructor against its annotation."""

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any, Final, TypeVar, cast, get_args, get_type_hints

from seawall.errors import Problem
from seawall.stack.faults.fixes import example, instead
from seawall.stack.faults.wanted import KEY, Misfit, kind, misfits, seen
from seawall.stack.model import Environment, Stack
from seawall.stack.options import Secret
from seawall.stack.provenance import Placed
from seawall.stack.rules import DNS_LABEL
from seawall.stack.services import Service
from seawall.stack.sources import Sources

Some = TypeVar("Some", bound=Placed)
_KNOWN: Final[dict[type, Mapping[str, Any]]] = {}


def field_problems(value: Placed, sources: Sources) -> Iterator[tuple[str, Problem]]:
    """Each fault of `value` and of the values inside it, with the name of the field of `value` that has it."""
    for name, hint in _hints(type(value)).items():
        content = getattr(value, name)
        for found in misfits(content, hint):
            yield name, _problem(value, name, found, sources)
        for nested in _nested(content):
            for _, problem in field_problems(nested, sources):
                yield name, problem


def mended(value: Some, faulty: Collection[str]) -> Some:
    """A copy for the rules that look at several fields: of each faulty field what can be used, else its default.

    A faulty name becomes text. A faulty field without a default keeps its value: no rule reads one.
    """
    whole, hints = copy.copy(value), _hints(type(value))
    for each in fields(value):
        if each.name not in faulty:
            continue
        content = getattr(value, each.name)
        usable = str(content) if each.name == "name" else _usable(content, hints[each.name])
        if usable is None and each.default is not MISSING:
            usable = each.default
        elif usable is None and each.default_factory is not MISSING:
            usable = each.default_factory()
        object.__setattr__(whole, each.name, content if usable is None else usable)
    return whole


def _usable(content: object, hint: object) -> object:
    """The sound items of a list or dict, or the one item that should have been in a list; None if neither is meant."""
    if isinstance(content, Mapping):
        pairs = cast("Mapping[object, object]", content)
        kept = {key: item for key, item in pairs.items() if not misfits({key: item}, hint)}
        return None if misfits(kept, hint) else kept
    items = tuple(
        item for item in _items(content) if not misfits((item,), hint) and not any(map(_faults, _nested(item)))
    )
    return items if items and not misfits(items, hint) else None


def _faults(value: Placed) -> bool:
    return any(True for _ in field_problems(value, Sources()))


def _hints(made: type) -> Mapping[str, Any]:
    """The annotations of a class, which take long to find out: kept in `_KNOWN`."""
    if made not in _KNOWN:
        _KNOWN[made] = _found_hints(made)
    return _KNOWN[made]


def _found_hints(made: type) -> Mapping[str, Any]:
    hints = get_type_hints(made, include_extras=True)
    return {each.name: hints[each.name] for each in fields(made) if each.init}


def _nested(content: object) -> Iterator[Placed]:
    """The values inside a field. Services are left out: each is looked at where the stack lists it."""
    for each in _items(content):
        if isinstance(each, Placed) and not isinstance(each, Service):
            yield each


def _items(content: object) -> tuple[object, ...]:
    return cast("tuple[object, ...]", content) if isinstance(content, tuple) else (content,)


def _problem(owner: Placed, name: str, found: Misfit, sources: Sources) -> Problem:
    place = sources.argument(owner, name)
    if found.rule is DNS_LABEL and isinstance(found.value, str):
        message = f"{_subject(owner, name)} {found.value[:60]!r} is not {found.wanted}"
        return Problem("SW203", message, place, fix=_as_label(found.value))
    private = _is_private(owner, name, found)
    saw = kind(found.value) if private else seen(found.value)
    message = f"{_called(owner)}: {name}{found.path} must be {found.wanted} (saw {saw})"
    return Problem("SW201", message, place, fix=_fix(owner, name, found, private=private))


def _is_private(owner: Placed, name: str, found: Misfit) -> bool:
    """Whether what was written there by mistake may be a secret's value, which no error repeats."""
    hint = _hints(type(owner))[name]
    for_secret = isinstance(owner, Secret) or hint is Secret or Secret in get_args(hint)
    return for_secret or (isinstance(getattr(owner, name), Mapping) and found.path != KEY)


def _called(owner: Placed) -> str:
    """How an error names the value whose argument is wrong."""
    match owner:
        case Service(name=str(name)) if name:
            return name
        case Environment(name=str(name)) | Stack(name=str(name)) if name:
            return f"{type(owner).__name__.lower()} {name}"
        case _:
            return type(owner).__name__


def _subject(owner: Placed, name: str) -> str:
    if name == "name" and isinstance(owner, Service | Environment | Stack):
        return f"{'service' if isinstance(owner, Service) else type(owner).__name__.lower()} name"
    return f"{_called(owner)}: {name}"


def _as_label(name: str) -> str:
    """The nearest DNS label to a name, as the argument to write, or nothing."""
    label = "-".join(filter(None, "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()).split("-")))
    return repr(label) if DNS_LABEL.allows(label) else ""


def _fix(owner: Placed, name: str, found: Misfit, *, private: bool) -> str:
    """The argument to write, or the item of it; of what may be a secret at most the name that it should have."""
    if found.hint is str and private:
        return "write the value in quotes" if isinstance(found.value, int | float) else ""
    if isinstance(owner, Secret):  # what was written instead of its name may be its value
        return example(Secret, name)
    meant = instead(name, found.value, found.hint)
    return f"{name}={meant}" if meant and not found.path else meant
