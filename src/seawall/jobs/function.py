"""A function that has been declared a job: still callable as it was, and enqueueable, typed by its own parameters."""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from seawall import contract
from seawall.jobs.arguments import Parameters
from seawall.jobs.retry import Backoff
from seawall.jobs.store import Message, Store

if TYPE_CHECKING:
    from asyncpg import Connection

Call = ParamSpec("Call")
Args = ParamSpec("Args")
Result = TypeVar("Result")

PRIORITIES = range(-(2**15), 2**15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is declared of a job beside its function. `timeout` is in seconds; None: no limit."""

    name: str
    queue: str = contract.DEFAULT_QUEUE
    priority: int = 0
    max_attempts: int = contract.MAX_ATTEMPTS
    timeout: float | None = contract.WORKER_DRAIN_SECONDS
    backoff: Backoff = field(default_factory=Backoff)
    skip_dead: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.max_attempts < PRIORITIES.stop:
            raise ValueError(f"job {self.name!r}: max_attempts must be at least 1, saw {self.max_attempts}")
        if self.timeout is not None and self.timeout <= 0:
            raise ValueError(f"job {self.name!r}: timeout must be more than 0 seconds, saw {self.timeout}")
        if self.priority not in PRIORITIES:
            raise ValueError(f"job {self.name!r}: priority must be from {PRIORITIES.start} to {PRIORITIES.stop - 1}")


class JobFunction(Generic[Call, Args, Result]):
    """A job. Calling it calls the plain function; `enqueue` takes the same arguments without the `Job`."""

    def __init__(
        self, function: Callable[Call, Result], options: Options, store: Callable[[], Store], *, takes_job: bool
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.declared = options
        self.takes_job = takes_job
        self.parameters = Parameters(options.name, function, takes_job=takes_job)
        self._store = store

    def __call__(self, *args: Call.args, **kwargs: Call.kwargs) -> Result:
        """Call the function as it was written, here and now."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<job {self.declared.name!r}>"

    async def enqueue(self, *args: Args.args, **kwargs: Args.kwargs) -> int:
        """Have a worker call the function with these arguments; returns the job's id once that is certain.

        Raises:
            SeawallError: SW602, SW603 or SW604 for arguments that do not fit or cannot be stored; SW502 or SW509 for a
                database that cannot be reached or does not know jobs yet.
        """
        return await self.send(Sending(), *args, **kwargs)

    def options(
        self,
        *,
        connection: "Connection | None" = None,
        delay: float | timedelta | None = None,
        run_at: datetime | None = None,
        priority: int | None = None,
        key: str | None = None,
    ) -> "Enqueuer[Args]":
        """How to enqueue, differently from the declaration.

        On `connection`, an asyncpg connection, the job commits or rolls back with its transaction. The job runs `delay`
        (seconds, or a timedelta) from now, or not before `run_at`. Jobs with the same `key` run one after the other, in
        the order in which they were committed. A higher `priority` goes first within its queue.

        Raises:
            ValueError: both a delay and a time, a time without a zone, or a priority out of range.
        """
        if delay is not None and run_at is not None:
            raise ValueError("delay and run_at exclude each other")
        if run_at is not None and run_at.tzinfo is None:
            raise ValueError("run_at needs a time zone, such as datetime.now(UTC)")
        if priority is not None and priority not in PRIORITIES:
            raise ValueError(f"priority must be from {PRIORITIES.start} to {PRIORITIES.stop - 1}")
        wait = delay if isinstance(delay, timedelta) else timedelta(seconds=delay or 0)
        return Enqueuer(self, Sending(connection, wait, run_at, priority, key))

    async def send(self, sending: "Sending", *args: Args.args, **kwargs: Args.kwargs) -> int:
        """`enqueue` as `sending` says."""
        message = self.message(self.parameters.encode(args, kwargs))
        message = replace(message, key=sending.key, run_at=sending.run_at, delay=sending.delay)
        if sending.priority is not None:
            message = replace(message, priority=sending.priority)
        (job,) = await self._store().enqueue([message], sending.connection)
        return job

    def message(self, args: str, tick: datetime | None = None) -> Message:
        """What is enqueued for the encoded `args`, as declared."""
        own = self.declared
        return Message(
            queue=own.queue,
            name=own.name,
            args=args,
            max_attempts=own.max_attempts,
            priority=own.priority,
            skip_dead=own.skip_dead,
            release=os.environ.get(contract.RELEASE, ""),
            tick=tick,
        )


AnyJob = JobFunction[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Sending:
    """What a caller may say about one enqueue; see `JobFunction.options`."""

    connection: "Connection | None" = None
    delay: timedelta = timedelta(0)
    run_at: datetime | None = None
    priority: int | None = None
    key: str | None = None


class Enqueuer(Generic[Args]):
    """A job and how it is to be enqueued, from `JobFunction.options`. May be used many times."""

    __slots__ = ("_function", "_sending")

    def __init__(self, function: JobFunction[Any, Args, Any], sending: Sending) -> None:
        self._function = function
        self._sending = sending

    async def enqueue(self, *args: Args.args, **kwargs: Args.kwargs) -> int:
        """See `JobFunction.enqueue`."""
        return await self._function.send(self._sending, *args, **kwargs)
