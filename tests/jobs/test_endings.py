"""How a job ends where its function raises, and what trace it belongs to: run by a worker, on the store in memory."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from opentelemetry.trace import SpanContext, get_current_span

from seawall.jobs import Backoff, Discard, Job, Jobs, Retry
from seawall.jobs.states import State
from seawall.jobs.stores.memory import MemoryStore, Row
from seawall.jobs.worker import Terms, Worker
from seawall.runtime import logs
from tests.support.waiting import until

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@dataclass
class Stop:
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    expired: asyncio.Event = field(default_factory=asyncio.Event)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def jobs(store: MemoryStore) -> Jobs:
    return Jobs(store=store)


async def worked(jobs: Jobs, done: Callable[[], bool]) -> None:
    """Let a worker run until `done`."""
    stop = Stop()
    task = asyncio.create_task(Worker(jobs, jobs.store(), Terms(concurrency=2), jobs.timetable({})).run(stop))

    async def is_done() -> bool:
        return done()

    try:
        await until(is_done)
    finally:
        stop.stopping.set()
        stop.expired.set()
        await asyncio.wait_for(task, 20)


def ends(row: Row) -> Callable[[], bool]:
    return lambda: row.state in {State.DONE, State.DEAD, State.CANCELLED}


async def test_a_job_that_discards_itself_ends_as_cancelled_with_its_reason(
    jobs: Jobs, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    @jobs.job
    async def ship(order: int) -> None:
        raise Discard(f"order {order} is gone")

    row = store.rows[await ship.options(key="k").enqueue(7)]
    following = store.rows[await ship.options(key="k").enqueue(8)]
    with caplog.at_level(logging.INFO, logger="seawall.jobs"):
        await worked(jobs, ends(following))
    assert (row.state, row.attempt) == (State.CANCELLED, 1)
    assert (row.last_error or "").endswith("Discard: order 7 is gone\n")
    assert "ship was discarded: order 7 is gone" in caplog.messages
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


async def test_a_job_may_ask_for_another_attempt_and_say_when(jobs: Jobs, store: MemoryStore) -> None:
    @jobs.job(backoff=Backoff(first=3600), max_attempts=3)
    def ask(job: Job) -> None:
        if job.attempt < 3:
            raise Retry("busy", after=0.01)

    row = store.rows[await ask.enqueue()]
    await worked(jobs, ends(row))
    assert (row.state, row.attempt) == (State.DONE, 3)


@pytest.mark.parametrize(
    ("error", "state", "attempts"),
    [(ConnectionResetError(), State.DEAD, 2), (KeyError("x"), State.CANCELLED, 1), (ValueError("x"), State.DEAD, 1)],
)
async def test_declared_exceptions_say_what_becomes_of_a_job(
    jobs: Jobs, store: MemoryStore, error: Exception, state: State, attempts: int
) -> None:
    @jobs.job(backoff=Backoff(first=0.01), max_attempts=2, retry_on=(OSError,), discard_on=(LookupError,))
    async def work() -> None:
        raise error

    row = store.rows[await work.enqueue()]
    await worked(jobs, ends(row))
    assert (row.state, row.attempt) == (state, attempts)
    assert type(error).__name__ in (row.last_error or "")


async def test_a_job_continues_the_trace_of_its_enqueue_and_so_do_those_that_it_enqueues(
    jobs: Jobs, store: MemoryStore
) -> None:
    seen: list[Mapping[str, object]] = []

    @jobs.job
    async def second() -> None:
        seen.append(logs.bound())

    @jobs.job
    def first() -> None:
        seen.append(logs.bound())
        store.enqueue_sync([second.message()], None)

    token = logs.bind(trace_id=TRACE, span_id=SPAN)
    job = await first.enqueue()
    logs.unbind(token)
    assert store.rows[job].message.traceparent == f"00-{TRACE}-{SPAN}-01"
    await worked(jobs, lambda: len(seen) == 2 and all(row.state is State.DONE for row in store.rows.values()))
    assert [fields["trace_id"] for fields in seen] == [TRACE, TRACE]
    spans = [str(fields["span_id"]) for fields in seen]
    assert len({SPAN, *spans}) == 3  # each run is a span of its own
    assert store.rows[job + 1].message.traceparent == f"00-{TRACE}-{spans[0]}-01"
    assert (seen[1]["job"], seen[1]["job_id"]) == ("second", job + 1)


async def test_spans_of_opentelemetry_in_a_job_continue_the_trace(jobs: Jobs, store: MemoryStore) -> None:
    seen: list[SpanContext] = []

    @jobs.job
    async def awaited() -> None:
        seen.append(get_current_span().get_span_context())

    @jobs.job
    def threaded() -> None:
        seen.append(get_current_span().get_span_context())

    token = logs.bind(trace_id=TRACE, span_id=SPAN)
    rows = [store.rows[job] for job in await jobs.enqueue_many([awaited.message(), threaded.message()])]
    logs.unbind(token)
    await worked(jobs, lambda: all(row.state is State.DONE for row in rows))
    assert [(each.trace_id, each.span_id) for each in seen] == [(int(TRACE, 16), int(SPAN, 16))] * 2
    assert not get_current_span().get_span_context().is_valid


async def test_without_a_trace_a_job_has_none(jobs: Jobs, store: MemoryStore) -> None:
    seen: list[Mapping[str, object]] = []

    @jobs.job
    async def work() -> None:
        seen.append(logs.bound())

    row = store.rows[await work.enqueue()]
    assert row.message.traceparent is None
    await worked(jobs, ends(row))
    assert set(seen[0]) == {"job_id", "job", "attempt"}


async def test_a_worker_whose_engine_is_broken_ends_and_gives_back_what_it_holds(
    jobs: Jobs, store: MemoryStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Else it would go on claiming jobs, and complete none."""

    @jobs.job
    async def nothing() -> None:
        pass

    async def answers_nonsense(_: object) -> None:
        pass

    monkeypatch.setattr(store, "complete", answers_nonsense)
    job = await nothing.enqueue()
    worker = Worker(jobs, store, Terms(concurrency=2), jobs.timetable({}))
    with pytest.raises(TypeError):
        await asyncio.wait_for(worker.run(Stop()), 20)
    assert store.rows[job].state is State.READY
    assert "the worker ends: acks failed" in caplog.text
