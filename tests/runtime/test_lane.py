"""One connection, one statement after the other."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from seawall import contract
from seawall.runtime.database import close_all, lane
from seawall.runtime.lane import Lane
from seawall.runtime.outage import DatabaseUnavailable
from tests.support.waiting import until

PID = "select pg_backend_pid()"


@pytest.fixture
async def one(database_url: str) -> AsyncIterator[Lane]:
    made = Lane(database_url, name="lane")
    yield made
    await made.close()


async def pid(one: Lane) -> int:
    async with one.acquire_whole() as connection:
        return int(await connection.fetchval(PID))


async def test_all_use_the_same_connection_and_each_waits_for_its_turn(one: Lane) -> None:
    assert len(set(await asyncio.gather(*(pid(one) for _ in range(10))))) == 1


async def test_it_has_the_timeouts_of_the_contract(one: Lane) -> None:
    async with one.acquire_whole() as connection:
        shown = [await connection.fetchval(f"show {each}") for each in ("statement_timeout", "lock_timeout")]
    assert shown == [f"{contract.DATABASE_STATEMENT_SECONDS:g}s", f"{contract.DATABASE_LOCK_SECONDS:g}s"]


async def test_an_error_of_a_statement_passes_and_the_connection_stays(one: Lane) -> None:
    before = await pid(one)
    with pytest.raises(asyncpg.PostgresError, match="division"):
        async with one.acquire_whole() as connection:
            await connection.fetchval("select 1 / 0")
    assert await pid(one) == before


async def test_a_connection_that_was_lost_is_replaced(one: Lane, database_url: str) -> None:
    before = await pid(one)
    other = await asyncpg.connect(database_url)
    await other.execute("select pg_terminate_backend($1)", before)

    async def gone() -> bool:
        return not await other.fetchval("select count(*) from pg_stat_activity where pid = $1", before)

    await until(gone)
    await other.close()
    outcomes = await asyncio.gather(*(pid(one) for _ in range(3)), return_exceptions=True)
    assert await pid(one) != before
    assert sum(isinstance(each, BaseException) for each in outcomes) <= 1


async def test_a_connection_that_is_lost_in_use_is_an_outage(one: Lane) -> None:
    async def use() -> None:
        async with one.acquire_whole() as connection:
            connection.terminate()
            await connection.fetchval(PID)

    with pytest.raises(DatabaseUnavailable, match="SW502"):
        await use()
    assert await pid(one)


async def test_a_cancelled_user_leaves_a_connection_that_works(one: Lane) -> None:
    async def wait() -> None:
        async with one.acquire_whole() as connection:
            await connection.execute("select pg_sleep(60)")

    task = asyncio.create_task(wait())

    async def busy() -> bool:
        return one.lock.locked()

    await until(busy)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await asyncio.wait_for(pid(one), 20)


async def test_a_server_that_became_a_standby_is_left(one: Lane) -> None:
    async def write() -> None:
        async with one.acquire_whole() as connection:
            await connection.execute("set default_transaction_read_only = on")
            await connection.execute("create table x (id int)")

    before = await pid(one)
    with pytest.raises(asyncpg.PostgresError, match="read-only"):
        await write()
    assert await pid(one) != before


async def test_a_process_has_one_lane_a_variable(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert lane() is lane()
    first = lane()
    assert await pid(first)
    await close_all()
    assert lane() is not first
    await close_all()


async def test_what_was_closed_stays_closed(one: Lane) -> None:
    assert await pid(one)
    await one.close()
    with pytest.raises(DatabaseUnavailable, match="its connection has been closed") as caught:
        await pid(one)
    assert caught.value.kind == "closed"


async def test_without_a_server_it_says_so() -> None:
    with pytest.raises(DatabaseUnavailable, match="SW502"):
        await pid(Lane("postgresql://postgres@127.0.0.1:1/x"))
