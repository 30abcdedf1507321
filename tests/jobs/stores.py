"""Both stores with a clock that a test can move, so that one suite shows them to be the same."""

import uuid
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from seawall.jobs.states import State
from seawall.jobs.store import Claimed, Incarnation, Message, Store
from seawall.jobs.stores.memory import MemoryStore
from seawall.jobs.stores.postgres import PostgresStore
from seawall.jobs.stores.queries import PLANNING
from seawall.runtime.database import Database

LEASE = 30.0


class Bench(ABC):
    """A store, and what a test does with it."""

    store: Store

    @abstractmethod
    async def later(self, seconds: float) -> None:
        """Let so much time pass for the store."""

    @abstractmethod
    async def lose_workers(self) -> None:
        """Delete all rows of workers, as somebody may who tidies up."""

    @abstractmethod
    async def look(self, job: int) -> "tuple[State, int, int, str | None]":
        """State, attempts, crashes and last error of a job."""

    async def state(self, job: int) -> State:
        return (await self.look(job))[0]

    async def worker(self, crons: dict[str, str] | None = None) -> UUID:
        me = Incarnation(uuid.uuid4(), LEASE, 10, crons=crons or {})
        await self.store.declare(me.crons)
        await self.store.register(me)
        return me.id

    async def send(self, name: str = "a", **options: object) -> int:
        fields = {"queue": "q", "name": name, "args": "{}", "max_attempts": 5, **options}
        (job,) = await self.store.enqueue([Message(**fields)])  # type: ignore[arg-type]
        return job

    async def claim(self, worker: UUID, limit: int = 10, names: tuple[str, ...] = ("a",)) -> list[Claimed]:
        return await self.store.claim(worker, "q", names, limit)

    async def take(self, worker: UUID, job: int) -> Claimed:
        """Claim this one job, whatever its history."""
        found = await self.claim(worker)
        if not found:
            assert await self.store.reserve(worker, ["q"], ["a"]) == job
            suspect = await self.store.claim_reserved(worker, job)
            assert suspect is not None
            found = [suspect]
        assert [each.id for each in found] == [job]
        return found[0]

    async def beat(self, worker: UUID) -> bool:
        heart = self.store.heart()
        try:
            return await heart.beat(worker)
        finally:
            await heart.close()


class MemoryBench(Bench):
    def __init__(self) -> None:
        self.now = datetime(2027, 1, 1, tzinfo=UTC)
        self.store: MemoryStore = MemoryStore(lambda: self.now)

    async def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    async def lose_workers(self) -> None:
        self.store.workers.clear()

    async def look(self, job: int) -> tuple[State, int, int, str | None]:
        row = self.store.rows[job]
        return row.state, row.attempt, row.crashes, row.last_error


class PostgresBench(Bench):
    """The database's clock cannot be moved: all that has happened is moved into the past.

    The store uses `url`, which may be a pooler's; `connection` goes to the server.
    """

    def __init__(self, url: str, connection: asyncpg.Connection) -> None:
        self.database = Database(url, limit=4, planning=PLANNING)
        self.connection = connection
        self.store = PostgresStore(lambda: self.database, url=url)

    async def later(self, seconds: float) -> None:
        await self.connection.execute(
            f"""
            update seawall.jobs set run_at = run_at - interval '{seconds} s';
            update seawall.workers set beat = beat - interval '{seconds} s';
            update seawall.crons set until = until - interval '{seconds} s';
            update seawall.cron_ticks set tick = tick - interval '{seconds} s';
            """
        )

    async def lose_workers(self) -> None:
        await self.connection.execute("delete from seawall.workers")

    async def look(self, job: int) -> tuple[State, int, int, str | None]:
        columns = "state, attempt, crashes, last_error"
        row = await self.connection.fetchrow(
            f"select {columns} from seawall.jobs where id = $1 "
            f"union all select {columns} from seawall.history where id = $1",
            job,
        )
        assert row is not None
        return State(row["state"]), row["attempt"], row["crashes"], row["last_error"]
