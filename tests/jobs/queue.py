"""What a test sees of the queue, on a connection of its own."""

from typing import Any

import asyncpg

from seawall.jobs.states import State
from tests.support.waiting import until


async def prepare(connection: asyncpg.Connection) -> None:
    """Make the tables in which the jobs of the tests note what they did."""
    await connection.execute(
        "create table notes (id bigserial, job bigint, claim bigint, attempt int, pid int, text text, "
        "at timestamptz default clock_timestamp()); create table effects (job bigint, claim bigint)"
    )


class Queue:
    """Reads jobs and notes; `connection` is for enqueueing."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection

    async def row(self, job: int) -> Any:
        """The live row of a job, or None."""
        return await self.connection.fetchrow("select * from seawall.jobs where id = $1", job)

    async def state(self, job: int) -> State | None:
        """Where a job is; None if there is none."""
        found = await self.connection.fetchval(
            "select state from seawall.jobs where id = $1 union all select state from seawall.history where id = $1",
            job,
        )
        return None if found is None else State(found)

    async def wait(self, job: int, *states: State, within: float = 30.0) -> None:
        """Wait until a job is in one of `states`."""

        async def there() -> bool:
            return await self.state(job) in states

        await until(there, within)

    async def notes(self, job: int | None = None) -> list[str]:
        """What was noted, by a job or by all, in order."""
        rows = await self.connection.fetch(
            "select text from notes where $1::bigint is null or job = $1 order by id", job
        )
        return [row["text"] for row in rows]

    async def wait_for_note(self, job: int | None, text: str, count: int = 1, within: float = 30.0) -> None:
        """Wait until `text` was noted `count` times."""

        async def there() -> bool:
            return (await self.notes(job)).count(text) >= count

        await until(there, within)

    async def value(self, query: str, *args: object) -> Any:
        return await self.connection.fetchval(query, *args)
