"""No secret in text or values: what every log line, error and page of Seawall passes through.

Three nets, each for what slips through the others: names of fields that hold secrets, shapes of secrets in text (URLs
with a login, ``password=``, authorization headers), and the values of secrets that this process has loaded.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, cast

MASK: Final = "***"

_SECRET_NAME: Final = re.compile(
    r"authorization|cookie|passw(or)?d|passphrase|secret|credential|(api|access|private|signing|encryption)[-_]?key"
    r"|(^|[-_])(token|pwd|dsn)$|session[-_]?id",
    re.IGNORECASE,
)
_ADVICE: Final = "(?!(?-i:PASSWORD@HOST[:/]))"  # our own errors say what a URL looks like
# Every repetition has a bound: text from outside must not be able to make a search take more than linear time.
_SHAPES: Final = (
    # A password in a Postgres URL may hold anything but blanks and quotes: it ends at the last "@".
    (
        re.compile(rf"(?i)(postgres(?:ql)?(?:\+\w{{1,20}})?://[^\s:/@\"']{{0,255}}):{_ADVICE}[^\s\"']{{0,1023}}@"),
        rf"\1:{MASK}@",
    ),
    (re.compile(rf"(?i)([a-z0-9]://[^\s:/@\"']{{0,255}}):{_ADVICE}[^\s/\"'@]{{1,1023}}@"), rf"\1:{MASK}@"),
    (
        re.compile(
            r"(?i)((?:password|passwd|pwd|secret|token|api[-_]?key)[\"']?\s{0,8}[=:]\s{0,8})"
            r"(\"[^\"]{0,1023}\"?|'[^']{0,1023}'?|[^\s&,;\"'}\])]+)"
        ),
        rf"\1{MASK}",
    ),
    (
        re.compile(r"(?i)(authorization[\"']?\s{0,8}[=:]\s{0,8}[\"']?)(?:(?:bearer|basic|digest)\s{1,8})?[^\s\"',]+"),
        rf"\1{MASK}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s{1,8}[a-z0-9+/._~=-]{8,}"), rf"\1 {MASK}"),
)
_HINT: Final = re.compile(r"(?i)://|passw|pwd|secret|token|api[-_]?key|authorization|bearer|basic")
_DEEPEST: Final = 8
_NUMBERS: Final = (int, float)


def redact(text: str) -> str:
    """`text` with every secret of a known shape masked."""
    if _HINT.search(text) is None:
        return text
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return text


def text_of(value: object) -> str:
    """``str(value)``, redacted; never raises."""
    try:
        return redact(str(value))
    except Exception:  # noqa: BLE001 - __str__ is anybody's code, and a log line is no place to fail
        return f"<{type(value).__name__} that cannot be shown>"


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds a secret, such as ``Authorization`` or ``stripe_api_key``."""
    return _SECRET_NAME.search(name) is not None


def redact_value(value: object, depth: int = 0) -> object:
    """`value` with secrets masked, in nested mappings and sequences too; numbers, booleans and None stay."""
    if isinstance(value, str):
        return redact(value)
    if value is None or isinstance(value, _NUMBERS):
        return value
    if depth >= _DEEPEST:
        return "..."
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return {(name := text_of(key)): redact_field(name, item, depth + 1) for key, item in items}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(item, depth + 1) for item in cast("Iterable[object]", value)]
    return value


def redact_field(name: str, value: object, depth: int = 0) -> object:
    """The `value` of a field: masked where its `name` says that it is a secret. A number is none: ``tokens=512``."""
    if isinstance(value, _NUMBERS) or value is None:
        return value
    return MASK if is_secret_name(name) else redact_value(value, depth)
