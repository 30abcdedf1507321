"""Jobs in PostgreSQL 15 to 18. The statements, and why they are as they are, stand in ``sql/queries.sql``."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg
import orjson

from seawall import contract
from seawall.jobs import connections
from seawall.jobs.cron import Due
from seawall.jobs.states import State
from seawall.jobs.store import (
    Claimed,
    Depth,
    Heart,
    Held,
    Incarnation,
    LeaseLost,
    Message,
    Rescued,
    StoreUnavailable,
    Ticked,
)
from seawall.jobs.stores.access import Access, Rows
from seawall.jobs.stores.desk import PostgresDesk
from seawall.jobs.stores.heart import PostgresHeart
from seawall.jobs.stores.queries import QUERIES
from seawall.jobs.stores.resume import Resume
from seawall.jobs.stores.sender import Sender
from seawall.jobs.stores.trouble import TROUBLE
from seawall.runtime.database import Database
from seawall.runtime.lane import Lane
from seawall.runtime.transaction import transaction

if TYPE_CHECKING:
    from asyncpg import Connection

DEPTH_LIMIT: Final = 10_000  # jobs counted of one state of one queue
PRUNE_LIMIT: Final = 5_000  # rows deleted in one statement
TRUNCATE_LOCK_MILLISECONDS: Final = 50  # for which others may have to stand behind a lock that is not to be had
READ_BACK_SECONDS: Final = 0.5  # between tries to learn what became of a commit


class PostgresStore:
    """The store on the database that `pool` gives when one is needed.

    Blocks of `completing` get their connections from `transactions`, apart from all else; beats connect to `url`. A
    process that only enqueues needs neither, and one that does so on connections of its own not even the pool; `lane`
    is the `Sender`'s.
    """

    def __init__(
        self,
        pool: Callable[[], Database],
        *,
        transactions: Database | None = None,
        lane: Callable[[], Database | Lane] | None = None,
        url: str = "",
    ) -> None:
        self._pool = pool
        self._transactions = transactions
        self._url = url
        self._access = Access(pool)
        self._sender = Sender(pool, lane)
        self._desk = PostgresDesk(self._access)
        self._resumes: dict[str, Resume] = {}

    @property
    def desk(self) -> PostgresDesk:
        """See `Store`."""
        return self._desk

    async def enqueue(
        self, messages: Sequence[Message], connection: object | None = None, *, wake: bool = True
    ) -> list[int]:
        """See `Store` and `Sender.enqueue`."""
        return await self._sender.enqueue(messages, connection, wake=wake)

    def enqueue_sync(self, messages: Sequence[Message], connection: object, *, wake: bool = True) -> list[int]:
        """See `Store`."""
        return connections.enqueue_sync(messages, connection, wake=wake)

    async def ring(self, text: str = "") -> None:
        """See `Sender.ring`."""
        await self._sender.ring(text)

    # --- Workers -----------------------------------------------------------------------------------------------------

    async def register(self, worker: Incarnation) -> None:
        """See `Store`."""
        lease = timedelta(seconds=worker.lease)
        crons = orjson.dumps(dict(worker.crons)).decode()
        await self._access.fetch(
            "register", worker.id, lease, worker.pid, worker.concurrency, worker.instance, worker.release, crons
        )

    def heart(self) -> Heart:
        """See `Store`."""
        return PostgresHeart(self._url)

    async def release(self, worker: UUID, keep: Sequence[int] = ()) -> int:
        """See `Store`."""
        return len(await self._access.fetch("release", worker, list(keep)))

    async def put_back(self, held: Sequence[Held]) -> int:
        """See `Store`."""
        return len(await self._access.fetch("put_back", *_pairs(held)))

    async def leave(self, worker: UUID, *, later: bool = False) -> None:
        """See `Store`."""
        await self._access.fetch("leave_later" if later else "leave", worker)

    async def die(self, worker: UUID) -> None:
        """See `Store`."""
        await self._access.fetch("die", worker)

    async def claim(
        self, worker: UUID, queue: str, names: Sequence[str], limit: int, *, anew: bool = True
    ) -> list[Claimed]:
        """See `Store`. In a backlog, or while an old snapshot makes this slow, it goes on where it ended: `Resume`."""
        resume = self._resumes.setdefault(queue, Resume())
        terms = (worker, queue, list(names))
        jobs: list[Claimed] = []
        mark = resume.mark(time.monotonic(), anew=anew)
        if mark:
            behind = (mark.priority, mark.run_at, mark.id)
            jobs = _jobs(await self._access.fetch("claim_from", *terms, limit, contract.LONE_AFTER_CRASHES, *behind))
            resume.claimed(jobs, limit)
        if mark is None or (len(jobs) < limit and not resume.slow):
            began, missing = time.monotonic(), limit - len(jobs)
            first = _jobs(await self._access.fetch("claim", *terms, missing, contract.LONE_AFTER_CRASHES))
            resume.scanned(began, time.monotonic(), missing)
            resume.claimed(first, missing)
            jobs += first
        return sorted(jobs, key=lambda job: (-job.priority, job.id))

    async def reserve(self, worker: UUID, queues: Sequence[str], names: Sequence[str]) -> int | None:
        """See `Store`."""
        rows = await self._access.fetch("reserve", worker, list(queues), list(names))
        return rows[0]["id"] if rows else None

    async def claim_reserved(self, worker: UUID, job: int) -> Claimed | None:
        """See `Store`."""
        rows = await self._access.fetch("claim_reserved", worker, job)
        return _jobs(rows)[0] if rows else None

    # --- Finishing ---------------------------------------------------------------------------------------------------

    async def complete(self, held: Sequence[Held]) -> set[int]:
        """See `Store`."""
        held = sorted(held)
        async with self._access.use() as connection:
            finished = await self._complete(connection, held)
            # Refused, or finished by an earlier try whose answer got lost.
            if missing := [each for each in held if each.id not in finished]:
                rows: Rows = await connection.fetch(QUERIES["completed"], *_pairs(missing))
                finished |= {row["id"] for row in rows}
        return finished

    @asynccontextmanager
    async def completing(self, held: Held, committed: Callable[[], None]) -> "AsyncGenerator[Connection, None]":
        """See `Store`. What became of a commit whose answer got lost is read back before this returns or raises."""
        # Others complete on these connections, too: waiting for one is part of the job, and no outage.
        async with (self._transactions or self._pool()).acquire(contract.DATABASE_STATEMENT_SECONDS) as connection:
            begun = connection.transaction()
            await begun.start()
            try:
                yield connection
                await self._complete_or_refuse(connection, held)
            except BaseException:
                with suppress(*TROUBLE):  # a server that is gone has rolled back
                    await begun.rollback()
                raise
            try:
                await begun.commit()
            except (*TROUBLE, asyncio.CancelledError) as error:
                if not await self._committed(held):
                    raise
                committed()
                if isinstance(error, asyncio.CancelledError):
                    raise
            else:
                committed()

    async def _complete_or_refuse(self, connection: "Connection", held: Held) -> None:
        if not await self._complete(connection, [held]):
            raise LeaseLost(held.id, held.claim)

    async def _committed(self, held: Held) -> bool:
        """Whether a commit that may still be under way on the server has completed the job, waiting for it to end."""
        while True:
            try:
                async with self._access.use() as connection:
                    if await connection.fetchval(QUERIES["await_outcome"], held.id, held.claim):
                        return False
                    rows: Rows = await connection.fetch(QUERIES["completed"], *_pairs([held]))
                    return bool(rows)
            except StoreUnavailable:
                await asyncio.sleep(READ_BACK_SECONDS)  # ended, if not by the database, by the loss of the lease

    async def _complete(self, connection: "Connection", held: Sequence[Held]) -> set[int]:
        return await self._finish(connection, held, State.DONE, None)

    async def _finish(
        self, connection: "Connection", held: Sequence[Held], state: State, error: str | None
    ) -> set[int]:
        statement = await self._access.of_today(connection, "finish")
        rows: Rows = await connection.fetch(statement, *_pairs(held), state, error)
        if keys := {key for _, key in rows if key is not None}:
            await connection.execute(QUERIES["unblock"], sorted(keys))
        return {job for job, _ in rows}

    async def fail(self, held: Held, error: str, delay: float | None) -> bool:
        """See `Store`."""
        wait = None if delay is None else timedelta(seconds=delay)
        async with self._access.use() as connection:
            rows: Rows = await connection.fetch(QUERIES["fail"], held.id, held.claim, wait, _storable(error))
            keys = [row["key"] for row in rows if row["key"] is not None]
            if keys and delay is None:
                await connection.execute(QUERIES["unblock"], keys)
        return bool(rows)

    async def cancelled(self, held: Held, error: str | None) -> bool:
        """See `Store`."""
        async with self._access.use() as connection:
            text = None if error is None else _storable(error)
            return bool(await self._finish(connection, [held], State.CANCELLED, text))

    async def to_cancel(self, worker: UUID) -> list[Held]:
        """See `Store`."""
        return [Held(row["id"], row["claim"]) for row in await self._access.fetch("to_cancel", worker)]

    # --- Looking after -----------------------------------------------------------------------------------------------

    async def rescue(self) -> list[Rescued]:
        """See `Store`. A job that a paused process has locked is taken another time."""
        async with self._access.use_whole() as connection:
            dead: Rows = await connection.fetch(QUERIES["mourn"])
            rows: Rows = await connection.fetch(QUERIES["rescue"], contract.MAX_CRASHES)
            if dead:
                await connection.execute(QUERIES["bury"], [row["id"] for row in dead])
        if rows:
            self._resumes.clear()  # what is ready again lies before what was claimed last
        return [Rescued(row["id"], row["claim"], row["name"], State(row["state"]), row["crashes"]) for row in rows]

    async def settle(self) -> int:
        """See `Store`."""
        if idle := [row["id"] for row in await self._access.fetch("cancelled_idle")]:
            await self._desk.cancel(idle)
        async with self._access.use() as connection:
            keys: Rows = await connection.fetch(QUERIES["blocked_keys"])
            if not keys:
                return 0
            return len(await connection.fetch(QUERIES["unblock"], [row["key"] for row in keys]))

    async def declare(self, crons: Mapping[str, str]) -> None:
        """See `Store`."""
        for name, declaration in crons.items():
            await self._access.fetch("declare_cron", name, declaration)

    async def tick(
        self,
        name: str,
        declaration: str,
        decide: Callable[[datetime, datetime], Due],
        message: Callable[[datetime], Message],
    ) -> Ticked:
        """See `Store`. Ticks and their jobs are written in one transaction, under a lock on the cron job's row."""
        async with self._access.use_whole() as connection:
            row: Any = await connection.fetchrow(QUERIES["lock_cron"], name)
            counting: Any = await connection.fetchrow(QUERIES["counting_declaration"], name)
            now: datetime = counting["moment"] if counting else await connection.fetchval("select clock_timestamp()")
            if row is None or counting is None or counting["declaration"] != declaration:
                return Ticked(counts=False, ticks=(), now=now)
            changed = row["declaration"] != declaration
            due = decide(now if changed else row["until"], now)
            known: Rows = await connection.fetch(QUERIES["known_ticks"], name, list(due.ticks))
            ticks = [tick for tick in due.ticks if tick not in {row["tick"] for row in known}]
            if ticks:
                jobs = await self._sender.insert(connection, [message(tick) for tick in ticks], ring=True)
                await connection.execute(QUERIES["add_ticks"], name, ticks, jobs)
            if due.ticks or changed:
                await connection.execute(QUERIES["advance_cron"], name, due.until, declaration)
            return Ticked(counts=True, ticks=tuple(ticks), now=now)

    async def depths(self, queues: Sequence[str]) -> list[Depth]:
        """See `Store`; each state is counted up to 10,000."""
        ages = {row["queue"]: row["age"] for row in await self._access.fetch("oldest", list(queues))}
        rows = await self._access.fetch("depths", list(queues), DEPTH_LIMIT)
        live = (State.READY, State.RUNNING, State.BLOCKED, State.DEAD)
        return [
            Depth(row["queue"], {s: row[s.label] for s in live}, max(0.0, ages.get(row["queue"]) or 0.0))
            for row in rows
        ]

    async def prune(self, age: timedelta) -> int:
        """See `Store`. Finished jobs are kept for six days, whatever `age` says; only older releases' are deleted."""
        await self._access.fetch("prune_ticks", age)
        await self._empty_tomorrow()
        async with self._access.use() as connection:
            status: str = await connection.execute(QUERIES["prune_history"], age, PRUNE_LIMIT)
        return int(status.rpartition(" ")[2])

    async def _empty_tomorrow(self) -> None:
        """Truncate what finished six days ago; where somebody reads it, at another time."""
        async with self._access.use() as connection:
            day = await connection.fetchval(QUERIES["weekday"])
            tomorrow = (day + 1) % 7
            if not await connection.fetchval(QUERIES[f"is_stale_{tomorrow}"]):
                return
            with suppress(asyncpg.LockNotAvailableError):
                async with transaction(connection):
                    await connection.execute(f"set local lock_timeout = {TRUNCATE_LOCK_MILLISECONDS}")
                    await connection.execute(QUERIES[f"lock_history_{tomorrow}"])
                    if day == await connection.fetchval(QUERIES["weekday"]):  # midnight has not passed meanwhile
                        await connection.execute(QUERIES[f"truncate_{tomorrow}"])


def _pairs(held: Sequence[Held]) -> tuple[list[int], list[int]]:
    return [each.id for each in held], [each.claim for each in held]


def _jobs(rows: Rows) -> list[Claimed]:
    return list(map(Claimed._make, rows))  # in the order of the statement, which is the class'


def _storable(text: str) -> str:
    """PostgreSQL's text holds no zero byte, and UTF-8 no half of a surrogate pair."""
    return text.replace("\0", "\\0").encode(errors="backslashreplace").decode()
