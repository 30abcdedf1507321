"""What the engine needs of a place that holds jobs. `stores.postgres` and `stores.memory` keep it, under one suite.

All times are by the store's own clock. Whatever finishes a claim names it, and is refused once the claim is not the
job's last or no longer runs: that is the fence. A worker may be named instead where it gives back all that it holds: it
holds a row only while that row is under its claim.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol
from uuid import UUID

from seawall.errors import Problem, SeawallError
from seawall.jobs.cron import Due
from seawall.jobs.states import State

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from asyncpg import Connection

    from seawall.jobs.desk import Desk


class StoreUnavailable(Exception):  # noqa: N818 - as DatabaseUnavailable
    """The store cannot be used now; trying again later may help. Its text says why, for a log."""


class LeaseLost(SeawallError):  # noqa: N818 - the name by which the contract knows it
    """Another worker may have this job by now: what this one did about it in its transaction is rolled back. SW607."""

    def __init__(self, job: int, claim: int) -> None:
        super().__init__(Problem("SW607", f"claim {claim} of job {job} is no longer the last"))


@dataclass(slots=True)
class Message:
    """A job to be enqueued. It may run `delay` after `run_at` (None: now); `skip_dead`: once dead, it frees its key.

    `traceparent` is the trace in which it is enqueued, as W3C Trace Context writes it. Not to be changed: a frozen one
    takes three times as long to make, and there may be very many.
    """

    queue: str
    name: str
    args: str
    max_attempts: int
    priority: int = 0
    key: str | None = None
    run_at: datetime | None = None
    delay: timedelta = timedelta(0)
    skip_dead: bool = False
    release: str = ""
    tick: datetime | None = None
    traceparent: str | None = None


class Held(NamedTuple):
    """One claim of one job: what completes, fails or releases it must name both."""

    id: int
    claim: int


class Claimed(NamedTuple):
    """A job as its worker gets it. `attempt` counts this start. A tuple, because there are many: it costs a tenth."""

    id: int
    claim: int
    queue: str
    name: str
    args: str
    key: str | None
    priority: int
    attempt: int
    max_attempts: int
    crashes: int
    enqueued_at: datetime
    tick: datetime | None
    release: str
    run_at: datetime
    traceparent: str | None = None

    @property
    def held(self) -> Held:
        """The claim."""
        return Held(self.id, self.claim)


@dataclass(frozen=True, slots=True)
class Incarnation:
    """A worker process from one registration to the next; alive while its last beat is younger than `lease` seconds.

    `crons` are the schedules that it declares, by the name of the job.
    """

    id: UUID
    lease: float
    concurrency: int
    pid: int = 0
    instance: str = ""
    release: str = ""
    crons: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Rescued:
    """A job that was taken from a dead worker."""

    id: int
    claim: int
    name: str
    state: State
    crashes: int


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one look at a cron job did. `now` is the store's clock.

    Not `counts`: live workers of a newer release declare another schedule, or another worker is looking.
    """

    counts: bool
    ticks: tuple[datetime, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Depth:
    """How many jobs of a queue are in each live state, up to a limit, and how long the oldest has waited (seconds)."""

    queue: str
    counts: Mapping[State, int]
    oldest: float


class Heart(Protocol):
    """A worker's own way to the store for its beats, apart from all other traffic and threads."""

    async def beat(self, worker: UUID) -> bool:
        """Say that `worker` lives; False: it has been declared dead."""
        ...

    async def close(self) -> None:
        """Give up the connection."""
        ...


class Store(Protocol):
    """Holds jobs. Every method raises `StoreUnavailable` where the store cannot be used now, except `enqueue`."""

    @property
    def desk(self) -> "Desk":
        """What people do with jobs."""
        ...

    async def enqueue(
        self, messages: Sequence[Message], connection: object | None = None, *, wake: bool = True
    ) -> list[int]:
        """Add jobs, in their order, and return their ids; on `connection` they share the fate of its transaction.

        It is asynchronous, and of any driver that `connections` knows. Not to `wake` leaves the NOTIFY out of it.
        """
        ...

    def enqueue_sync(self, messages: Sequence[Message], connection: object, *, wake: bool = True) -> list[int]:
        """`enqueue` on a connection that blocks."""
        ...

    async def register(self, worker: Incarnation) -> None:
        """Let `worker` claim from now on, and let its schedules count."""
        ...

    def heart(self) -> Heart:
        """A way for beats; to be used in the event loop of the thread that beats."""
        ...

    async def release(self, worker: UUID, keep: Sequence[int] = ()) -> int:
        """Give back all jobs that `worker` holds but those in `keep`, as if they had not been started; how many."""
        ...

    async def put_back(self, held: Sequence[Held]) -> int:
        """Give back these jobs, as if they had not been started; how many the fence let pass."""
        ...

    async def leave(self, worker: UUID, *, later: bool = False) -> None:
        """`worker` ends in good order. `later`: it holds jobs that end only with its process, within a second."""
        ...

    async def die(self, worker: UUID) -> None:
        """Declare `worker` dead now: what it holds is for `rescue`."""
        ...

    async def claim(
        self, worker: UUID, queue: str, names: Sequence[str], limit: int, *, anew: bool = True
    ) -> list[Claimed]:
        """Take at most `limit` jobs of `queue`, none of them a suspect, that are called one of `names`, best first.

        Not `anew`: among a backlog, a better one that came within the last second may be passed over.
        """
        ...

    async def reserve(self, worker: UUID, queues: Sequence[str], names: Sequence[str]) -> int | None:
        """Set a suspect aside for `worker`: a job after whose start workers died. Returns its id."""
        ...

    async def claim_reserved(self, worker: UUID, job: int) -> Claimed | None:
        """Take the suspect that was set aside."""
        ...

    async def complete(self, held: Sequence[Held]) -> set[int]:
        """Finish jobs; returns the ids of those that this claim did finish, also if it had done so before."""
        ...

    def completing(self, held: Held, committed: Callable[[], None]) -> "AbstractAsyncContextManager[Connection]":
        """A transaction whose last statement completes the job; `committed` is called once it is certain.

        Raises:
            LeaseLost: at its end, where the claim is no longer the last. Everything is rolled back.
        """
        ...

    async def fail(self, held: Held, error: str, delay: float | None) -> bool:
        """Let the job run again after `delay` seconds, or (None) declare it dead; False where the fence refuses."""
        ...

    async def cancelled(self, held: Held, error: str | None) -> bool:
        """End a job as cancelled, with the `error` that it ended with; False where the fence refuses."""
        ...

    async def to_cancel(self, worker: UUID) -> list[Held]:
        """What `worker` holds and somebody asked to be cancelled."""
        ...

    async def rescue(self) -> list[Rescued]:
        """Take the jobs of all dead workers."""
        ...

    async def settle(self) -> int:
        """Make ready the first of each key that waits for nobody, and return how many.

        First, end what was to be cancelled while it ran, and came back to the queue.
        """
        ...

    async def declare(self, crons: Mapping[str, str]) -> None:
        """Make known the schedules, by name of their job. The first time, their ticks begin now."""
        ...

    async def tick(
        self,
        name: str,
        declaration: str,
        decide: Callable[[datetime, datetime], Due],
        message: Callable[[datetime], Message],
    ) -> Ticked:
        """Enqueue what is due of a cron job, each tick once, if `declaration` is the one that counts.

        `decide` gets the moment up to which ticks are dealt with and the store's clock.
        """
        ...

    async def depths(self, queues: Sequence[str]) -> list[Depth]:
        """How full the queues are."""
        ...

    async def prune(self, age: timedelta) -> int:
        """Forget finished jobs and ticks older than `age`; returns how many jobs, 0 once there are no more."""
        ...
