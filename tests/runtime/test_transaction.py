"""What comes out of a transaction is what its block raised, though its connection is lost at the same time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from seawall.runtime.database import Database
from seawall.runtime.lane import Lane
from seawall.runtime.transaction import transaction
from tests.support.pgbouncer import needed, pgbouncer, serves
from tests.support.waiting import until

COUNT = "select count(*) from t"
SLOW = "select pg_sleep(60)"


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    made = await asyncpg.connect(database_url)
    await made.execute("create table t (n int)")
    yield made
    made.terminate()


async def ends(task: "asyncio.Task[object]") -> None:
    """Have the cancelled `task` end, and be cancelled."""
    await asyncio.wait({task}, timeout=30)
    assert task.cancelled()


async def test_a_block_commits_or_is_rolled_back(connection: asyncpg.Connection) -> None:
    async with transaction(connection):
        await connection.execute("insert into t values (1)")
    with pytest.raises(asyncpg.UndefinedTableError):
        async with transaction(connection):
            await connection.execute("insert into t values (2); insert into u values (3)")
    assert await connection.fetchval(COUNT) == 1


async def test_a_commit_that_fails_is_told(connection: asyncpg.Connection) -> None:
    await connection.execute("alter table t add constraint once unique (n) deferrable initially deferred")
    with pytest.raises(asyncpg.UniqueViolationError):
        async with transaction(connection):
            await connection.execute("insert into t values (1), (1)")
    assert await connection.fetchval(COUNT) == 0


async def test_an_error_is_not_hidden_by_a_rollback_that_fails(connection: asyncpg.Connection) -> None:
    async def work() -> None:
        async with transaction(connection):
            connection.terminate()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await work()


async def test_a_cancellation_is_not_hidden_by_a_rollback_that_fails(connection: asyncpg.Connection) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with transaction(connection):
            begun.set()
            await connection.execute(SLOW)

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    connection.terminate()
    await ends(task)


@needed
@pytest.mark.parametrize("kind", [Database, Lane])
async def test_behind_a_pooler_neither(kind: type[Database | Lane], database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "pgbouncer"
    folder.mkdir()
    with pgbouncer(folder, database_url) as pooled:
        await serves(pooled)
        database = kind(pooled)
        used: list[asyncpg.Connection] = []

        async def work() -> None:
            async with database.acquire_whole() as connection:
                used.append(connection)
                await connection.execute(SLOW)

        async def begun() -> bool:
            return bool(used)

        task = asyncio.create_task(work())
        await until(begun)
        task.cancel()
        used[0].terminate()
        await ends(task)
        async with database.acquire_whole() as connection:
            assert await connection.fetchval("select 1") == 1
        await database.close()


@needed
async def test_a_lane_lets_go_of_a_connection_that_cannot_roll_back(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute, used = asyncpg.Connection.execute, list[asyncpg.Connection]()

    async def failing(connection: asyncpg.Connection, query: str, *args: object) -> str:
        if query == "rollback":
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
        return await execute(connection, query, *args)

    async def work() -> None:
        async with lane.acquire_whole() as connection:
            used.append(connection)
            raise ZeroDivisionError

    monkeypatch.setattr(asyncpg.Connection, "execute", failing)
    folder = tmp_path / "pgbouncer"
    folder.mkdir()
    with pgbouncer(folder, database_url) as pooled:
        await serves(pooled)
        lane = Lane(pooled)
        with pytest.raises(ZeroDivisionError):
            await work()
        assert used[0].is_closed()
        async with lane.acquire_whole() as connection:
            assert await connection.fetchval("select 1") == 1
        await lane.close()
