"""The trace of what is under way, as W3C Trace Context writes it (https://www.w3.org/TR/trace-context/).

It is known from the log's fields `trace_id` and `span_id`, or from OpenTelemetry where the application uses that.
"""

import re
import secrets
import sys
from typing import Any, Final

from seawall.runtime import logs

_FORM: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_TRACE: Final = re.compile(r"(?!0{32})[0-9a-f]{32}")
_SPAN: Final = re.compile(r"(?!0{16})[0-9a-f]{16}")


def current() -> str | None:
    """The ``traceparent`` of what runs here; None: no trace.

    A span that OpenTelemetry has here comes before the log's fields, and those before one that is only continued here.
    """
    span = _of_opentelemetry()
    if span is not None and not span.is_remote:
        return _written(span)
    return _of_the_log() or (_written(span) if span is not None else None)


def fields(traceparent: str | None) -> dict[str, object]:
    """The log's fields for work that continues `traceparent`: its `trace_id`, and a new `span_id`.

    Nothing where there is no trace, or one that cannot be read.
    """
    found = _FORM.fullmatch(traceparent) if traceparent else None
    return {"trace_id": found[1], "span_id": secrets.token_hex(8)} if found else {}


def attach(traceparent: str | None) -> object | None:
    """Have OpenTelemetry's spans from now on continue `traceparent`, where the application uses that; for `detach`."""
    trace: Any = sys.modules.get("opentelemetry.trace")
    found = _FORM.fullmatch(traceparent) if traceparent else None
    if trace is None or found is None:
        return None
    flags = trace.TraceFlags(int(found[3], 16))
    parent = trace.SpanContext(int(found[1], 16), int(found[2], 16), is_remote=True, trace_flags=flags)
    token: object = _contexts().attach(trace.set_span_in_context(trace.NonRecordingSpan(parent)))
    return token


def detach(token: object | None) -> None:
    """Undo what the `attach` that gave this `token` did."""
    if token is not None:
        _contexts().detach(token)


def _contexts() -> Any:  # noqa: ANN401 - a module of OpenTelemetry, which is the user's own
    return sys.modules["opentelemetry.context"]


def _of_the_log() -> str | None:
    bound = logs.bound()
    if not bound:
        return None
    trace, span = bound.get("trace_id"), bound.get("span_id")
    if not isinstance(trace, str) or not _TRACE.fullmatch(trace):
        return None
    if not isinstance(span, str) or not _SPAN.fullmatch(span):
        span = secrets.token_hex(8)
    return f"00-{trace}-{span}-01"


def _of_opentelemetry() -> Any | None:  # noqa: ANN401 - a SpanContext of OpenTelemetry, which is the user's own
    """Its current span, asked for only where the application has imported it."""
    trace: Any = sys.modules.get("opentelemetry.trace")
    context = trace.get_current_span().get_span_context() if trace is not None else None
    return context if context is not None and context.is_valid else None


def _written(span: Any) -> str:  # noqa: ANN401 - see above
    return f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}"
