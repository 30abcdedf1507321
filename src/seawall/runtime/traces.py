"""The trace of what is under way: passed on always, and seen as spans where the environment asks for OpenTelemetry.

Without that it is known from the log's fields `trace_id` and `span_id`, or from OpenTelemetry where the application
uses that itself; nothing of OpenTelemetry is imported then.
"""

import logging
import secrets
import sys
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.runtime import logs, trace_context, trace_settings
from seawall.runtime.settings import Settings

if TYPE_CHECKING:
    from seawall.runtime.spans import Span, Spans

logger: Final = logging.getLogger(__name__)

_NOTHING: Final = nullcontext()
_spans: "Spans | None" = None


def setup(settings: Settings, environ: Mapping[str, str]) -> None:
    """Have this process make spans, where `environ` asks for that. May be called again: the first call counts.

    Raises:
        SeawallError: SW405 for a variable that cannot be used, SW301 where OpenTelemetry is not installed.
    """
    global _spans  # noqa: PLW0603 - of a process, like OpenTelemetry's own provider
    wanted = trace_settings.read(environ) if _spans is None else None
    if wanted is None:
        return
    try:
        from seawall.runtime.span_provider import spans_of  # noqa: PLC0415 - only what is traced pays for it
    except ImportError as error:
        message = "this process is to be traced, which needs the extra 'traces'"
        raise SeawallError(
            Problem("SW301", message, saw=f"no {error.name}", fix="pip install 'seawall[traces]'")
        ) from None
    _spans = spans_of(settings, wanted)


def close(seconds: float = contract.TRACES_FLUSH_SECONDS) -> None:
    """Send the spans that wait, for at most `seconds`. Blocks; no error if nothing was set up."""
    if _spans is None:
        return
    flush = threading.Thread(target=_spans.close, name="last spans", daemon=True)
    flush.start()
    flush.join(seconds)
    if flush.is_alive():
        logger.warning("the last spans are lost: the collector did not take them within %g s", seconds)


def maker() -> "Spans | None":
    """What makes the spans of this process; None where it is not traced."""
    return _spans


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
    found = trace_context.read(traceparent)
    return {"trace_id": found.trace_id, "span_id": secrets.token_hex(8)} if found else {}


def call(method: str, url: str) -> "Span | Passed":
    """A request that is about to be made, as a context: send its `headers` along, and tell it what was `answered`."""
    return Passed({}, None) if _spans is None else _spans.call(method, url)


def enqueue(job: str, queue: str) -> "AbstractContextManager[object]":
    """The time in which a job is handed over to its queue."""
    return _NOTHING if _spans is None else _spans.enqueue(job, queue)


def job(name: str, queue: str, number: int, attempt: int, traceparent: str | None) -> "Span | Passed":
    """An attempt at a job, in the trace in which it was enqueued: its `fields` are for the log; call its `end`."""
    if _spans is not None:
        return _spans.job(name, queue, number, attempt, traceparent)
    return Passed(fields(traceparent), attach(traceparent))


class Passed:
    """In place of a span where none are made: the trace is named in the log and passed on."""

    __slots__ = ("_attached", "fields")

    def __init__(self, own: dict[str, object], attached: object | None) -> None:
        self.fields = own
        self._attached = attached

    @property
    def headers(self) -> dict[str, str]:
        """The headers that pass the trace on."""
        parent = current()
        return {} if parent is None else {"traceparent": parent}

    def answered(self, status: int) -> None:
        """Nobody is told."""

    def end(self, _error: BaseException | None = None) -> None:
        """Let go of the trace."""
        detach(self._attached)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: TracebackType | None) -> None:
        self.end(error)


def attach(traceparent: str | None) -> object | None:
    """Have OpenTelemetry's spans from now on continue `traceparent`, where the application uses that; for `detach`."""
    trace: Any = sys.modules.get("opentelemetry.trace")
    found = trace_context.read(traceparent)
    if trace is None or found is None:
        return None
    flags = trace.TraceFlags(found.flags)
    parent = trace.SpanContext(int(found.trace_id, 16), int(found.span_id, 16), is_remote=True, trace_flags=flags)
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
    if not trace_context.is_trace(trace):
        return None
    return trace_context.written(str(trace), str(span) if trace_context.is_span(span) else secrets.token_hex(8))


def _of_opentelemetry() -> Any | None:  # noqa: ANN401 - a SpanContext of OpenTelemetry, which is the user's own
    """Its current span, asked for only where the application has imported it."""
    trace: Any = sys.modules.get("opentelemetry.trace")
    context = trace.get_current_span().get_span_context() if trace is not None else None
    return context if context is not None and context.is_valid else None


def _written(span: Any) -> str:  # noqa: ANN401 - see above
    return trace_context.written(f"{span.trace_id:032x}", f"{span.span_id:016x}", span.trace_flags)
