"""OpenTelemetry, set up for this process: who makes its spans, and where they go. Imported only where it is traced."""

from opentelemetry import trace
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider

from seawall.runtime.settings import Settings
from seawall.runtime.spans import Spans
from seawall.runtime.trace_settings import TraceSettings


def spans_of(settings: Settings, wanted: TraceSettings) -> Spans:
    """What makes the spans of this process, as OpenTelemetry's own provider, too; one that is there already is used."""
    present = trace.get_tracer_provider()
    if not isinstance(present, trace.ProxyTracerProvider):
        return Spans(present, trusting=settings.trusted_traces, state=_theirs)
    provider = TracerProvider(resource=_resource(settings), shutdown_on_exit=False)
    state = _nowhere
    if wanted.exporter == "otlp":
        from seawall.runtime import span_export  # noqa: PLC0415 - 100 ms for those who send nothing

        provider.add_span_processor(span_export.collector(wanted))
        state = span_export.state
    trace.set_tracer_provider(provider)
    return Spans(provider, trusting=settings.trusted_traces, state=state)


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


def _theirs() -> dict[str, object]:
    return {"exporter": "the application's own"}


def _nowhere() -> dict[str, object]:
    return {"exporter": "none"}
