"""The way of spans to the collector: what is dropped is counted, and nobody waits."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from seawall.runtime.span_export import DROPPED, EXPORTED, QUEUE_FULL, Outgoing
from seawall.runtime.trace_settings import TraceSettings

PATIENCE = 15


class Gate(SpanExporter):
    """Takes spans once it is `open`, with `result`."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.holding = threading.Event()
        self.result = SpanExportResult.SUCCESS
        self.taken = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.holding.set()
        assert self.open.wait(PATIENCE)
        self.taken += len(spans)
        return self.result


class Counts:
    """How much the counts have grown since this was made."""

    def __init__(self) -> None:
        self._before = self._now()

    def _now(self) -> tuple[float, ...]:
        return EXPORTED.value, QUEUE_FULL.value, DROPPED.child("not_taken").value

    @property
    def grown(self) -> tuple[float, ...]:
        return tuple(now - before for now, before in zip(self._now(), self._before, strict=True))


@pytest.fixture
def gate() -> Iterator[Gate]:
    found = Gate()
    yield found
    found.open.set()


def made(gate: Gate, queue: int = 4, batch: int = 1) -> tuple[Outgoing, Callable[[int], None]]:
    """The way out through a gate, and what ends so many spans."""
    outgoing = Outgoing(gate, TraceSettings("otlp", queue=queue, batch=batch, delay=600_000))
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(outgoing)
    tracer = provider.get_tracer("test")

    def end(spans: int) -> None:
        for _ in range(spans):
            tracer.start_span("work").end()

    return outgoing, end


def test_what_finds_the_queue_full_is_dropped_and_counted(gate: Gate) -> None:
    counts = Counts()
    outgoing, end = made(gate, queue=4)
    end(1)
    assert gate.holding.wait(PATIENCE)  # one is on its way, and takes no place in the queue
    end(7)
    assert counts.grown == (0, 3, 0)
    gate.open.set()
    assert outgoing.force_flush()
    end(2)
    outgoing.shutdown()
    assert counts.grown == (7, 3, 0)
    assert gate.taken == 7


def test_a_trace_that_is_not_sampled_takes_no_place(gate: Gate) -> None:
    counts = Counts()
    gate.open.set()
    outgoing = Outgoing(gate, TraceSettings("otlp", queue=1, batch=1, delay=600_000))
    provider = TracerProvider(ALWAYS_OFF, shutdown_on_exit=False)
    provider.add_span_processor(outgoing)
    for _ in range(3):
        provider.get_tracer("test").start_span("work").end()
    outgoing.shutdown()
    assert counts.grown == (0, 0, 0)


def test_a_collector_that_refuses_is_one_line_until_it_takes_again(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    counts = Counts()
    gate.open.set()
    outgoing, end = made(gate)
    with caplog.at_level(logging.WARNING):
        for result in (SpanExportResult.FAILURE,) * 2 + (SpanExportResult.SUCCESS,) * 2 + (SpanExportResult.FAILURE,):
            gate.result = result
            logging.getLogger("opentelemetry.exporter.otlp.proto.http").error("refused %s", "here")
            end(1)
            assert outgoing.force_flush()
    outgoing.shutdown()
    assert counts.grown == (2, 0, 3)
    lost, back, again = [record.getMessage() for record in caplog.records]
    assert lost == again == "the collector takes no spans, which are lost: refused here"
    assert back.startswith("the collector takes spans again, after ")
