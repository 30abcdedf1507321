"""The way of spans to the collector: a queue with a limit, a thread, and counts of what came of them.

OpenTelemetry's own parts queue, batch, send and repeat. Neither says how many spans were lost, and each message that
does not go through would be a line of log: both is mended here. Imported only by a process that is traced.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from seawall import contract
from seawall.runtime.metrics import Counter
from seawall.runtime.trace_settings import TraceSettings

logger: Final = logging.getLogger(__name__)

EXPORTED: Final = Counter(contract.SPANS_EXPORTED, "Spans that the collector has taken.").child()
DROPPED: Final = Counter(contract.SPANS_DROPPED, "Spans that nobody will see.", ("reason",))
QUEUE_FULL: Final = DROPPED.child("queue_full")
NOT_TAKEN: Final = DROPPED.child("not_taken")
_THEIRS: Final = "opentelemetry.exporter.otlp"


class Outgoing(SpanProcessor):
    """Takes spans that have ended to `exporter`: never waits, and drops what finds the queue full."""

    def __init__(self, exporter: SpanExporter, settings: TraceSettings) -> None:
        self._limit = settings.queue
        self._waiting = 0
        self._counting = threading.Lock()  # spans end in the event loop and in the threads of jobs
        self._batches: SpanProcessor = BatchSpanProcessor(
            _Told(exporter, self._taken),
            max_queue_size=settings.queue,
            schedule_delay_millis=settings.delay,
            max_export_batch_size=settings.batch,
        )

    def on_end(self, span: ReadableSpan) -> None:
        """Queue a span, if it is sampled."""
        if span.context is None or not span.context.trace_flags.sampled:
            return
        with self._counting:
            if self._waiting >= self._limit:
                QUEUE_FULL.inc()
                return
            self._waiting += 1
        self._batches.on_end(span)

    def shutdown(self) -> None:
        """Send what waits; spans that end later are lost."""
        self._batches.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what waits now; returns when it is sent."""
        return self._batches.force_flush(timeout_millis)

    def _taken(self, spans: int) -> None:
        with self._counting:
            self._waiting -= spans


class _Told(SpanExporter):
    """An exporter of which is told what becomes of it: counts, one line when it begins to fail, one at its end."""

    def __init__(self, exporter: SpanExporter, taken: Callable[[int], None]) -> None:
        self._exporter = exporter
        self._taken = taken
        self._failing_since: float | None = None
        self._reason = _Reason()
        theirs = logging.getLogger(_THEIRS)
        theirs.handlers[:] = [self._reason]
        theirs.propagate = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._taken(len(spans))
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            EXPORTED.inc(len(spans))
            if self._failing_since is not None:
                logger.warning("the collector takes spans again, after %.1f s", time.monotonic() - self._failing_since)
                self._failing_since = None
        else:
            NOT_TAKEN.inc(len(spans))
            if self._failing_since is None:
                self._failing_since = time.monotonic()
                logger.warning("the collector takes no spans, which are lost: %s", self._reason.text)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


class _Reason(logging.Handler):
    """Keeps the last thing that OpenTelemetry's exporter wanted to log, in place of the log."""

    text = "no reason given"

    def emit(self, record: logging.LogRecord) -> None:
        self.text = record.getMessage()


def state() -> dict[str, object]:
    """What became of the spans so far."""
    dropped = int(QUEUE_FULL.value + NOT_TAKEN.value)
    return {"exporter": "otlp", "exported": int(EXPORTED.value), "dropped": dropped}


def collector(settings: TraceSettings) -> Outgoing:
    """The way to the collector that OpenTelemetry's variables name."""
    return Outgoing(OTLPSpanExporter(), settings)
