"""What people do with jobs, on PostgreSQL."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from seawall import contract
from seawall.jobs.desk import Count, Filter, Kind, Pause, Record
from seawall.jobs.states import State
from seawall.jobs.stores.access import Access, Rows
from seawall.jobs.stores.queries import QUERIES

if TYPE_CHECKING:
    from asyncpg import Connection


class PostgresDesk:
    """See `seawall.jobs.desk.Desk`. Each decision is one transaction, under locks on the jobs that it is about."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def find(self, which: Filter) -> list[Record]:
        """See `Desk`."""
        states = [int(state) for state in which.states]
        rows = await self._access.fetch("find", states, which.queue, which.name, which.key, which.before, which.limit)
        return [_record(row) for row in rows]

    async def show(self, job: int) -> Record | None:
        """See `Desk`."""
        rows = await self._access.fetch("find", [], None, None, None, job + 1, 1)
        return next((_record(row) for row in rows if row["id"] == job), None)

    async def stats(self) -> list[Count]:
        """See `Desk`."""
        return [
            Count(row["queue"], row["name"], State(row["state"]), row["count"], row["oldest"])
            for row in await self._access.fetch("stats")
        ]

    async def cancel(self, jobs: Sequence[int]) -> dict[int, State]:
        """See `Desk`. The bell rings for the workers of those that run."""
        async with self._access.use_whole() as connection:
            rows = await self._lock(connection, jobs)
            waiting = [row for row in rows if row["state"] in (State.READY, State.BLOCKED)]
            running = [row["id"] for row in rows if row["state"] == State.RUNNING]
            await self._archive(connection, waiting)
            if running:
                await connection.execute(QUERIES["request_cancel"], running)
                await connection.execute(QUERIES["ring"], contract.JOBS_CHANNEL, contract.JOBS_CANCEL)
        return {row["id"]: State.CANCELLED for row in waiting} | dict.fromkeys(running, State.RUNNING)

    async def retry(self, jobs: Sequence[int]) -> set[int]:
        """See `Desk`."""
        async with self._access.use_whole() as connection:
            keyed: Rows = await connection.fetch(QUERIES["keys_of"], list(jobs))
            # Nobody enqueues under these keys meanwhile.
            await connection.execute(QUERIES["lock_keys"], [row["key"] for row in keyed])
            rows = await self._lock(connection, jobs)
            dead = [row for row in rows if row["state"] == State.DEAD]
            waiting = [row["id"] for row in rows if row["state"] == State.READY]
            passed = sorted({row["key"] for row in dead if row["skip_dead"] and row["key"] is not None})
            await connection.execute(QUERIES["hold_keys"], passed)
            await connection.execute(QUERIES["retry"], [row["id"] for row in dead], passed)
            await connection.execute(QUERIES["unblock"], passed)
            await connection.execute(QUERIES["run_now"], waiting)
            await connection.execute(QUERIES["ring"], contract.JOBS_CHANNEL, "")
        return {row["id"] for row in dead} | set(waiting)

    async def discard(self, jobs: Sequence[int]) -> set[int]:
        """See `Desk`."""
        async with self._access.use_whole() as connection:
            dead = [row for row in await self._lock(connection, jobs) if row["state"] == State.DEAD]
            await self._archive(connection, dead)
        return {row["id"] for row in dead}

    async def pause(self, kind: Kind, name: str) -> bool:
        """See `Desk`."""
        return bool(await self._access.fetch("pause", kind, name))

    async def resume(self, kind: Kind, name: str) -> bool:
        """See `Desk`."""
        async with self._access.use_whole() as connection:
            found: Rows = await connection.fetch(QUERIES["resume"], kind, name)
            await connection.execute(QUERIES["ring"], contract.JOBS_CHANNEL, "")
        return bool(found)

    async def paused(self) -> list[Pause]:
        """See `Desk`."""
        return [Pause(row["kind"], row["name"], row["since"]) for row in await self._access.fetch("paused")]

    async def _lock(self, connection: "Connection", jobs: Sequence[int]) -> Rows:
        return cast("Rows", await connection.fetch(QUERIES["lock_jobs"], list(jobs)))

    async def _archive(self, connection: "Connection", rows: Rows) -> None:
        """Move jobs into the history as cancelled, and let the next of their keys go on."""
        if not rows:
            return
        statement = await self._access.of_today(connection, "archive")
        await connection.execute(statement, [row["id"] for row in rows])
        keys = sorted({row["key"] for row in rows if row["key"] is not None})
        await connection.execute(QUERIES["unblock"], keys)
        await connection.execute(QUERIES["ring"], contract.JOBS_CHANNEL, "")


def _record(row: Any) -> Record:  # noqa: ANN401 - a record of asyncpg
    fields: dict[str, Any] = dict(row)
    fields["state"] = State(fields["state"])
    return Record(**fields)
