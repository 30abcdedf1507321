"""From a `logging.LogRecord` to one line: JSON for machines, a short line for a terminal. Pure but for its record.

`contract.md`, Logs: timestamp (RFC 3339, UTC), level, message, logger, the service's own fields, those bound to the
request or job, then the event's own; exceptions as structured frames without locals. Everything passes `redaction`.
"""

import logging
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import TracebackType
from typing import Final, cast

import orjson

from seawall.runtime.redaction import redact, redact_field, text_of

Fields = Mapping[str, object]

_STANDARD: Final = frozenset(
    {*logging.LogRecord("", 0, "", 0, "", (), None).__dict__, "message", "asctime", "taskName"}
)
# A dataclass may have a field that is a secret: it is shown as its representation, redacted, not field by field.
_OPTIONS: Final = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS
_MOST_FRAMES: Final = 50
_MOST_CAUSES: Final = 10
_LONGEST_TEXT: Final = 16 * 1024
_DEEPEST: Final = 16
_JSON_BITS: Final = 63
_VISIBLE: Final = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160))} | {
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
    # Marks that turn the direction of text: they make a line read as another (CVE-2021-42574).
    **{code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029)},
}


def message_of(record: logging.LogRecord) -> str:
    """The record's message, redacted; a message that does not fit its arguments is shown with them."""
    try:
        text = record.getMessage()
    except Exception:  # noqa: BLE001 - a wrong format string, or any error in an argument's own __str__
        given = record.args if isinstance(record.args, tuple) else (record.args,)
        text = f"{text_of(record.msg)} (its arguments do not fit: {', '.join(map(text_of, given))})"
    return _cut(redact(text))  # the other way round, half of a password could be left


def event_fields(record: logging.LogRecord) -> dict[str, object]:
    """The fields that the caller gave with ``extra=``, redacted."""
    return {key: redact_field(key, value) for key, value in record.__dict__.items() if key not in _STANDARD}


def json_line(record: logging.LogRecord, own: Fields, bound: Fields) -> bytes:
    """The record as one JSON object. `own` are the process' fields, `bound` those of the request or job."""
    line: dict[str, object] = {
        "timestamp": timestamp(record.created),
        "level": record.levelname.lower(),
        "message": message_of(record),
        "logger": record.name,
        **own,
        **bound,
    }
    for key, value in event_fields(record).items():
        line[f"{key}_" if key in line else key] = value
    if record.exc_info and record.exc_info[1] is not None:
        line["exception"] = exception_fields(record.exc_info[1])
    if record.stack_info:
        line["stack"] = redact(record.stack_info)
    return dump(line)


def console_line(record: logging.LogRecord, bound: Fields) -> bytes:
    """The record as ``12:34:56.789 INFO  logger: message key=value``; a traceback follows on lines of its own."""
    moment = time.strftime("%H:%M:%S", time.localtime(record.created))
    parts = [f"{moment}.{int(record.msecs):03d} {record.levelname:<5} {record.name}: {message_of(record)}"]
    parts += [f"{key}={text_of(value)}" for key, value in {**bound, **event_fields(record)}.items()]
    lines = [visible(" ".join(parts))]
    if record.exc_info and record.exc_info[1] is not None:
        text = "".join(traceback.format_exception(record.exc_info[1]))
        lines += ["  " + visible(redact(line)) for line in text.splitlines()]
    return "\n".join(lines).encode(errors="backslashreplace")


def timestamp(seconds: float) -> str:
    """A time of `time.time` in RFC 3339, UTC, with microseconds."""
    whole = int(seconds)
    return f"{_second(whole)}.{int((seconds - whole) * 1_000_000):06d}Z"


@lru_cache(maxsize=2)
def _second(whole: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))


def exception_fields(error: BaseException, depth: int = 0) -> dict[str, object]:
    """Type, message and frames of `error`, then those of its cause and of the members of a group. No locals."""
    fields: dict[str, object] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins."),
        "message": _cut(text_of(error)),
        "frames": list(_frames(error.__traceback__)),
    }
    if depth >= _MOST_CAUSES:
        return fields
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        fields["cause"] = exception_fields(cause, depth + 1)
    if isinstance(error, BaseExceptionGroup):
        members = cast("tuple[BaseException, ...]", error.exceptions)
        fields["exceptions"] = [exception_fields(member, depth + 1) for member in members[:_MOST_CAUSES]]
    return fields


def dump(line: Mapping[str, object]) -> bytes:
    """`line` as JSON, whatever its values are: what JSON does not know is shown as text."""
    try:
        return orjson.dumps(line, default=text_of, option=_OPTIONS)
    except TypeError:  # lone surrogates, numbers of more than 64 bits, nesting without end
        return orjson.dumps(_plain(line))


def visible(text: str) -> str:
    """`text` with control characters spelled out, so that it cannot steer a terminal or fake a second line."""
    return text.translate(_VISIBLE)


def _frames(trace: TracebackType | None) -> Iterator[dict[str, object]]:
    """The innermost frames: that is where the fault is."""
    entries = traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False)
    for entry in entries[-_MOST_FRAMES:]:
        yield {"file": entry.filename, "line": entry.lineno, "function": entry.name}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}... ({len(text)} characters)"


def _plain(value: object, depth: int = 0) -> object:
    """`value` as something that every JSON writer takes: text without surrogates, small numbers, little nesting."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and value.bit_length() < _JSON_BITS:
        return value
    if depth < _DEEPEST and isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return {_clean(key): _plain(item, depth + 1) for key, item in items}
    if depth < _DEEPEST and isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in cast("Iterable[object]", value)]
    return _clean(value)


def _clean(value: object) -> str:
    return text_of(value).encode(errors="backslashreplace").decode()
