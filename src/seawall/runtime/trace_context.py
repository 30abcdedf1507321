"""How a trace is passed on between processes, as text: https://www.w3.org/TR/trace-context/."""

import re
from typing import Final, NamedTuple

_FORM: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_TRACE: Final = re.compile(r"(?!0{32})[0-9a-f]{32}")
_SPAN: Final = re.compile(r"(?!0{16})[0-9a-f]{16}")
SAMPLED: Final = 1  # the flag's bit
_KEY: Final = r"[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13}"
_VALUE: Final = r"[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]"
_MEMBER: Final = re.compile(rf"({_KEY})=({_VALUE})")
_STATE_LIMIT: Final = 512  # characters that must be passed on; W3C lets more be left out
_MEMBERS: Final = 32


class Parent(NamedTuple):
    """What a ``traceparent`` says: the ids of the trace and of the span that is continued, in hexadecimal digits."""

    trace_id: str
    span_id: str
    flags: int


def read(traceparent: str | None) -> Parent | None:
    """What `traceparent` says; None where there is none, or one that cannot be read."""
    found = _FORM.fullmatch(traceparent) if traceparent else None
    return Parent(found[1], found[2], int(found[3], 16)) if found else None


def written(trace_id: str, span_id: str, flags: int = SAMPLED) -> str:
    """The ``traceparent`` that says so."""
    return f"00-{trace_id}-{span_id}-{flags:02x}"


def members(tracestate: str | None) -> list[tuple[str, str]]:
    """What vendors have noted in `tracestate`; nothing of one that is malformed or too long."""
    if not tracestate or len(tracestate) > _STATE_LIMIT:
        return []
    parts = [part for each in tracestate.split(",") if (part := each.strip(" \t"))]
    found = [match.groups() for part in parts if (match := _MEMBER.fullmatch(part))]
    whole = len(found) == len(parts) <= _MEMBERS and len({key for key, _ in found}) == len(found)
    return [(key, value) for key, value in found] if whole else []


def is_trace(value: object) -> bool:
    """Whether a value is the id of a trace."""
    return isinstance(value, str) and _TRACE.fullmatch(value) is not None


def is_span(value: object) -> bool:
    """Whether a value is the id of a span."""
    return isinstance(value, str) and _SPAN.fullmatch(value) is not None
