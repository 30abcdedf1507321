"""The loop of a worker, on the store in memory."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest

from seawall import contract
from seawall.errors import SeawallError
from seawall.jobs import Backoff, Job, Jobs, meters
from seawall.jobs.holding import HELD_PER_PLACE
from seawall.jobs.states import State
from seawall.jobs.store import Claimed, Message, StoreUnavailable
from seawall.jobs.stores.memory import MemoryStore
from seawall.jobs.worker import Terms, Worker
from tests.support.waiting import until

SOON = Backoff(first=0.01)


class Stop:
    """What SIGTERM and the end of the drain do."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self.expired = asyncio.Event()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def jobs(store: MemoryStore) -> Jobs:
    return Jobs(store=store)


@asynccontextmanager
async def working(jobs: Jobs, *, concurrency: int = 4, lease: float = 30.0) -> AsyncIterator[tuple[Worker, Stop]]:
    """Run a worker until the block ends, and let it stop in good order."""
    stop = Stop()
    worker = Worker(jobs, jobs.store(), Terms(concurrency=concurrency, lease=lease), jobs.timetable({}))
    task = asyncio.create_task(worker.run(stop))
    try:
        yield worker, stop
    finally:
        stop.stopping.set()
        stop.expired.set()
        await asyncio.wait_for(task, 20)


def rows(store: MemoryStore, state: State) -> int:
    return sum(row.state is state for row in store.rows.values())


async def reaches(store: MemoryStore, state: State, count: int = 1) -> None:
    async def there() -> bool:
        return rows(store, state) >= count

    await until(there)


async def set_within(event: asyncio.Event | threading.Event) -> None:
    async def there() -> bool:
        return event.is_set()

    await until(there)


async def test_more_jobs_than_places_all_run_and_never_too_many_at_once(jobs: Jobs, store: MemoryStore) -> None:
    now = most = 0

    @jobs.job()
    async def work(number: int) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001 * (number % 3))
        now -= 1

    for number in range(50):
        await work.enqueue(number)
    async with working(jobs, concurrency=4):
        await reaches(store, State.DONE, 50)
    assert most == 4
    assert {row.attempt for row in store.rows.values()} == {1}


async def test_a_job_that_always_fails_is_started_as_often_as_it_may_be_and_then_dead(
    jobs: Jobs, store: MemoryStore
) -> None:
    attempts: list[int] = []

    @jobs.job(max_attempts=3, backoff=SOON)
    async def fails(job: Job) -> None:
        attempts.append(job.attempt)
        raise RuntimeError("postgresql://app:hunter2@db/orders is not nice")

    job = await fails.enqueue()
    async with working(jobs):
        await reaches(store, State.DEAD)
        await asyncio.sleep(0.1)
    assert attempts == [1, 2, 3]
    kept = store.rows[job].last_error
    assert kept is not None
    assert "RuntimeError: postgresql://" in kept
    assert "hunter2" not in kept


async def test_a_job_that_takes_too_long_is_cancelled_and_has_failed(jobs: Jobs, store: MemoryStore) -> None:
    @jobs.job(max_attempts=1, timeout=0.05)
    async def hangs() -> None:
        await asyncio.sleep(60)

    job = await hangs.enqueue()
    async with working(jobs):
        await reaches(store, State.DEAD)
    assert store.rows[job].last_error == "TimeoutError: it took longer than 0.05 s"


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), asyncio.CancelledError(), GeneratorExit()])
async def test_whatever_a_handler_raises_ends_the_job_and_not_the_worker(
    jobs: Jobs, store: MemoryStore, error: BaseException
) -> None:
    @jobs.job(max_attempts=1)
    async def raises() -> None:
        raise error

    @jobs.job()
    async def works() -> None: ...

    await raises.enqueue()
    async with working(jobs):
        await reaches(store, State.DEAD)
        await works.enqueue()
        await reaches(store, State.DONE)


async def test_a_plain_function_runs_in_a_thread_and_keeps_its_context(jobs: Jobs, store: MemoryStore) -> None:
    threads: list[threading.Thread] = []

    @jobs.job()
    def work(job: Job, name: str) -> None:
        threads.append(threading.current_thread())
        assert (job.name, name) == ("work", "x")

    await work.enqueue("x")
    async with working(jobs):
        await reaches(store, State.DONE)
    assert threads[0] is not threading.main_thread()


async def test_a_thread_that_takes_too_long_is_waited_for_and_not_run_twice(
    jobs: Jobs, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    release = threading.Event()
    starts: list[int] = []

    @jobs.job(timeout=0.05)
    def hangs() -> None:
        starts.append(1)
        release.wait(20)

    await hangs.enqueue()
    async with working(jobs):

        async def said() -> bool:
            return "cannot be stopped" in caplog.text

        await until(said)
        assert rows(store, State.RUNNING) == 1
        release.set()
        await reaches(store, State.DONE)
    assert starts == [1]


async def test_arguments_of_another_release_are_the_end_at_once(jobs: Jobs, store: MemoryStore) -> None:
    @jobs.job()
    async def work(to: str) -> None:
        pytest.fail(to)

    (job,) = await store.enqueue([Message("default", "work", '{"recipient":"x"}', 5)])
    async with working(jobs):
        await reaches(store, State.DEAD)
    row = store.rows[job]
    assert row.attempt == 1
    assert row.last_error is not None
    assert row.last_error.startswith("args_mismatch: ")
    assert "missing 'to'" in row.last_error


async def test_a_job_of_an_unknown_name_is_left_alone(jobs: Jobs, store: MemoryStore) -> None:
    @jobs.job()
    async def known() -> None: ...

    (other,) = await store.enqueue([Message("default", "unknown", "{}", 5)])
    await known.enqueue()
    async with working(jobs):
        await reaches(store, State.DONE)
    row = store.rows[other]
    assert (row.state, row.attempt, row.claim) == (State.READY, 0, 0)


async def test_an_error_after_the_completion_changes_nothing(
    jobs: Jobs, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    @jobs.job(max_attempts=1)
    async def work(job: Job) -> None:
        async with job.complete_in_transaction():
            pass
        raise RuntimeError("too late")

    await work.enqueue()
    async with working(jobs):

        async def said() -> bool:
            return "it stays done" in caplog.text

        await until(said)
    assert rows(store, State.DONE) == 1


async def test_a_job_completes_once_only(jobs: Jobs, store: MemoryStore, caplog: pytest.LogCaptureFixture) -> None:
    @jobs.job()
    async def work(job: Job) -> None:
        async with job.complete_in_transaction():
            pass
        async with job.complete_in_transaction():
            pytest.fail("the job is complete")

    await work.enqueue()
    async with working(jobs):
        await reaches(store, State.DONE)
    assert "completes in one transaction" in caplog.text


async def test_what_lost_its_lease_is_no_failure(
    jobs: Jobs, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    taken = asyncio.Event()

    @jobs.job()
    async def work(job: Job) -> None:
        if job.claim == 1:
            store.workers.clear()  # somebody takes this worker for dead
            await store.rescue()
            taken.set()
        async with job.complete_in_transaction():
            pass

    job = await work.enqueue()
    async with working(jobs, lease=1.0):
        await set_within(taken)
        await reaches(store, State.DONE)
    row = store.rows[job]
    assert (row.claim, row.crashes, row.last_error) == (2, 1, "its worker died in attempt 1")
    assert "lease_lost: what work did was rolled back" in caplog.text


async def test_a_completion_that_the_fence_refuses_is_said_and_not_counted(
    jobs: Jobs, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    @jobs.job(name="refused once")
    async def work(job: Job) -> None:
        if job.claim == 1:
            await store.rescue()  # nobody is dead
            store.workers.clear()
            await store.rescue()

    await work.enqueue()
    async with working(jobs, lease=1.0):
        await reaches(store, State.DONE)
    assert caplog.text.count("lease_lost: refused once ended after another worker had been given it") == 1
    assert meters.success.child("refused once").value == 1


async def test_a_worker_taken_for_dead_cancels_its_handlers_and_begins_anew(
    jobs: Jobs, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    @jobs.job()
    async def work(job: Job) -> None:
        if job.claim > 1:
            return
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()

    await work.enqueue()
    async with working(jobs, lease=0.6):
        await set_within(started)
        store.workers.clear()
        await store.rescue()
        await set_within(cancelled)
        await reaches(store, State.DONE)
    assert "lease_lost: it was taken for dead; its jobs are cancelled: work 1" in caplog.text


class Flaky(MemoryStore):
    """A store that can be switched off."""

    away = False

    async def _ask(self, call: Callable[[], object]) -> object:
        if self.away:
            raise StoreUnavailable("switched off")
        return await call()  # type: ignore[misc]

    async def beat(self, worker: object) -> bool:
        return bool(await self._ask(partial(super().beat, worker)))  # type: ignore[arg-type]

    async def complete(self, held: object) -> set[int]:
        return await self._ask(partial(super().complete, held))  # type: ignore[arg-type,return-value]

    async def register(self, worker: object) -> None:
        await self._ask(partial(super().register, worker))  # type: ignore[arg-type]

    async def settle(self) -> int:
        return await self._ask(super().settle)  # type: ignore[return-value]

    async def release(self, worker: object, keep: object = ()) -> int:
        return await self._ask(partial(super().release, worker, keep))  # type: ignore[arg-type,return-value]


async def test_a_completion_waits_for_the_store_to_come_back() -> None:
    store = Flaky()
    jobs = Jobs(store=store)
    done = asyncio.Event()

    @jobs.job()
    async def work() -> None:
        store.away = True
        done.set()

    await work.enqueue()
    async with working(jobs):
        await set_within(done)
        await asyncio.sleep(0.1)
        assert rows(store, State.RUNNING) == 1
        store.away = False
        await reaches(store, State.DONE)
    assert store.rows[1].attempt == 1


class Faulty(MemoryStore):
    """A store with a bug that shows once, in `complete` or in `claim`."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where

    def _trip(self, where: str) -> None:
        if self.where == where and self.rows:
            self.where = ""
            raise ZeroDivisionError

    async def complete(self, held: object) -> set[int]:
        self._trip("complete")
        return await super().complete(held)  # type: ignore[arg-type]

    async def claim(self, worker: object, *args: object, **options: object) -> list[Claimed]:
        self._trip("claim")
        return await super().claim(worker, *args, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("where", ["complete", "claim"])
async def test_a_fault_of_the_engine_holds_no_job_for_ever(where: str, caplog: pytest.LogCaptureFixture) -> None:
    store = Faulty(where)
    jobs = Jobs(store=store)

    @jobs.job()
    async def work() -> None: ...

    await work.enqueue()
    async with working(jobs):
        await reaches(store, State.DONE)
    row = store.rows[1]
    assert (row.attempt, row.crashes) == (1, 0)
    assert "ZeroDivisionError" in caplog.text


async def test_a_worker_that_cannot_beat_cancels_its_handlers_before_it_can_be_declared_dead() -> None:
    store = Flaky()
    jobs = Jobs(store=store)
    lease = 1.2
    started, cancelled = asyncio.Event(), asyncio.Event()
    moments: list[float] = []

    @jobs.job()
    async def work(job: Job) -> None:
        if job.claim > 1:
            return
        started.set()
        store.away = True
        try:
            await asyncio.sleep(60)
        finally:
            moments.append(time.monotonic())
            cancelled.set()

    await work.enqueue()
    async with working(jobs, lease=lease) as (worker, _):
        await set_within(started)
        assert worker.beat is not None
        beat = worker.beat
        await set_within(cancelled)
        assert moments[0] - beat.last < lease
        store.away = False
        await reaches(store, State.DONE)
        assert worker.beat is not beat
    assert store.rows[1].crashes == 0  # it gave the job back by itself


async def test_a_job_that_stops_the_process_time_and_again_is_dead_in_the_end(
    jobs: Jobs, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    claims: list[int] = []

    @jobs.job(max_attempts=10)
    async def blocks(job: Job) -> None:
        claims.append(job.claim)
        time.sleep(0.9)  # noqa: ASYNC251 - that is the case
        await asyncio.sleep(60)

    job = await blocks.enqueue()
    async with working(jobs, lease=0.6):
        await reaches(store, State.DEAD)
    row = store.rows[job]
    assert (claims, row.crashes, row.attempt) == ([1, 2, 3], 3, 3)
    assert "job blocks 1 at" in caplog.text
    assert "in blocks" in caplog.text


class LosesAnswers(MemoryStore):
    """A store that claims, and is then away before it can say what."""

    def __init__(self) -> None:
        super().__init__()
        self.losses = 1
        self.asked_late = 0

    async def claim(self, worker: object, *args: object, **options: object) -> list[Claimed]:
        found = await super().claim(worker, *args, **options)  # type: ignore[arg-type]
        if found and self.losses:
            self.losses -= 1
            raise StoreUnavailable("the answer got lost")
        return found


async def test_a_claim_whose_answer_got_lost_is_given_back_by_a_worker_that_lives() -> None:
    store = LosesAnswers()
    jobs = Jobs(store=store)
    done: list[int] = []

    @jobs.job()
    async def work(number: int) -> None:
        done.append(number)

    for number in range(3):
        await work.enqueue(number)
    async with working(jobs, concurrency=2):
        await reaches(store, State.DONE, 3)
    assert sorted(done) == [0, 1, 2]
    assert {(row.attempt, row.crashes) for row in store.rows.values()} == {(1, 0)}


async def test_a_suspect_runs_alone(jobs: Jobs, store: MemoryStore) -> None:
    log: list[str] = []
    go = {name: asyncio.Event() for name in ("before", "suspect", "after")}

    @jobs.job()
    async def work(name: str) -> None:
        log.append(f"{name} starts")
        await go[name].wait()
        log.append(f"{name} ends")

    async def logged(line: str) -> bool:
        return line in log

    async def set_aside() -> bool:
        return store.rows[suspect].worker is not None

    await work.enqueue("before")
    async with working(jobs, concurrency=3, lease=0.6) as (worker, _):
        await until(partial(logged, "before starts"))
        suspect = await work.enqueue("suspect")
        store.rows[suspect].crashes = 2
        worker.wake()
        await until(set_aside)
        await work.enqueue("after")
        worker.wake()
        await asyncio.sleep(0.1)  # nothing may start meanwhile
        go["before"].set()
        await until(partial(logged, "suspect starts"))
        worker.wake()
        await asyncio.sleep(0.1)  # nor now
        go["suspect"].set()
        go["after"].set()
        await reaches(store, State.DONE, 3)
    steps = [f"{name} {step}" for name in ("before", "suspect", "after") for step in ("starts", "ends")]
    assert log == steps


async def test_stopping_waits_for_what_runs_and_gives_back_the_rest(jobs: Jobs, store: MemoryStore) -> None:
    started = asyncio.Event()

    @jobs.job()
    async def work(seconds: float) -> None:
        started.set()
        await asyncio.sleep(seconds)

    short, long = await work.enqueue(0.2), await work.enqueue(60)
    stop = Stop()
    worker = Worker(jobs, store, Terms())
    task = asyncio.create_task(worker.run(stop))
    await set_within(started)
    stop.stopping.set()
    late = await work.enqueue(0)
    await reaches(store, State.DONE)
    assert not task.done()
    stop.expired.set()
    assert await task
    states = [(store.rows[job].state, store.rows[job].attempt) for job in (short, long, late)]
    assert states == [(State.DONE, 1), (State.READY, 0), (State.READY, 0)]


async def test_a_handler_that_will_not_be_cancelled_holds_nobody_up(jobs: Jobs, store: MemoryStore) -> None:
    over = asyncio.Event()
    started = asyncio.Event()

    @jobs.job()
    async def stubborn() -> None:
        started.set()
        while not over.is_set():
            try:
                await over.wait()
            except asyncio.CancelledError:
                continue

    job = await stubborn.enqueue()
    stop = Stop()
    task = asyncio.create_task(Worker(jobs, store, Terms()).run(stop))
    await set_within(started)
    stop.stopping.set()
    stop.expired.set()
    assert await asyncio.wait_for(task, 20) is False  # the process has to end for it
    assert store.rows[job].state is State.RUNNING
    over.set()


async def test_a_key_keeps_its_order_in_a_worker(jobs: Jobs, store: MemoryStore) -> None:
    order: list[int] = []

    @jobs.job(backoff=SOON)
    async def work(job: Job, number: int) -> None:
        if number == 2 and job.attempt == 1:
            raise RuntimeError("once")
        await asyncio.sleep(0.002)
        order.append(number)

    for number in range(6):
        await work.options(key="k").enqueue(number)
    async with working(jobs, lease=3.0):
        await reaches(store, State.DONE, 6)
    assert order == list(range(6))


async def test_crons_and_intervals_run(jobs: Jobs) -> None:
    ticks: list[object] = []
    calls: list[bool] = []

    @jobs.cron("* * * * * *")
    async def tick(job: Job) -> None:
        ticks.append(job.tick)

    @jobs.every(0.02)
    def look() -> None:
        calls.append(threading.current_thread() is threading.main_thread())

    @jobs.every(0.02)
    async def overlaps() -> None:
        assert not hasattr(overlaps, "busy")
        overlaps.busy = True  # type: ignore[attr-defined]
        await asyncio.sleep(0.05)
        del overlaps.busy  # type: ignore[attr-defined]

    async with working(jobs):

        async def enough() -> bool:
            return len(ticks) >= 2 and len(calls) >= 3

        await until(enough)
    assert len(set(ticks)) == len(ticks)
    assert not any(calls)


async def test_enqueueing_by_name_says_what_is_known(jobs: Jobs) -> None:
    @jobs.job()
    async def send_mail() -> None: ...

    assert jobs.named("send_mail") is send_mail
    with pytest.raises(SeawallError, match="did you mean 'send_mail'"):
        jobs.named("send_mial")


# --- Cancelling what runs ------------------------------------------------------------------------------------------


async def test_what_runs_is_cancelled_when_somebody_asks(jobs: Jobs, store: MemoryStore) -> None:
    started = asyncio.Event()

    @jobs.job()
    async def work() -> None:
        started.set()
        await asyncio.sleep(60)

    job = await work.enqueue()
    async with working(jobs) as (worker, _):
        await set_within(started)
        await store.desk.cancel([job])
        worker.wake(contract.JOBS_CANCEL)
        await reaches(store, State.CANCELLED)
        again = await work.enqueue()
        worker.wake()
        await reaches(store, State.RUNNING)  # the worker lives
        await store.desk.cancel([again])  # and without the bell it looks by itself
        await reaches(store, State.CANCELLED, 2)
    assert (store.rows[job].last_error, store.rows[job].attempt) == (None, 1)


async def test_what_a_cancelled_job_raises_instead_is_kept(jobs: Jobs, store: MemoryStore) -> None:
    started = asyncio.Event()

    @jobs.job()
    async def work() -> None:
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            raise RuntimeError("could not tidy up")

    job = await work.enqueue()
    async with working(jobs) as (worker, _):
        await set_within(started)
        await store.desk.cancel([job])
        worker.wake(contract.JOBS_CANCEL)
        await reaches(store, State.CANCELLED)
    assert "could not tidy up" in (store.rows[job].last_error or "")


async def test_a_thread_is_not_cancelled_but_no_further_attempt_follows(jobs: Jobs, store: MemoryStore) -> None:
    started, release = threading.Event(), threading.Event()

    @jobs.job(backoff=SOON)
    def fails() -> None:
        started.set()
        release.wait(20)
        raise RuntimeError("no")

    await fails.enqueue()
    async with working(jobs) as (worker, _):
        await set_within(started)
        await store.desk.cancel([1])
        worker.wake(contract.JOBS_CANCEL)

        async def heeded() -> bool:
            return any(run.unwanted for run in worker._holding.runs.values())

        await until(heeded)
        assert rows(store, State.RUNNING) == 1
        release.set()
        await reaches(store, State.CANCELLED)
    assert store.rows[1].attempt == 1


async def test_a_function_that_returns_although_it_was_cancelled_is_done(jobs: Jobs, store: MemoryStore) -> None:
    started = asyncio.Event()

    @jobs.job()
    async def work() -> None:
        started.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)

    await work.enqueue()
    async with working(jobs) as (worker, _):
        await set_within(started)
        await store.desk.cancel([1])
        worker.wake(contract.JOBS_CANCEL)
        await reaches(store, State.DONE)


# --- Claiming ahead ------------------------------------------------------------------------------------------------


class Slow(MemoryStore):
    """A store whose completions wait until they are let through; notes the most that was held at once."""

    def __init__(self) -> None:
        super().__init__()
        self.through = asyncio.Event()
        self.most = 0

    async def complete(self, held: object) -> set[int]:
        await self.through.wait()
        return await super().complete(held)  # type: ignore[arg-type]

    async def claim(self, worker: object, *args: object, **options: object) -> list[Claimed]:
        found = await super().claim(worker, *args, **options)  # type: ignore[arg-type]
        self.most = max(self.most, rows(self, State.RUNNING))
        return found


async def test_functions_do_not_wait_for_commits_but_what_is_held_is_bounded() -> None:
    store = Slow()
    jobs = Jobs(store=store)
    count = 0

    @jobs.job()
    async def work() -> None:
        nonlocal count
        count += 1

    for _ in range(60):
        await work.enqueue()

    async def all_it_may() -> bool:
        return count == 4 * HELD_PER_PLACE

    async with working(jobs, concurrency=4):
        await until(all_it_may)
        store.through.set()
        await reaches(store, State.DONE, 60)
    assert store.most == 4 * HELD_PER_PLACE
    assert count == 60


async def test_what_was_claimed_ahead_goes_back_when_its_turn_does_not_come(jobs: Jobs, store: MemoryStore) -> None:
    blocked, over = asyncio.Event(), asyncio.Event()

    @jobs.job()
    async def work(number: int) -> None:
        if number >= 40:
            blocked.set()
            await over.wait()

    for number in range(60):
        await work.enqueue(number)
    async with working(jobs, concurrency=2):
        await set_within(blocked)

        async def only_two() -> bool:
            return rows(store, State.RUNNING) == 2 and rows(store, State.READY) == 18

        await until(only_two)
        over.set()
        await reaches(store, State.DONE, 60)
    assert {row.attempt for row in store.rows.values()} == {1}
    assert max(row.claim for row in store.rows.values()) >= 2


class Asked(MemoryStore):
    """A store that notes which claims were to begin anew."""

    def __init__(self) -> None:
        super().__init__()
        self.anew: list[bool] = []

    async def claim(self, worker: object, *args: object, anew: bool = True) -> list[Claimed]:
        self.anew.append(anew)
        return await super().claim(worker, *args)  # type: ignore[arg-type]


async def test_what_failed_runs_again_when_its_time_has_come_and_not_at_the_next_look(
    jobs: Jobs, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "POLL_SECONDS", 1000.0)

    @jobs.job(backoff=SOON)
    async def fails_once(job: Job) -> None:
        if job.attempt == 1:
            raise RuntimeError

    await fails_once.enqueue()
    async with working(jobs):
        await reaches(store, State.DONE)


async def test_in_a_backlog_claims_begin_anew_only_when_something_may_have_come() -> None:
    store = Asked()
    jobs = Jobs(store=store)
    rung: list[int] = []

    @jobs.job()
    async def work(number: int) -> None:
        if number == 20:
            rung.append(len(store.anew))
            worker.wake()

    for number in range(40):
        await work.enqueue(number)
    async with working(jobs, concurrency=2) as (worker, _):
        await reaches(store, State.DONE, 40)
    assert store.anew[0]
    assert not any(store.anew[1 : rung[0]])
    assert store.anew[rung[0]]


async def test_a_completion_that_is_told_at_once_waits_for_no_other() -> None:
    store = Slow()
    jobs = Jobs(store=store)
    sizes: list[int] = []
    complete = store.complete

    async def counted(held: list[object]) -> set[int]:
        sizes.append(len(held))
        return await complete(held)

    store.complete = counted  # type: ignore[assignment,method-assign]

    @jobs.job(ack="inline")
    async def work() -> None: ...

    for _ in range(4):
        await work.enqueue()

    async def all_under_way() -> bool:
        return sizes == [1, 1, 1, 1]

    async with working(jobs):
        await until(all_under_way)
        store.through.set()
        await reaches(store, State.DONE, 4)
