"""For the tests of an application: its jobs in memory, on a clock that a test moves, run when a test says so.

    with in_memory(jobs) as queue:
        await shop.order("a kite")
        queue.assert_enqueued(fulfil, order_id=1)
        await queue.run()

No database is needed for the queue, and no worker runs. What is enqueued on a caller's connection is there at once:
that it goes with its transaction is for tests with a database.
"""

import asyncio
import inspect
import uuid
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, ParamSpec, cast

from seawall.jobs.enqueuer import Enqueuer
from seawall.jobs.function import AnyJob
from seawall.jobs.job import Job
from seawall.jobs.jobs import Jobs
from seawall.jobs.retry import Retry, after_failure
from seawall.jobs.states import State
from seawall.jobs.store import Claimed, Incarnation
from seawall.jobs.stores.memory import MemoryStore, Row

if TYPE_CHECKING:
    from asyncpg import Connection

__all__ = ["Enqueued", "MemoryQueue", "in_memory"]

Args = ParamSpec("Args")

_LEASE: Final = timedelta(days=36500).total_seconds()  # nobody is taken for dead, however far the clock is moved
_MIDDLE: Final = 0.5  # of the spread of a backoff: a test is to know when the next attempt comes
MOST_RUNS: Final = 1000


@dataclass(frozen=True, slots=True)
class Enqueued:
    """A job in memory. `args` are all that its function gets, by name; `error` is what it failed with at last."""

    id: int
    name: str
    args: dict[str, object]
    queue: str
    key: str | None
    priority: int
    run_at: datetime
    state: State
    attempt: int
    error: BaseException | None


class MemoryQueue:
    """The jobs of one test. `now` is the time there; `advance` moves it."""

    def __init__(self, jobs: Jobs, connection: "Connection | None", now: datetime) -> None:
        self.now = now
        self.store = MemoryStore(lambda: self.now)
        self._jobs = jobs
        self._connection = connection
        self._worker = Incarnation(uuid.uuid4(), _LEASE, concurrency=1)
        self._errors: dict[int, BaseException] = {}

    def advance(self, time: float | timedelta) -> None:
        """Let so much time pass, in seconds or as a timedelta. Nothing runs by itself."""
        self.now += time if isinstance(time, timedelta) else timedelta(seconds=time)

    def enqueued(self, job: "Enqueuer[...] | None" = None) -> list[Enqueued]:
        """What was enqueued, whatever became of it: all of it or that of one `job`, in its order."""
        rows = self.store.rows.values()
        return [self._enqueued(row) for row in rows if job is None or row.message.name == job.declared.name]

    def assert_enqueued(self, job: Enqueuer[Args], *args: Args.args, **kwargs: Args.kwargs) -> Enqueued:
        """The last enqueue of `job` with these arguments.

        Raises:
            AssertionError: there is none; it says what there is.
        """
        wanted = job.parameters.by_name(job.parameters.encode(args, kwargs))
        found = self.enqueued(job)
        alike = [each for each in found if each.args == wanted]
        if not alike:
            there = "\n".join(f"  {each.args}" for each in found) or "  nothing"
            raise AssertionError(f"{job.declared.name} was not enqueued with {wanted}; there is\n{there}")
        return alike[-1]

    def assert_not_enqueued(self, job: "Enqueuer[...]") -> None:
        """Nobody has enqueued `job`.

        Raises:
            AssertionError: somebody has.
        """
        if found := self.enqueued(job):
            raise AssertionError(f"{job.declared.name} was enqueued with {found[0].args}")

    async def tick(self, job: AnyJob, moment: datetime | None = None) -> int:
        """Enqueue a cron job as if its schedule had come to `moment` (now); returns the job's id."""
        (made,) = await self.store.enqueue([job.encoded("{}", moment or self.now)])
        return made

    async def run(self, *, raising: bool = True) -> list[Enqueued]:
        """Run what is due, one after the other, also what that enqueues; returns it in the order of its runs.

        Unless `raising` is off, the error of a job that fails is raised, after the job has been put back as a worker
        would do that. `Retry`, and what discards a job, are no errors.

        Raises:
            AssertionError: there is no end to it.
        """
        await self.store.register(self._worker)
        ran: list[int] = []
        while claimed := await self._claim():
            ran.append(claimed.id)
            await self._run(claimed, raising=raising)
            if len(ran) >= MOST_RUNS:
                raise AssertionError(f"{MOST_RUNS} jobs have run, and {claimed.name} is enqueued again and again")
        return [self._enqueued(self.store.rows[job]) for job in ran]

    async def drain(self, *, raising: bool = False) -> list[Enqueued]:
        """`run`, and again at each time for which something waits, until nothing does: all attempts of all jobs."""
        ran = await self.run(raising=raising)
        while waiting := [row.run_at for row in self.store.rows.values() if row.state is State.READY]:
            self.now = max(self.now, min(waiting))
            more = await self.run(raising=raising)
            if not more:  # paused, or of a name that these jobs do not have
                break
            ran += more
            if len(ran) >= MOST_RUNS:
                raise AssertionError(f"{MOST_RUNS} jobs have run, and there is more")
        return ran

    async def _claim(self) -> Claimed | None:
        names = list(self._jobs.functions)
        queues = dict.fromkeys(row.message.queue for row in self.store.rows.values())
        for queue in queues:
            if found := await self.store.claim(self._worker.id, queue, names, 1):
                return found[0]
        return None

    async def _run(self, claimed: Claimed, *, raising: bool) -> None:
        function = self._jobs.functions[claimed.name]
        completed: list[bool] = []
        self._errors.pop(claimed.id, None)
        try:
            await self._call(function, claimed, completed)
        except Exception as error:
            self._errors[claimed.id] = error
            meant = not completed and await self._fail(function, claimed, error)
            if raising and not meant:
                raise
        finally:
            await self.store.complete([claimed.held])  # which the fence refuses where it has failed

    async def _call(self, function: AnyJob, claimed: Claimed, completed: list[bool]) -> None:
        args, kwargs = function.parameters.decode(claimed.args)
        if function.takes_job:
            args.insert(0, self._job(claimed, completed))
        if inspect.iscoroutinefunction(function.function):
            await function.function(*args, **kwargs)
        else:
            await asyncio.to_thread(function.function, *args, **kwargs)

    def _job(self, claimed: Claimed, completed: list[bool]) -> Job:
        connection = self._connection

        @asynccontextmanager
        async def completing() -> "AsyncGenerator[Connection, None]":
            async with cast("Connection", connection).transaction():
                yield cast("Connection", connection)
            completed.append(True)

        return Job(
            id=claimed.id,
            name=claimed.name,
            queue=claimed.queue,
            key=claimed.key,
            claim=claimed.claim,
            attempt=claimed.attempt,
            max_attempts=claimed.max_attempts,
            enqueued_at=claimed.enqueued_at,
            tick=claimed.tick,
            completing=None if connection is None else completing,
        )

    async def _fail(self, function: AnyJob, claimed: Claimed, error: Exception) -> bool:
        """What a worker does of an error; whether the function has meant it."""
        policy = function.declared.policy
        failure = after_failure(error, claimed.attempt, claimed.max_attempts, policy, _MIDDLE)
        if failure.state is State.CANCELLED:
            return await self.store.cancelled(claimed.held, repr(error))
        again = failure.state is State.READY
        await self.store.fail(claimed.held, repr(error), failure.delay if again else None)
        return again and isinstance(error, Retry)

    def _enqueued(self, row: Row) -> Enqueued:
        sent = row.message
        return Enqueued(
            id=row.id,
            name=sent.name,
            args=self._jobs.named(sent.name).parameters.by_name(sent.args),
            queue=sent.queue,
            key=sent.key,
            priority=sent.priority,
            run_at=row.run_at,
            state=row.state,
            attempt=row.attempt,
            error=self._errors.get(row.id),
        )


@contextmanager
def in_memory(
    jobs: Jobs, *, connection: "Connection | None" = None, now: datetime | None = None
) -> Generator[MemoryQueue]:
    """As long as the context lasts, `jobs` are enqueued in memory; yields what a test does with them.

    A job's `complete_in_transaction` gives `connection`, in a transaction of its own; without one, a connection of the
    process' pool. `now` is the time at which the clock stands (the real one).
    """
    queue = MemoryQueue(jobs, connection, now or datetime.now(UTC))
    outer, jobs.outbox.given = jobs.outbox.given, queue.store
    try:
        yield queue
    finally:
        jobs.outbox.given = outer
