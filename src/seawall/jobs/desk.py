"""What people do with jobs: look at them, and decide about them. Each store has a `Desk`; `inspect` is its public face.

Every method raises `StoreUnavailable` where the store cannot be used now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from seawall.jobs.states import State

Kind = Literal["queue", "job"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which jobs to list, newest first; what is None or empty does not matter. `before`: only those with a lower id."""

    states: Sequence[State] = ()
    queue: str | None = None
    name: str | None = None
    key: str | None = None
    before: int | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Record:
    """A job with all that is known of it, live or finished.

    `worker` holds it or held it last; `beat`, its last sign of life, and what else is known of it only while it lives.
    """

    id: int
    state: State
    queue: str
    name: str
    args: str
    key: str | None
    priority: int
    attempt: int
    max_attempts: int
    crashes: int
    claim: int
    cancel_requested: bool
    run_at: datetime
    enqueued_at: datetime
    claimed_at: datetime | None
    finished_at: datetime | None
    tick: datetime | None
    release: str
    traceparent: str | None
    last_error: str | None
    worker: UUID | None
    instance: str | None = None
    pid: int | None = None
    beat: datetime | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many live jobs of a queue and a name are in a state, and since when the first of them might have run."""

    queue: str
    name: str
    state: State
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """A queue, or the jobs of a name, of which nothing is claimed."""

    kind: Kind
    name: str
    since: datetime


class Desk(Protocol):
    """One store, as people use it."""

    async def find(self, which: Filter) -> list[Record]:
        """The jobs that `which` describes, newest first."""
        ...

    async def show(self, job: int) -> Record | None:
        """One job; None: there is none, or it was forgotten."""
        ...

    async def stats(self) -> list[Count]:
        """The live jobs, counted."""
        ...

    async def cancel(self, jobs: Sequence[int]) -> dict[int, State]:
        """Cancel those that wait (then `CANCELLED`), and have those that run be cancelled (still `RUNNING`).

        Those that are neither are left out.
        """
        ...

    async def retry(self, jobs: Sequence[int]) -> set[int]:
        """Let dead ones begin again with all their attempts, and ready ones run now; returns which.

        One that had let later jobs of its key pass goes before those that wait, and after the one that runs.
        """
        ...

    async def discard(self, jobs: Sequence[int]) -> set[int]:
        """Give dead ones up: they end as cancelled, with their last error; returns which."""
        ...

    async def pause(self, kind: Kind, name: str) -> bool:
        """Let nothing be claimed of a queue, or of the jobs of a name; what runs goes on. False: it was so already."""
        ...

    async def resume(self, kind: Kind, name: str) -> bool:
        """Undo `pause`; False: there was nothing to undo."""
        ...

    async def paused(self) -> list[Pause]:
        """What is paused, in the order of names."""
        ...
