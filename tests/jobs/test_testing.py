"""`seawall.jobs.testing`, as an application's tests use it."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from seawall.jobs import Backoff, Discard, Job, Jobs, Retry
from seawall.jobs.states import State
from seawall.jobs.testing import MOST_RUNS, MemoryQueue, in_memory

NOON = datetime(2027, 1, 2, 12, tzinfo=UTC)
jobs = Jobs()
seen: list[object] = []


@jobs.job(queue="mail", backoff=Backoff(first=60), max_attempts=3)
async def send(to: str, copies: int = 1, *, tags: frozenset[str] = frozenset()) -> None:
    seen.append((to, copies, *sorted(tags)))
    if to == "nobody":
        raise LookupError(to)


@jobs.job
def order(number: int) -> None:
    seen.append(number)
    send.enqueue_sync(f"customer {number}")


@jobs.cron("0 0 * * *")
async def nightly(job: Job) -> None:
    seen.append(job.tick)


@pytest.fixture
def queue() -> Iterator[MemoryQueue]:
    seen.clear()
    with in_memory(jobs, now=NOON) as made:
        yield made


async def test_what_was_enqueued_can_be_asked_for(queue: MemoryQueue) -> None:
    await send.options(delay=60, key="k", priority=3).enqueue("ada", tags=frozenset({"a", "b"}))
    await send.enqueue("grace", 2)
    found = queue.assert_enqueued(send, "ada", copies=1, tags=frozenset({"b", "a"}))
    assert (found.queue, found.key, found.priority) == ("mail", "k", 3)
    assert (found.run_at, found.state, found.attempt) == (NOON + timedelta(minutes=1), State.READY, 0)
    assert [each.args["to"] for each in queue.enqueued(send)] == ["ada", "grace"]
    assert [each.name for each in queue.enqueued()] == ["send", "send"]
    queue.assert_not_enqueued(order)
    with pytest.raises(
        AssertionError, match=r"send was not enqueued with .*'mary'(?s:.*)there is\n.*'ada'(?s:.*)'grace'"
    ):
        queue.assert_enqueued(send, "mary")
    with pytest.raises(AssertionError, match="send was enqueued with"):
        queue.assert_not_enqueued(send)
    with pytest.raises(AssertionError, match="there is\n  nothing"):
        queue.assert_enqueued(order, 1)


async def test_run_runs_what_is_due_and_what_that_enqueues(queue: MemoryQueue) -> None:
    await order.enqueue(1)
    await send.options(delay=60).enqueue("later")
    assert [each.name for each in await queue.run()] == ["order", "send"]
    assert seen == [1, ("customer 1", 1)]
    queue.advance(59)
    assert await queue.run() == []
    queue.advance(timedelta(seconds=1))
    (ran,) = await queue.run()
    assert (ran.state, ran.attempt) == (State.DONE, 1)


async def test_the_error_of_a_job_is_that_of_the_test(queue: MemoryQueue) -> None:
    await send.enqueue("nobody")
    with pytest.raises(LookupError, match="nobody"):
        await queue.run()
    (found,) = queue.enqueued(send)
    assert (found.state, found.attempt, found.run_at) == (State.READY, 1, NOON + timedelta(minutes=1))
    assert isinstance(found.error, LookupError)


async def test_drain_goes_through_all_attempts(queue: MemoryQueue) -> None:
    await send.enqueue("nobody")
    ran = await queue.drain()
    assert [(each.state, each.attempt) for each in ran] == [(State.READY, 1), (State.READY, 2), (State.DEAD, 3)]
    assert queue.now == NOON + timedelta(seconds=60 + 120)
    assert len(seen) == 3


async def test_a_key_keeps_its_order(queue: MemoryQueue) -> None:
    for to in ("first", "second"):
        await send.options(key="k").enqueue(to)
    await queue.run()
    assert seen == [("first", 1), ("second", 1)]


async def test_a_cron_job_ticks_when_the_test_says_so(queue: MemoryQueue) -> None:
    await queue.tick(nightly)
    await queue.tick(nightly, NOON + timedelta(hours=12))
    await queue.run()
    assert seen == [NOON, NOON + timedelta(hours=12)]


async def test_what_a_job_means_is_no_error() -> None:
    own = Jobs()

    @own.job(discard_on=(KeyError,))
    async def work(job: Job, what: str) -> None:
        if what == "retry" and job.attempt == 1:
            raise Retry(after=5)
        if what == "discard":
            raise Discard("gone")
        if what == "gone":
            raise KeyError(what)

    with in_memory(own, now=NOON) as queue:
        for what in ("retry", "discard", "gone"):
            await work.enqueue(what)
        assert [each.state for each in await queue.run()] == [State.READY, State.CANCELLED, State.CANCELLED]
        queue.advance(5)
        (again,) = await queue.run()
        assert (again.state, again.error) == (State.DONE, None)


async def test_jobs_that_enqueue_themselves_for_ever_are_said_to_do_so() -> None:
    own = Jobs()

    @own.job
    async def work(later: float) -> None:
        await work.options(delay=later).enqueue(later)

    with in_memory(own) as queue:
        await work.enqueue(0.0)
        with pytest.raises(AssertionError, match=f"{MOST_RUNS} jobs have run, and work is enqueued again and again"):
            await queue.run()
    with in_memory(own) as queue:
        await work.enqueue(60.0)
        with pytest.raises(AssertionError, match=f"{MOST_RUNS} jobs have run, and there is more"):
            await queue.drain()


async def test_what_cannot_run_does_not_hold_drain_up(queue: MemoryQueue) -> None:
    await send.options(delay=60).enqueue("ada")
    await queue.store.desk.pause("queue", "mail")
    assert await queue.drain() == []


async def test_a_job_completes_on_the_connection_of_the_test(url: str) -> None:
    own = Jobs()

    @own.job
    async def write(job: Job, *, then: str = "") -> None:
        async with job.complete_in_transaction() as db:
            await db.execute("create table if not exists written (job bigint)")
            await db.execute("insert into written values ($1)", job.id)
        if then:
            raise RuntimeError(then)

    connection = await asyncpg.connect(url)
    with in_memory(own, connection=connection) as queue:
        first = await write.enqueue()
        await queue.run()
        second = await write.enqueue(then="too late")
        with pytest.raises(RuntimeError, match="too late"):
            await queue.run()
        assert [each.state for each in queue.enqueued()] == [State.DONE, State.DONE]
    assert await connection.fetchval("select array_agg(job order by job) from written") == [first, second]
    await connection.close()


def test_it_ends_with_its_context() -> None:
    with in_memory(jobs) as outer:
        with in_memory(jobs) as inner:
            asyncio.run(send.enqueue("ada"))
        assert len(inner.enqueued()) == 1
        assert outer.enqueued() == []
        send.enqueue_sync("grace")
        assert len(outer.enqueued()) == 1
    assert jobs.outbox.given is None
