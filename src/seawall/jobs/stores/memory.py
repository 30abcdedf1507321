"""Jobs in memory, for tests: the same behaviour as `stores.postgres`, on a clock that is passed in.

There is no transaction to share: `enqueue` ignores the connection, and a block of `completing` gets None.
"""

import threading
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from seawall import contract
from seawall.jobs import retry
from seawall.jobs.cron import Due
from seawall.jobs.states import LIVE, State
from seawall.jobs.store import Claimed, Depth, Held, Incarnation, LeaseLost, Message, Rescued, Ticked
from seawall.jobs.stores.memory_desk import MemoryDesk

if TYPE_CHECKING:
    from seawall.jobs.desk import Kind


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Row:
    """One job."""

    id: int
    message: Message
    run_at: datetime
    enqueued_at: datetime
    state: State
    claim: int = 0
    attempt: int = 0
    crashes: int = 0
    worker: UUID | None = None
    last_error: str | None = None
    claimed_at: datetime | None = None
    finished_at: datetime | None = None
    cancel_requested: bool = False

    @property
    def blocks(self) -> bool:
        """Whether those behind it in its key must wait."""
        return self.state in LIVE and not (self.state is State.DEAD and self.message.skip_dead)


@dataclass(slots=True)
class Alive:
    """A registered worker."""

    incarnation: Incarnation
    beat: datetime
    stopped: bool = False


@dataclass(slots=True)
class Cron:
    """How far the ticks of a cron job are dealt with. `seen` are its declarations in the order of their appearance."""

    declaration: str
    until: datetime
    seen: list[str] = field(default_factory=list[str])


class MemoryStore:
    """See `Store`. The lock is for the beats, which come from a thread of their own.

    `rows`, `workers`, `pauses`, `lock` and `unblock` are for `MemoryDesk`, too.
    """

    def __init__(self, clock: Callable[[], datetime] = _utc_now) -> None:
        self.clock = clock
        self.rows: dict[int, Row] = {}
        self.ticks: dict[tuple[str, datetime], int] = {}
        self.workers: dict[UUID, Alive] = {}
        self.pauses: dict[tuple[Kind, str], datetime] = {}
        self.lock = threading.Lock()
        self._crons: dict[str, Cron] = {}

    @property
    def desk(self) -> "MemoryDesk":
        """See `Store`."""
        return MemoryDesk(self)

    async def enqueue(
        self, messages: Sequence[Message], connection: object | None = None, *, wake: bool = True
    ) -> list[int]:
        """See `Store`."""
        return self.enqueue_sync(messages, connection, wake=wake)

    def enqueue_sync(self, messages: Sequence[Message], connection: object, *, wake: bool = True) -> list[int]:
        """See `Store`."""
        del connection, wake
        with self.lock:
            return [self._add(message) for message in messages]

    def _add(self, message: Message) -> int:
        now, job = self.clock(), len(self.rows) + 1
        waits = message.key is not None and any(r.message.key == message.key and r.blocks for r in self.rows.values())
        state = State.BLOCKED if waits else State.READY
        self.rows[job] = Row(job, message, (message.run_at or now) + message.delay, now, state)
        return job

    async def register(self, worker: Incarnation) -> None:
        """See `Store`."""
        with self.lock:
            self.workers[worker.id] = Alive(worker, self.clock())

    def heart(self) -> "MemoryStore":
        """See `Store`."""
        return self

    async def beat(self, worker: UUID) -> bool:
        """See `Heart`."""
        with self.lock:
            alive = self.workers.get(worker)
            if alive is None or alive.stopped:
                return False
            alive.beat = self.clock()
            return True

    async def close(self) -> None:
        """See `Heart`."""

    async def release(self, worker: UUID, keep: Sequence[int] = ()) -> int:
        """See `Store`."""
        with self.lock:
            held = [row for row in self.rows.values() if row.worker == worker and row.state is State.RUNNING]
            return self._free([row for row in held if row.id not in keep])

    async def put_back(self, held: Sequence[Held]) -> int:
        """See `Store`."""
        with self.lock:
            return self._free([row for each in held if (row := self._passes(each))])

    def _free(self, rows: Sequence[Row]) -> int:
        for row in rows:
            row.state, row.worker = State.READY, None
            row.attempt -= 1
        return len(rows)

    async def leave(self, worker: UUID, *, later: bool = False) -> None:
        """See `Store`."""
        with self.lock:
            alive = self.workers.get(worker)
            if not later:
                self.workers.pop(worker, None)
            elif alive is not None:
                alive.stopped = True
                alive.beat = self.clock() - timedelta(seconds=alive.incarnation.lease - 1)

    async def die(self, worker: UUID) -> None:
        """See `Store`."""
        with self.lock:
            if alive := self.workers.get(worker):
                alive.beat = self.clock() - timedelta(seconds=alive.incarnation.lease + 1)

    async def claim(
        self, worker: UUID, queue: str, names: Sequence[str], limit: int, *, anew: bool = True
    ) -> list[Claimed]:
        """See `Store`."""
        del anew
        with self.lock:
            if not self._lives(worker) or ("queue", queue) in self.pauses:
                return []
            found = [
                row
                for row in self._claimable(names)
                if row.message.queue == queue and row.crashes < contract.LONE_AFTER_CRASHES
            ]
            found.sort(key=lambda row: (-row.message.priority, row.run_at, row.id))
            taken = sorted(found[:limit], key=lambda row: (-row.message.priority, row.id))
            return [self._take(row, worker) for row in taken]

    async def reserve(self, worker: UUID, queues: Sequence[str], names: Sequence[str]) -> int | None:
        """See `Store`."""
        with self.lock:
            for row in sorted(self._claimable(names), key=lambda row: (row.run_at, row.id)):
                if self._paused(row):
                    continue
                mine = row.worker is None or row.worker == worker or not self._lives(row.worker)
                if row.message.queue in queues and row.crashes >= contract.LONE_AFTER_CRASHES and mine:
                    row.worker = worker
                    return row.id
            return None

    async def claim_reserved(self, worker: UUID, job: int) -> Claimed | None:
        """See `Store`."""
        with self.lock:
            row = self.rows[job]
            ours = row.worker == worker and row.state is State.READY
            free = not row.cancel_requested and not self._paused(row)
            return self._take(row, worker) if ours and free and self._lives(worker) else None

    def _paused(self, row: Row) -> bool:
        return bool({("queue", row.message.queue), ("job", row.message.name)} & self.pauses.keys())

    def _lives(self, worker: UUID) -> bool:
        alive = self.workers.get(worker)
        return alive is not None and not alive.stopped and self._fresh(alive)

    def _fresh(self, alive: Alive) -> bool:
        return self.clock() - alive.beat <= timedelta(seconds=alive.incarnation.lease)

    def _claimable(self, names: Sequence[str]) -> list[Row]:
        now = self.clock()
        return [
            row
            for row in self.rows.values()
            if row.state is State.READY
            and row.run_at <= now
            and row.message.name in names
            and ("job", row.message.name) not in self.pauses
            and not row.cancel_requested
            and not self._waits(row)
        ]

    def _waits(self, row: Row) -> bool:
        key = row.message.key
        return key is not None and any(
            other.id < row.id and other.message.key == key and other.blocks for other in self.rows.values()
        )

    def _take(self, row: Row, worker: UUID) -> Claimed:
        row.state, row.worker, row.claimed_at = State.RUNNING, worker, self.clock()
        row.claim += 1
        row.attempt += 1
        sent = row.message
        return Claimed(
            row.id, row.claim, sent.queue, sent.name, sent.args, sent.key, sent.priority, row.attempt,
            sent.max_attempts, row.crashes, row.enqueued_at, sent.tick, sent.release, row.run_at, sent.traceparent,
        )  # fmt: skip

    def _passes(self, held: Held) -> Row | None:
        """The row, where the fence lets this claim pass."""
        row = self.rows[held.id]
        return row if row.claim == held.claim and row.state is State.RUNNING else None

    async def complete(self, held: Sequence[Held]) -> set[int]:
        """See `Store`."""
        with self.lock:
            finished: set[int] = set()
            for each in held:
                row = self.rows[each.id]
                if self._passes(each):
                    self.finish(row, State.DONE)
                if row.state is State.DONE and row.claim == each.claim:
                    finished.add(each.id)
            return finished

    @asynccontextmanager
    async def completing(self, held: Held, committed: Callable[[], None]) -> AsyncGenerator[Any, None]:
        """See `Store`."""
        yield None
        with self.lock:
            if self._passes(held) is None:
                raise LeaseLost(held.id, held.claim)
        await self.complete([held])
        committed()

    async def fail(self, held: Held, error: str, delay: float | None) -> bool:
        """See `Store`."""
        with self.lock:
            row = self._passes(held)
            if row is None:
                return False
            row.last_error, row.worker = error, None
            row.state = State.DEAD if delay is None else State.READY
            if delay is None:
                self.unblock_key(row.message.key)
            else:
                row.run_at = self.clock() + timedelta(seconds=delay)
            return True

    async def cancelled(self, held: Held, error: str | None) -> bool:
        """See `Store`."""
        with self.lock:
            row = self._passes(held)
            if row is not None:
                row.last_error = error if error is not None else row.last_error
                self.finish(row, State.CANCELLED)
            return row is not None

    async def to_cancel(self, worker: UUID) -> list[Held]:
        """See `Store`."""
        with self.lock:
            rows = [row for row in self.rows.values() if row.worker == worker and row.state is State.RUNNING]
            return [Held(row.id, row.claim) for row in rows if row.cancel_requested]

    def finish(self, row: Row, state: State) -> None:
        """Let a job leave for the history, and the next of its key go on."""
        row.state, row.finished_at, row.cancel_requested = state, self.clock(), False
        self.unblock_key(row.message.key)

    async def rescue(self) -> list[Rescued]:
        """See `Store`."""
        with self.lock:
            lost = {key: alive for key, alive in self.workers.items() if not self._fresh(alive)}
            for key in lost:
                del self.workers[key]
            gone = [row for row in self.rows.values() if row.state is State.RUNNING and row.worker not in self.workers]
            held = [row.worker for row in gone]
            return [
                self._rescue(row, lost.get(worker), held.count(worker))
                for row, worker in zip(gone, held, strict=True)
                if worker
            ]

    def _rescue(self, row: Row, worker: Alive | None, held: int) -> Rescued:
        row.worker, row.state = None, State.READY
        if worker is not None and worker.stopped:
            row.attempt -= 1
        else:
            row.last_error = f"its worker died in attempt {row.attempt}"
            after = retry.after_crash(row.attempt, row.message.max_attempts, row.crashes, alone=held == 1)
            row.state = State.DEAD if after.dead else State.READY
            row.attempt, row.crashes = after.attempt, after.crashes
        return Rescued(row.id, row.claim, row.message.name, row.state, row.crashes)

    async def settle(self) -> int:
        """See `Store`."""
        with self.lock:
            for row in self.rows.values():
                if row.cancel_requested and row.state in (State.READY, State.BLOCKED):
                    self.finish(row, State.CANCELLED)
            return sum(self.unblock_key(key) for key in {row.message.key for row in self.rows.values()})

    def unblock_key(self, key: str | None) -> int:
        """Make ready the first of a key that waits for nobody; returns how many."""
        rows = [row for row in self.rows.values() if key is not None and row.message.key == key]
        waiting = [row for row in rows if row.state is State.BLOCKED]
        if not waiting or any(row.state is State.RUNNING or (row.blocks and row.id < waiting[0].id) for row in rows):
            return 0
        waiting[0].state = State.READY
        return 1

    async def declare(self, crons: Mapping[str, str]) -> None:
        """See `Store`."""
        with self.lock:
            for name, declaration in crons.items():
                cron = self._crons.setdefault(name, Cron(declaration, self.clock()))
                if declaration not in cron.seen:
                    cron.seen.append(declaration)

    async def tick(
        self,
        name: str,
        declaration: str,
        decide: Callable[[datetime, datetime], Due],
        message: Callable[[datetime], Message],
    ) -> Ticked:
        """See `Store`."""
        with self.lock:
            now, cron = self.clock(), self._crons.get(name)
            held = {a.incarnation.crons.get(name) for key, a in self.workers.items() if self._lives(key)}
            counting = [each for each in cron.seen if each in held] if cron else []
            if cron is None or not counting or counting[-1] != declaration:
                return Ticked(counts=False, ticks=(), now=now)
            due = decide(cron.until if cron.declaration == declaration else now, now)
            ticks = tuple(tick for tick in due.ticks if (name, tick) not in self.ticks)
            for tick in ticks:
                self.ticks[name, tick] = self._add(message(tick))
            if due.ticks or cron.declaration != declaration:
                cron.until, cron.declaration = due.until, declaration
            return Ticked(counts=True, ticks=ticks, now=now)

    async def depths(self, queues: Sequence[str]) -> list[Depth]:
        """See `Store`."""
        with self.lock:
            found: list[Depth] = []
            for queue in queues:
                rows = [row for row in self.rows.values() if row.message.queue == queue]
                waits = [(self.clock() - row.run_at).total_seconds() for row in rows if row.state is State.READY]
                counts = {state: sum(row.state is state for row in rows) for state in LIVE}
                found.append(Depth(queue, counts, max(0.0, *waits, 0.0)))
            return found

    async def prune(self, age: timedelta) -> int:
        """See `Store`; what is in memory is small, and stays."""
        del age
        return 0
