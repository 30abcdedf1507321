"""Traced workers as processes: each attempt at a job is a span in the trace in which it was enqueued."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from seawall.jobs.states import State
from seawall.runtime import logs
from tests.jobs.apps import work
from tests.jobs.process import worker
from tests.jobs.queue import Queue
from tests.support.otlp import Collector, Received, collector

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.fixture
def receiver() -> Iterator[Collector]:
    with collector() as running:
        yield running


def named(receiver: Collector, name: str, count: int) -> list[Received]:
    """So many spans of a name, as soon as they are here."""
    found: list[Received] = receiver.wait_for(
        lambda spans: len(fits := [span for span in spans if span.name == name]) >= count and fits
    )
    return found


async def test_each_attempt_is_a_span_of_the_enqueue_s_trace(
    queue: Queue, url: str, tmp_path: Path, receiver: Collector
) -> None:
    said = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
        "OTEL_BSP_SCHEDULE_DELAY": "50",
        "SEAWALL_SERVICE": "fulfilment",
    }
    with worker(tmp_path, url, **said) as running:
        token = logs.bind(trace_id=TRACE, span_id=SPAN)
        done = await work.record.options(connection=queue.connection).enqueue("traced")
        failing = await work.raises.options(connection=queue.connection).enqueue()
        logs.unbind(token)
        alone = await work.slow.options(connection=queue.connection).enqueue(0.0)
        await queue.wait(done, State.DONE)
        await queue.wait(failing, State.DEAD)
        await queue.wait(alone, State.DONE)
        (recorded,) = named(receiver, "process record", 1)
        attempts = named(receiver, "process raises", 3)
        (begun,) = named(receiver, "process slow", 1)
        failures = [line for line in running.lines if line.get("job_id") == failing]
    assert (recorded.trace, recorded.parent, recorded.kind, recorded.service) == (TRACE, SPAN, "CONSUMER", "fulfilment")
    assert recorded.attributes["messaging.message.id"] == str(done)
    assert [(each.trace, each.parent, each.failed) for each in attempts] == [(TRACE, SPAN, True)] * 3
    assert [each.attributes["seawall.job.attempt"] for each in attempts] == [1, 2, 3]
    assert {each.attributes["error.type"] for each in attempts} == {"RuntimeError"}
    assert {(line["trace_id"], line["span_id"]) for line in failures} == {(TRACE, each.id) for each in attempts}
    assert begun.parent == ""
    assert begun.trace != TRACE


async def test_spans_that_wait_are_sent_as_the_worker_stops(
    queue: Queue, url: str, tmp_path: Path, receiver: Collector
) -> None:
    said = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_BSP_SCHEDULE_DELAY": "600000"}
    with worker(tmp_path, url, **said) as running:
        job = await work.record.options(connection=queue.connection).enqueue("traced")
        await queue.wait(job, State.DONE)
        assert receiver.spans == []
        assert running.stop() == 0
    assert [span.name for span in receiver.spans] == ["process record"]
