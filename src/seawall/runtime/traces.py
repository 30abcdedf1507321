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
    """The ``traceparent`` of what runs here: OpenTelemetry's span, else what the log's fields say; None: no trace."""
    return _of_opentelemetry() or _of_the_log()


def fields(traceparent: str | None) -> dict[str, object]:
    """The log's fields for work that continues `traceparent`: its `trace_id`, and a new `span_id`.

    Nothing where there is no trace, or one that cannot be read.
    """
    found = _FORM.fullmatch(traceparent) if traceparent else None
    return {"trace_id": found[1], "span_id": secrets.token_hex(8)} if found else {}


def _of_the_log() -> str | None:
    bound = logs.bound()
    trace, span = bound.get("trace_id"), bound.get("span_id")
    if not isinstance(trace, str) or not _TRACE.fullmatch(trace):
        return None
    if not isinstance(span, str) or not _SPAN.fullmatch(span):
        span = secrets.token_hex(8)
    return f"00-{trace}-{span}-01"


def _of_opentelemetry() -> str | None:
    """Asked only where the application has imported it."""
    trace: Any = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return None
    context = trace.get_current_span().get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}" if context.is_valid else None
