"""Spans of requests, calls, enqueues and jobs, made with OpenTelemetry. Imported only by a process that is traced.

Names and attributes are those of the semantic conventions, https://opentelemetry.io/docs/specs/semconv/, for HTTP and
for messaging. No query, header, argument or text of an exception is among them: people put secrets there.
"""

import os
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Decision, Sampler
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState
from opentelemetry.util.types import AttributeValue

from seawall import __version__, contract
from seawall.runtime import trace_context
from seawall.runtime.redaction import redact

_SERVER_ERROR: Final = 500  # RFC 9110, 15.6
_CLIENT_ERROR: Final = 400  # RFC 9110, 15.5: of a call that was made here, those are errors, too
_LONGEST_PATH: Final = 1024  # characters: anybody may send longer ones, and each span waits in memory
_SYSTEM: Final = {"messaging.system": "seawall"}

State = Callable[[], dict[str, object]]


class Span:
    """A span that is current from its making until `end`, which must be called where it was made.

    `fields` are its names in the log, `headers` what passes the trace on to whom is called now.
    """

    __slots__ = ("_name", "_span", "_token", "fields")

    def __init__(self, name: str, span: trace.Span, around: Context) -> None:
        self._name = name
        self._span = span
        self._token = context.attach(trace.set_span_in_context(span, around))
        own = span.get_span_context()
        self.fields: dict[str, object] = {"trace_id": f"{own.trace_id:032x}", "span_id": f"{own.span_id:016x}"}

    @property
    def headers(self) -> dict[str, str]:
        """The headers of W3C Trace Context."""
        own = self._span.get_span_context()
        parent = {"traceparent": written(own)}
        return {**parent, "tracestate": own.trace_state.to_header()} if own.trace_state else parent

    def answer(self, route: str | None, status: int) -> None:
        """What became of a request that was served: the template of its route, and its status."""
        self._span.set_attribute("http.response.status_code", status)
        if route is not None:
            self._span.set_attribute("http.route", route)
            self._span.update_name(f"{self._name} {route}")
        if status >= _SERVER_ERROR:
            self._fail(str(status))

    def answered(self, status: int) -> None:
        """What became of a request that was made."""
        self._span.set_attribute("http.response.status_code", status)
        if status >= _CLIENT_ERROR:
            self._fail(str(status))

    def end(self, error: BaseException | None = None) -> None:
        """End it; with the name of what was raised, if anything was."""
        if error is not None:
            self._fail(type(error).__qualname__)
        self._span.end()
        context.detach(self._token)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: TracebackType | None) -> None:
        self.end(error)

    def _fail(self, kind: str) -> None:
        self._span.set_attribute("error.type", kind)
        self._span.set_status(Status(StatusCode.ERROR))


class Spans:
    """Makes spans by `provider`.

    `trusting`: whoever asks decides whether a trace is sampled. `state` says where the spans go, and what became of
    them.
    """

    def __init__(self, provider: trace.TracerProvider, *, trusting: bool, state: State) -> None:
        self.state = state
        self._tracer = provider.get_tracer("seawall", __version__)
        self._provider = provider
        self._trusting = trusting

    def request(self, method: str, scheme: str, path: str, parent: str | None, state: str | None) -> Span:
        """A request that is served; `parent` and `state` are its headers ``traceparent`` and ``tracestate``."""
        around = _continuing(parent, state, None if self._trusting else self._sampled_here(parent))
        attributes = {"http.request.method": method, "url.scheme": scheme, "url.path": redact(path[:_LONGEST_PATH])}
        name = method if method != contract.OTHER_METHOD else "HTTP"
        return self._made(name, SpanKind.SERVER, attributes, around)

    def call(self, method: str, url: str) -> Span:
        """A request that is made."""
        parts = urlsplit(url)
        attributes: dict[str, AttributeValue] = {
            "http.request.method": method,
            "url.full": redact(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"),
            "server.address": parts.hostname or "",
        }
        if (port := _port(parts)) is not None:
            attributes["server.port"] = port
        return self._made(method, SpanKind.CLIENT, attributes, context.get_current())

    def enqueue(self, job: str, queue: str) -> Span:
        """A job, or several, that are handed over to the queue."""
        attributes = {
            **_SYSTEM,
            "messaging.operation.type": "send",
            "messaging.operation.name": "enqueue",
            "messaging.destination.name": queue,
            "seawall.job": job,
        }
        return self._made(f"enqueue {job}", SpanKind.PRODUCER, attributes, context.get_current())

    def job(self, job: str, queue: str, number: int, attempt: int, parent: str | None) -> Span:
        """An attempt at a job, in the trace in which it was enqueued."""
        attributes: dict[str, AttributeValue] = {
            **_SYSTEM,
            "messaging.operation.type": "process",
            "messaging.operation.name": "process",
            "messaging.destination.name": queue,
            "messaging.message.id": str(number),
            "seawall.job": job,
            "seawall.job.attempt": attempt,
        }
        return self._made(f"process {job}", SpanKind.CONSUMER, attributes, _continuing(parent, None, None))

    def close(self) -> None:
        """Send what has ended; returns when that is done."""
        if isinstance(self._provider, TracerProvider):
            self._provider.shutdown()

    def _made(self, name: str, kind: SpanKind, attributes: Mapping[str, AttributeValue], around: Context) -> Span:
        return Span(name, self._tracer.start_span(name, around, kind, attributes), around)

    def _sampled_here(self, parent: str | None) -> int | None:
        """The flags of a trace that somebody else has begun, by this process' own dice."""
        if parent is None:
            return None
        sampler: Sampler = getattr(self._provider, "sampler", ALWAYS_ON)
        dice = int.from_bytes(os.urandom(16))
        return int(sampler.should_sample(None, dice, "").decision is Decision.RECORD_AND_SAMPLE)


def written(span: SpanContext) -> str:
    """The ``traceparent`` that names a span."""
    return trace_context.written(f"{span.trace_id:032x}", f"{span.span_id:016x}", span.trace_flags)


def _continuing(parent: str | None, state: str | None, flags: int | None) -> Context:
    """A context of its own, in the trace that `parent` names, if any; with other flags than it has, where given."""
    said = trace_context.read(parent)
    if said is None:
        return Context()
    remote = SpanContext(
        int(said.trace_id, 16),
        int(said.span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(said.flags if flags is None else flags),
        trace_state=TraceState(trace_context.members(state)),
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(remote), Context())


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None
