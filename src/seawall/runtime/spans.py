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
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Decision, Sampler
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState
from opentelemetry.util.types import AttributeValue

from seawall import __version__, contract
from seawall.runtime import trace_context
from seawall.runtime.redaction import redact
from seawall.runtime.settings import Settings
from seawall.runtime.trace_settings import TraceSettings

_SERVER_ERROR: Final = 500  # RFC 9110, 15.6
_CLIENT_ERROR: Final = 400  # RFC 9110, 15.5: of a call that was made here, those are errors, too
_SYSTEM: Final = {"messaging.system": "seawall"}

State = Callable[[], dict[str, object]]


def _theirs() -> dict[str, object]:
    return {"exporter": "the application's own"}


def _nowhere() -> dict[str, object]:
    return {"exporter": "none"}


class Span:
    """A span that is current from its making until `end`, which must be called where it was made.

    `fields` are its names in the log, `headers` what passes the trace on to whom is called now.
    """

    __slots__ = ("_span", "_token", "fields")

    def __init__(self, span: trace.Span, around: Context) -> None:
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

    def answer(self, method: str, route: str | None, status: int) -> None:
        """What became of a request that was served: the template of its route, and its status."""
        self._span.set_attribute("http.response.status_code", status)
        if route is not None:
            self._span.set_attribute("http.route", route)
            self._span.update_name(f"{method} {route}")
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

    def __init__(self, provider: trace.TracerProvider, *, trusting: bool, state: State = _theirs) -> None:
        self.state = state
        self._tracer = provider.get_tracer("seawall", __version__)
        self._provider = provider
        self._trusting = trusting

    def request(self, method: str, scheme: str, path: str, parent: str | None, state: str | None) -> Span:
        """A request that is served; `parent` and `state` are its headers ``traceparent`` and ``tracestate``."""
        around = _continuing(parent, state, None if self._trusting else self._sampled_here(parent))
        attributes = {"http.request.method": method, "url.scheme": scheme, "url.path": redact(path)}
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
        return Span(self._tracer.start_span(name, around, kind, attributes), around)

    def _sampled_here(self, parent: str | None) -> int | None:
        """The flags of a trace that somebody else has begun, by this process' own dice."""
        if parent is None:
            return None
        sampler: Sampler = getattr(self._provider, "sampler", ALWAYS_ON)
        dice = int.from_bytes(os.urandom(16))
        return int(sampler.should_sample(None, dice, "").decision is Decision.RECORD_AND_SAMPLE)


def made(settings: Settings, wanted: TraceSettings) -> Spans:
    """What makes the spans of this process, as OpenTelemetry's own provider, too; one that is there already is used."""
    present = trace.get_tracer_provider()
    if not isinstance(present, trace.ProxyTracerProvider):
        return Spans(present, trusting=settings.trusted_traces)
    provider = TracerProvider(resource=_resource(settings), shutdown_on_exit=False)
    state = _nowhere
    if wanted.exporter == "otlp":
        from seawall.runtime import span_export  # noqa: PLC0415 - 100 ms for those who send nothing

        provider.add_span_processor(span_export.collector(wanted))
        state = span_export.state
    trace.set_tracer_provider(provider)
    return Spans(provider, trusting=settings.trusted_traces, state=state)


def written(span: SpanContext) -> str:
    """The ``traceparent`` that names a span."""
    return trace_context.written(f"{span.trace_id:032x}", f"{span.span_id:016x}", span.trace_flags)


def _resource(settings: Settings) -> Resource:
    """Who makes the spans: what the platform says, then what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say."""
    own = {
        "service.namespace": settings.stack,
        "service.name": settings.service,
        "service.version": settings.release,
        "service.instance.id": settings.instance,
        "deployment.environment.name": settings.environment,
    }
    known = Resource({name: value for name, value in own.items() if value})
    return Resource.create({}).merge(known).merge(OTELResourceDetector().detect())


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
        trace_state=TraceState.from_header([state]) if state else None,
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(remote), Context())


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None
