"""One job under way: its function is called, and what came of it is told to the store."""

import asyncio
import contextvars
import inspect
import logging
import random
import time
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from seawall.errors import SeawallError
from seawall.jobs import meters
from seawall.jobs.acks import AGAIN_SECONDS, Acks
from seawall.jobs.deadlines import Deadlines
from seawall.jobs.function import AnyJob
from seawall.jobs.job import Job
from seawall.jobs.retry import Failure, after_failure
from seawall.jobs.states import State
from seawall.jobs.store import Claimed, LeaseLost, Store, StoreUnavailable
from seawall.runtime import logs, traces
from seawall.runtime.redaction import redact

if TYPE_CHECKING:
    from asyncpg import Connection

    from seawall.runtime.spans import Span

logger: Final = logging.getLogger(__name__)

ERROR_LIMIT: Final = 8_000  # characters kept of a traceback: its end, where the error is
ARGS_MISMATCH: Final = "args_mismatch"


class ArgumentsMismatch(Exception):  # noqa: N818 - a reason, kept with the dead job
    """The stored arguments do not fit the function of this release: trying again would not help."""


@dataclass(slots=True, eq=False)
class Run:
    """A claimed job in this process. `ended` is called with the seconds that its function took.

    `cancelled` says that the worker wants it to end: it is no failure, and goes back. `unwanted`: a person does.
    `late`: it has taken too long. `pending`: its task has ended, and its completion waits for the store.
    """

    claimed: Claimed
    ended: "Callable[[Run, float], None]"
    alone: bool = False
    begun: bool = False
    completed: bool = False
    finishing: bool = False
    pending: bool = False
    cancelled: bool = False
    unwanted: bool = False
    late: bool = False
    task: "asyncio.Task[None] | None" = None
    thread: "Future[object] | None" = field(default=None, repr=False)

    @property
    def stuck(self) -> bool:
        """Whether its function still runs in a thread that nobody can stop."""
        return self.thread is not None and not self.thread.done()

    def complete(self) -> None:
        """Note that its transaction has committed."""
        self.completed = True

    def call_off(self) -> None:
        """Have it end because a person wants that; a function in a thread, only if it has not begun."""
        if self.unwanted or self.finishing:
            return
        self.unwanted = True
        if self.thread is not None:
            self.thread.cancel()
        elif self.begun and self.task is not None:
            self.task.cancel()

    def time_out(self) -> None:
        """Have it end because it took too long."""
        self.late = True
        if self.task is not None:
            self.task.cancel()

    def cancel(self) -> None:
        """Have it end now."""
        self.cancelled = True
        self.pending = False
        if self.thread is not None:
            self.thread.cancel()  # helps where it has not begun
        if self.task is not None:
            self.task.cancel()


class _Known:
    """What is the same for all runs of a function."""

    def __init__(self, function: AnyJob) -> None:
        name = function.declared.name
        self.awaits = inspect.iscoroutinefunction(function.function)
        self.batched = function.declared.ack == "batched"
        self.running = meters.running.child(name)
        self.duration = meters.duration.child(name)


class Runner:
    """Runs jobs of one worker process; plain functions run in `threads`.

    `again` is called with the seconds after which a job that has failed may run again.
    """

    def __init__(self, store: Store, acks: Acks, threads: ThreadPoolExecutor, again: Callable[[float], None]) -> None:
        self._again = again
        self._store = store
        self._acks = acks
        self._threads = threads
        self._deadlines = Deadlines()
        self._known: dict[str, _Known] = {}

    async def run(self, function: AnyJob, run: Run) -> None:
        """Take `run` from its claim to its end. What a cancelled run leaves is for the worker to give back.

        One that is `pending` afterwards is brought to its end by `told`: a task that waited for that would cost more
        than all else that a short job does.
        """
        claimed = run.claimed
        known = self._known.get(claimed.name) or self._know(function)
        trace = _trace(claimed) if claimed.traceparent or traces.maker() else None
        token = logs.bind_plain({**_fields(claimed), **trace.fields} if trace else _fields(claimed))
        error: BaseException | None = None
        known.running.inc()
        started = time.perf_counter()
        try:
            error = await self._attempt(function, known, run)
            seconds = time.perf_counter() - started
            known.duration.observe(seconds)
            run.finishing = True
            run.ended(run, seconds)
            if error is None and known.batched and not (run.completed or run.cancelled):
                self._acks.put(run)
            else:
                await self._conclude(function, run, error)
        finally:
            known.running.dec()
            if trace:
                trace.end(error)
            logs.unbind(token)

    def told(self, run: Run, *, accepted: bool) -> None:
        """The store knows that a pending run is complete, or the fence refuses it."""
        run.pending = False
        if accepted:
            meters.success.child(run.claimed.name).inc()
            return
        token = logs.bind_plain({**_fields(run.claimed), **traces.fields(run.claimed.traceparent)})
        logger.warning("lease_lost: %s ended after another worker had been given it", run.claimed.name)
        logs.unbind(token)

    def _know(self, function: AnyJob) -> _Known:
        known = self._known[function.declared.name] = _Known(function)
        return known

    async def _attempt(self, function: AnyJob, known: _Known, run: Run) -> BaseException | None:
        """Call the function; returns what it raised."""
        run.begun = True
        try:
            if run.unwanted:
                raise asyncio.CancelledError  # noqa: TRY301 - as if it had been while it ran
            call = self._call(function, run)
            if known.awaits:
                await self._in_time(call, run, function.declared.timeout)
            else:
                await self._in_thread(call, run, function.declared.timeout)
        except BaseException as error:  # noqa: BLE001 - sys.exit() in a handler ends the job, not the worker
            return error
        return None

    async def _in_time(self, call: Callable[[], object], run: Run, limit: float | None) -> None:
        if limit is not None:
            self._deadlines.begin(run, limit)
        try:
            await cast("Awaitable[object]", call())
        except asyncio.CancelledError as error:
            if run.late and not (run.cancelled or run.unwanted):
                raise TimeoutError from error
            raise
        finally:
            if limit is not None:
                self._deadlines.end(run, limit)

    def _call(self, function: AnyJob, run: Run) -> Callable[[], object]:
        claimed = run.claimed
        try:
            args, kwargs = function.parameters.decode(claimed.args)
        except SeawallError as error:
            raise ArgumentsMismatch(str(error)) from None
        if function.takes_job:
            job = Job(
                id=claimed.id,
                name=claimed.name,
                queue=claimed.queue,
                key=claimed.key,
                claim=claimed.claim,
                attempt=claimed.attempt,
                max_attempts=claimed.max_attempts,
                enqueued_at=claimed.enqueued_at,
                tick=claimed.tick,
                completing=lambda: self._completing(run),
            )
            args.insert(0, job)
        return lambda: function.function(*args, **kwargs)

    @asynccontextmanager
    async def _completing(self, run: Run) -> "AsyncGenerator[Connection, None]":
        if run.completed:
            raise RuntimeError("the job is complete: it completes in one transaction")
        async with self._store.completing(run.claimed.held, run.complete) as connection:
            yield connection

    async def _in_thread(self, call: Callable[[], object], run: Run, limit: float | None) -> None:
        """Call a plain function in a thread, which no timeout can stop: that it takes too long is only said."""
        run.thread = self._threads.submit(contextvars.copy_context().run, call)
        result = asyncio.wrap_future(run.thread)
        try:
            if not (await asyncio.wait({result}, timeout=limit))[0]:
                logger.warning("%s runs in a thread for more than %g s, and cannot be stopped", run.claimed.name, limit)
            value = await result
        finally:
            result.cancel()  # or what a thread raises after all is reported as lost
        if inspect.isawaitable(value):  # of a plain function that wraps a coroutine function
            await value

    async def _conclude(self, function: AnyJob, run: Run, error: BaseException | None) -> None:
        name = run.claimed.name
        if run.completed:
            meters.success.child(name).inc()
            if error is not None and not run.cancelled:
                logger.error("%s raised after it was complete; it stays done", name, exc_info=error)
        elif run.cancelled:
            return
        elif isinstance(error, LeaseLost):
            logger.warning("lease_lost: what %s did was rolled back", name)
        elif error is not None and run.unwanted:
            await self._end_unwanted(function, run, error)
        elif error is not None:
            await self._fail(function, run, error)
        else:
            self.told(run, accepted=await self._acks.complete(run.claimed.held))

    async def _end_unwanted(self, function: AnyJob, run: Run, error: BaseException) -> None:
        text = None if isinstance(error, asyncio.CancelledError) else described(error, function.declared.timeout)
        if await self._tell(run, text, Failure(State.CANCELLED)):
            logger.info("%s was cancelled, as somebody asked", run.claimed.name)
        else:
            logger.warning("lease_lost: %s was cancelled after another worker had been given it", run.claimed.name)

    async def _fail(self, function: AnyJob, run: Run, error: BaseException) -> None:
        claimed = run.claimed
        failure = Failure(State.DEAD)
        if not isinstance(error, ArgumentsMismatch):
            chance = random.random()  # noqa: S311 - jitter
            policy = function.declared.policy
            failure = after_failure(error, claimed.attempt, claimed.max_attempts, policy, chance)
        if not await self._tell(run, described(error, function.declared.timeout), failure):
            logger.warning("lease_lost: %s failed after another worker had been given it", claimed.name)
            return
        if failure.state is State.CANCELLED:
            logger.info("%s was discarded: %s", claimed.name, str(error) or type(error).__name__)
            return
        meters.failure.child(claimed.name).inc()
        if failure.state is State.DEAD:
            meters.dead.child(claimed.name).inc()
            logger.error("%s is dead after attempt %d", claimed.name, claimed.attempt, exc_info=error)
        else:
            self._again(failure.delay)
            logger.warning("%s failed, again in %.1f s", claimed.name, failure.delay, exc_info=error)

    async def _tell(self, run: Run, text: str | None, failure: Failure) -> bool:
        """Tell the store of a failure, until it can be told: a worker that has lost its jobs cancels this."""
        held = run.claimed.held
        while True:
            try:
                if failure.state is State.CANCELLED:
                    return await self._store.cancelled(held, text)
                return await self._store.fail(held, text or "", failure.delay if failure.state is State.READY else None)
            except StoreUnavailable as unavailable:
                logger.debug("a failure waits to be stored: %s", unavailable)
                await asyncio.sleep(AGAIN_SECONDS)


def _fields(claimed: Claimed) -> dict[str, object]:
    return {"job_id": claimed.id, "job": claimed.name, "attempt": claimed.attempt}


def _trace(claimed: Claimed) -> "Span | traces.Passed":
    return traces.job(claimed.name, claimed.queue, claimed.id, claimed.attempt, claimed.traceparent)


def described(error: BaseException, timeout: float | None) -> str:
    """What is kept of an error: its traceback, without locals and without secrets."""
    if isinstance(error, ArgumentsMismatch):
        return f"{ARGS_MISMATCH}: {error}"
    if isinstance(error, TimeoutError) and not str(error):
        return f"TimeoutError: it took longer than {timeout:g} s" if timeout else "TimeoutError"
    return redact("".join(traceback.format_exception(error)))[-ERROR_LIMIT:]
