"""How a trace is passed on between processes, as text: https://www.w3.org/TR/trace-context/."""

import re
from typing import Final, NamedTuple

_FORM: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_TRACE: Final = re.compile(r"(?!0{32})[0-9a-f]{32}")
_SPAN: Final = re.compile(r"(?!0{16})[0-9a-f]{16}")
SAMPLED: Final = 1  # the flag's bit


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


def is_trace(value: object) -> bool:
    """Whether a value is the id of a trace."""
    return isinstance(value, str) and _TRACE.fullmatch(value) is not None


def is_span(value: object) -> bool:
    """Whether a value is the id of a span."""
    return isinstance(value, str) and _SPAN.fullmatch(value) is not None
