"""What to write instead of a faulty argument, as far as it can be derived from what stands there."""

import json
import math
import re
import shlex
import types
from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, signature
from typing import Annotated, Any, Final, Literal, TypeGuard, Union, cast, get_args, get_origin, get_type_hints

from seawall import contract
from seawall.stack.faults.near import nearest
from seawall.stack.faults.wanted import SHOWN, may_hold_a_password, misfits
from seawall.stack.model import Environment
from seawall.stack.options import Secret
from seawall.stack.provenance import Placed
from seawall.stack.rules import DIRECTORY, DNS_LABEL, QUANTITY, REFERENCE, URL_PATH, Matches, Port, Range

# Names that people give to secrets, and not the secrets themselves: words, and an underscore between them.
_SECRETS_NAME: Final = re.compile(r"[A-Z]{1,16}[0-9]?(_([A-Z]{1,16}|[0-9]{1,2})){1,4}")
_EXAMPLES: Final[Mapping[object, str]] = {DNS_LABEL: "name", REFERENCE: "module:name", DIRECTORY: "folder"}
_TRUTH: Final = {"true": "True", "yes": "True", "1": "True", "false": "False", "no": "False", "0": "False"}


def instead(name: str, value: object, hint: Any) -> str:  # noqa: ANN401 - an annotation is any object
    """What to write for an argument `name` that should be as `hint` says; nothing where `value` does not tell."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return next(filter(None, (instead(name, value, arm) for arm in arguments)), "")
    if origin is Sequence:
        return _listed(name, value, arguments[0])
    if origin is Literal:
        near = nearest(value, map(str, arguments)) if isinstance(value, str) else ""
        return json.dumps(near) if near else ""
    if _is_constructor(hint):
        return _made(name, value, hint)
    if not _may_be_shown(value):
        return ""
    parts: tuple[object, ...] = arguments if origin is Annotated else (hint,)
    return _text(name, value, hint, parts[1:]) if parts[0] is str else _plain(value, parts[0], hint)


def example(made: Callable[..., object], name: str) -> str:
    """An argument of a constructor, given as its rule has it for an example."""
    return f"{name}={_example(name, get_type_hints(made, include_extras=True).get(name))}"


def _example(name: str, hint: Any) -> str:  # noqa: ANN401 - an annotation is any object
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _as_ruled(name, hint, arguments[1])
    if origin in {Union, types.UnionType}:
        return _example(name, arguments[0])
    if origin is Sequence:
        return f"[{_example(name, arguments[0])}]"
    if origin is Literal:
        return json.dumps(arguments[0])
    return _call(hint) if _is_constructor(hint) else "..."


def _as_ruled(name: str, hint: object, rule: object) -> str:
    if isinstance(rule, Range):
        return f"{contract.DEFAULT_PORT if hint == Port else rule.minimum:g}"
    such = re.search(r"such as '?(?P<first>[^']+)'?( or '(?P<second>[^']+)')?$", getattr(rule, "wanted", ""))
    found = such and such["second" if such["second"] and not name.startswith("cpu") else "first"]
    return json.dumps(_EXAMPLES.get(rule) or found or "...")


def _call(made: type, first: str = "") -> str:
    """The shortest call of a constructor, with `first` or examples for what it needs."""
    hints = get_type_hints(made, include_extras=True)
    given: list[str] = []
    for each in signature(made).parameters.values():
        if each.default is not Parameter.empty or each.kind is Parameter.VAR_POSITIONAL:
            continue
        content = first if first and not given else _example(each.name, hints[each.name])
        given.append(f"{each.name}={content}" if each.kind is Parameter.KEYWORD_ONLY else content)
    if made is Environment and not first:
        given[0] = '"dev"'
    return f"{made.__name__}({', '.join(given)})"


def _made(name: str, value: object, hint: type[Placed]) -> str:
    """The class was given instead of a value of it, or only the text that a value is made of."""
    if isinstance(value, type):
        return _call(value) if issubclass(value, hint) else ""
    if not isinstance(value, str):
        return ""
    if hint is Secret:
        shown = value if _SECRETS_NAME.fullmatch(value) else contract.DATABASE_URL if name == "managed" else ""
        return _call(hint, json.dumps(shown) if shown else "")
    first, *others = get_type_hints(hint, include_extras=True).items()
    needed = [each for each in signature(hint).parameters.values() if each.default is Parameter.empty]
    fits = bool(needed) and not misfits(value, dict([first, *others])[needed[0].name])
    return _call(hint, json.dumps(value)) if fits and len(needed) == 1 and _may_be_shown(value) else ""


def _listed(name: str, value: object, item: Any) -> str:  # noqa: ANN401 - an annotation is any object
    """One item was given instead of a list of it."""
    if isinstance(value, tuple):
        return ""
    if isinstance(value, str) and _may_be_shown(value) and not misfits(value, item):
        words = _words(value) if item is str else [value]
        return json.dumps(words, ensure_ascii=False)
    one = instead(name, value, item)
    return f"[{one or '...'}]"


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # a quote that does not end
        return [command]


def _plain(value: object, base: object, hint: object) -> str:
    """A number or True or False."""
    if base is bool:
        return _TRUTH.get(str(value).strip().lower(), "")
    if not (base is int or base is float) or isinstance(value, bool):
        return ""
    try:
        number = float(str(value).strip().replace("_", ""))
    except ValueError:
        return ""
    if not math.isfinite(number) or (base is int and not number.is_integer()):
        return ""
    whole = int(number) if number.is_integer() else number
    return str(whole) if not misfits(whole, hint) else _within(whole, hint)


def _within(number: float, hint: Any) -> str:  # noqa: ANN401 - an annotation is any object
    """The nearest number that is allowed; of a port, where that makes no sense, the usual one."""
    if hint == Port:
        return str(contract.DEFAULT_PORT)
    ends = [end for rule in get_args(hint)[1:] for end in (rule.minimum, rule.maximum) if end is not None]
    return f"{min(ends, key=lambda end: abs(end - number)):g}"


def _text(name: str, value: object, hint: object, rules: Sequence[object]) -> str:
    if isinstance(value, tuple):
        (item, *more) = cast("tuple[object, ...]", value) or ("",)
        return "" if more or not _may_be_shown(item) else _text(name, item, hint, rules)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    rule = next((each for each in rules if isinstance(each, Matches)), None)
    if rule and not isinstance(value, str) and not (rule is QUANTITY and name.startswith("cpu")):
        return ""  # a name is no number, and an amount of memory has a unit
    good = (each for each in _spellings(name, str(value), rule) if not misfits(each, hint))
    return next((json.dumps(each, ensure_ascii=False) for each in good), "")


def _spellings(name: str, text: str, rule: Matches | None) -> Sequence[str]:
    """What may have been meant by a text, the likeliest first."""
    tidy = text.strip()
    if rule is URL_PATH:
        return ("/" + tidy.strip("/"),)
    if rule is REFERENCE:
        module, colon, attribute = tidy.partition(":")
        return (f"{module.removesuffix('.py').replace('/', '.')}:{attribute if colon else name}",)
    if rule is DIRECTORY:
        return (tidy, tidy.strip("/")) if tidy.count("/") <= 1 else (tidy,)
    if rule is QUANTITY:
        unit = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgtpe])i?b?", tidy, re.IGNORECASE)
        milli = tidy.endswith("m") and name.startswith("cpu")
        return (tidy.replace(" ", ""),) if milli or not unit else (f"{unit[1]}{unit[2].upper()}i",)
    return tidy, tidy.lower(), re.sub(r"\W", "_", tidy)


def _may_be_shown(value: object) -> bool:
    return not isinstance(value, str) or (
        len(value) <= SHOWN and value.isprintable() and not may_hold_a_password(value)
    )


def _is_constructor(hint: object) -> TypeGuard[type[Placed]]:
    return isinstance(hint, type) and issubclass(hint, Placed)
