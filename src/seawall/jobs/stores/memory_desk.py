"""What people do with jobs, in memory."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from seawall.jobs.desk import Count, Filter, Kind, Pause, Record
from seawall.jobs.states import LIVE, State

if TYPE_CHECKING:
    from seawall.jobs.stores.memory import MemoryStore, Row


class MemoryDesk:
    """See `seawall.jobs.desk.Desk`."""

    def __init__(self, store: "MemoryStore") -> None:
        self._store = store

    async def find(self, which: Filter) -> list[Record]:
        """See `Desk`."""
        with self._store.lock:
            found = [row for row in self._store.rows.values() if _matches(row, which)]
            found.sort(key=lambda row: -row.id)
            return [self._record(row) for row in found[: which.limit]]

    async def show(self, job: int) -> Record | None:
        """See `Desk`."""
        with self._store.lock:
            row = self._store.rows.get(job)
            return None if row is None else self._record(row)

    async def stats(self) -> list[Count]:
        """See `Desk`."""
        with self._store.lock:
            groups: defaultdict[tuple[str, str, State], list[Row]] = defaultdict(list)
            for row in self._store.rows.values():
                if row.state in LIVE:
                    groups[row.message.queue, row.message.name, row.state].append(row)
            return [Count(*group, len(rows), min(row.run_at for row in rows)) for group, rows in sorted(groups.items())]

    async def cancel(self, jobs: Sequence[int]) -> dict[int, State]:
        """See `Desk`."""
        with self._store.lock:
            outcome: dict[int, State] = {}
            for row in self._of(jobs):
                if row.state in (State.READY, State.BLOCKED):
                    self._store.finish(row, State.CANCELLED)
                    outcome[row.id] = State.CANCELLED
                elif row.state is State.RUNNING:
                    row.cancel_requested = True
                    outcome[row.id] = State.RUNNING
            return outcome

    async def retry(self, jobs: Sequence[int]) -> set[int]:
        """See `Desk`."""
        with self._store.lock:
            chosen = self._of(jobs)
            dead = [row for row in chosen if row.state is State.DEAD]
            waiting = [row for row in chosen if row.state is State.READY]
            passed = {row.message.key for row in dead if row.message.skip_dead and row.message.key is not None}
            for row in self._store.rows.values():
                if row.message.key in passed and row.state is State.READY:
                    row.state = State.BLOCKED
            now = self._store.clock()
            for row in dead:
                row.state = State.BLOCKED if row.message.key in passed else State.READY
                row.attempt, row.crashes, row.run_at, row.cancel_requested = 0, 0, now, False
            for key in passed:
                self._store.unblock_key(key)
            for row in waiting:
                row.run_at = min(row.run_at, now)
            return {row.id for row in (*dead, *waiting)}

    async def discard(self, jobs: Sequence[int]) -> set[int]:
        """See `Desk`."""
        with self._store.lock:
            dead = [row for row in self._of(jobs) if row.state is State.DEAD]
            for row in dead:
                self._store.finish(row, State.CANCELLED)
            return {row.id for row in dead}

    async def pause(self, kind: Kind, name: str) -> bool:
        """See `Desk`."""
        new = (kind, name) not in self._store.pauses
        self._store.pauses.setdefault((kind, name), self._store.clock())
        return new

    async def resume(self, kind: Kind, name: str) -> bool:
        """See `Desk`."""
        return self._store.pauses.pop((kind, name), None) is not None

    async def paused(self) -> list[Pause]:
        """See `Desk`."""
        found = [Pause(kind, name, since) for (kind, name), since in self._store.pauses.items()]
        return sorted(found, key=lambda each: (each.name, each.kind))

    def _of(self, jobs: Sequence[int]) -> "list[Row]":
        return [self._store.rows[job] for job in sorted(set(jobs)) if job in self._store.rows]

    def _record(self, row: "Row") -> Record:
        sent, alive = row.message, self._store.workers.get(row.worker) if row.worker else None
        return Record(
            id=row.id,
            state=row.state,
            queue=sent.queue,
            name=sent.name,
            args=sent.args,
            key=sent.key,
            priority=sent.priority,
            attempt=row.attempt,
            max_attempts=sent.max_attempts,
            crashes=row.crashes,
            claim=row.claim,
            cancel_requested=row.cancel_requested,
            run_at=row.run_at,
            enqueued_at=row.enqueued_at,
            claimed_at=row.claimed_at,
            finished_at=row.finished_at,
            tick=sent.tick,
            release=sent.release,
            traceparent=sent.traceparent,
            last_error=row.last_error,
            worker=row.worker,
            instance=alive.incarnation.instance if alive else None,
            pid=alive.incarnation.pid if alive else None,
            beat=alive.beat if alive else None,
        )


def _matches(row: "Row", which: Filter) -> bool:
    sent = row.message
    return (
        (not which.states or row.state in which.states)
        and which.queue in (None, sent.queue)
        and which.name in (None, sent.name)
        and which.key in (None, sent.key)
        and (which.before is None or row.id < which.before)
    )
