import asyncio
import gc
import logging
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Final

import asyncpg
import pytest
import uvloop

from seawall.errors import SeawallError
from seawall.runtime import database as module
from seawall.runtime import metrics
from seawall.runtime.database import Database, DatabaseUnavailable, after_release, close_all, database, outage_of
from tests.support.cluster import Server

BACK_WITHIN: Final = 5.0


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, limit=2, name="orders")
    yield made
    await made.close()


async def test_nothing_connects_before_it_is_needed(db: Database) -> None:
    assert (db.size, db.idle) == (0, 0)
    async with db.acquire() as connection:
        assert await connection.fetchval("select current_setting('application_name')") == "orders"
        assert (db.size, db.idle) == (1, 0)
    assert (db.size, db.idle) == (1, 1)


async def test_the_pool_keeps_the_timeouts_over_a_release(db: Database) -> None:
    async with db.acquire() as connection:
        await connection.execute("set statement_timeout = 0")
    async with db.acquire() as connection:
        assert await connection.fetchval("show statement_timeout") == "30s"
    assert db.size == 1


async def test_whoever_waits_too_long_is_told_that_all_are_in_use(db: Database) -> None:
    async with db.acquire(), db.acquire():
        with pytest.raises(DatabaseUnavailable, match=r"all 2 connections were in use for 0\.05 s") as caught:
            async with db.acquire(timeout=0.05):
                pytest.fail("there is no third connection")
    assert caught.value.kind == "busy"
    async with db.acquire():
        pass


async def test_an_error_inside_of_the_block_passes_unchanged(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.acquire():
            _ = 1 / 0
    with pytest.raises(asyncpg.PostgresSyntaxError):
        async with db.acquire() as connection:
            await connection.execute("selec")
    assert (db.size, db.idle) == (1, 1)


async def test_what_the_block_leaves_open_is_rolled_back(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    async with db.acquire() as connection:
        await connection.execute("create table t (id int)")
        await connection.execute("begin; insert into t values (1)")
    async with db.acquire() as connection:
        assert await connection.fetchval("select count(*) from t") == 0
    assert "active transaction" in caplog.text


async def test_a_server_that_became_a_standby_is_left(db: Database) -> None:
    async with db.acquire() as connection:
        await connection.execute("create table t (id int)")
        before = connection.get_server_pid()

    async def write_to_a_standby() -> None:
        async with db.acquire() as connection:
            await connection.execute("set default_transaction_read_only = on")
            await connection.execute("insert into t values (1)")

    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await write_to_a_standby()
    async with db.acquire() as connection:
        assert connection.get_server_pid() != before


async def test_a_cancelled_user_gives_the_connection_back(db: Database) -> None:
    started = asyncio.Event()

    async def use() -> None:
        async with db.acquire() as connection:
            started.set()
            await connection.execute("select pg_sleep(60)")

    task = asyncio.create_task(use())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with db.acquire() as first, db.acquire() as second:
        assert await first.fetchval("select 1") == await second.fetchval("select 1")


async def test_starting_needs_no_database() -> None:
    away = Database("postgresql://u:canary@127.0.0.1:1/d")
    with pytest.raises(DatabaseUnavailable) as caught:
        await away.ping()
    assert caught.value.kind == "refused"
    assert "canary" not in str(caught.value)
    await away.close()


async def test_ping(db: Database) -> None:
    await db.ping()
    assert db.idle == 1


async def used(db: Database, times: int) -> list[str]:
    """Use a connection `times` times; the outages that were met."""
    kinds: list[str] = []
    for _ in range(times):
        try:
            async with db.acquire() as connection:
                await connection.fetchval("select 1")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, DatabaseUnavailable) as error:
            outage = outage_of(error)
            kinds.append(outage.kind if outage else repr(error))
    return kinds


async def test_a_connection_that_is_lost_in_use_is_an_outage(db: Database, database_url: str) -> None:
    async def use_it_to_its_end() -> None:
        async with db.acquire() as connection:
            admin = await asyncpg.connect(database_url)
            await admin.execute("select pg_terminate_backend($1, 5000)", connection.get_server_pid())
            await admin.close()
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
                await connection.execute("select 1")
            await connection.execute("select 1")

    with pytest.raises(DatabaseUnavailable) as caught:
        await use_it_to_its_end()
    assert caught.value.kind == "lost"
    await db.ping()


async def test_an_immediate_restart_costs_at_most_one_error_a_connection(server: Server) -> None:
    db = Database(f"{server.url}/postgres", limit=8)
    stop = False
    failed = 0

    async def keep_using() -> None:
        nonlocal failed
        while not stop:
            failed += len(await used(db, 1))
            await asyncio.sleep(0.01)

    async with AsyncExitStack() as all_of_them:
        for _ in range(8):
            await all_of_them.enter_async_context(db.acquire())
    server.stop(signal.SIGQUIT)
    users = [asyncio.create_task(keep_using()) for _ in range(8)]
    server.start()  # this blocks the loop: nobody uses the server while it is away
    back = time.monotonic()
    await asyncio.sleep(0.05)
    while await used(db, 1):
        assert time.monotonic() - back < BACK_WITHIN
    stop = True
    await asyncio.gather(*users)
    assert failed <= 8
    await db.close()


async def test_an_outage_is_told_in_time_and_over_when_the_server_is_back(server: Server) -> None:
    db = Database(f"{server.url}/postgres", limit=4)
    assert await used(db, 3) == []
    server.stop(signal.SIGINT)
    began = time.monotonic()
    kinds = await used(db, 5)
    assert len(kinds) == 5
    assert set(kinds) <= {"refused", "lost", "closed"}
    assert time.monotonic() - began < 6.0  # nobody waits for a server that refuses
    await asyncio.to_thread(server.start)
    back = time.monotonic()
    while await used(db, 1):
        assert time.monotonic() - back < BACK_WITHIN
    assert await used(db, 10) == []
    await db.close()


async def test_a_server_that_hangs_costs_no_more_than_the_timeout(server: Server) -> None:
    db = Database(f"{server.url}/postgres", limit=1)
    await db.ping()
    process = server._process
    assert process is not None
    async with db.acquire():
        process.send_signal(signal.SIGSTOP)  # the postmaster starts no new session
        try:
            other = Database(f"{server.url}/postgres", limit=1)
            with pytest.raises(DatabaseUnavailable) as caught:
                async with other.acquire(timeout=0.1):
                    pytest.fail("nobody answers")
        finally:
            process.send_signal(signal.SIGCONT)
    assert caught.value.kind == "timeout"
    await other.close()
    await db.close()


class Doorbell:
    """Counts how often it was rung; the callback of `after_release`."""

    def __init__(self) -> None:
        self.rung = 0
        self.rang = asyncio.Event()

    async def ring(self) -> None:
        self.rung += 1
        self.rang.set()


async def test_a_callback_runs_once_the_connection_is_back(db: Database) -> None:
    bell = Doorbell()
    async with db.acquire() as connection:
        async with connection.transaction():
            assert after_release(connection, bell.ring)
        await asyncio.sleep(0)
        assert bell.rung == 0
    await asyncio.wait_for(bell.rang.wait(), 5)
    assert db.idle == 1
    async with db.acquire():
        pass
    assert bell.rung == 1


async def test_a_callback_of_what_is_rolled_back_does_not_run(db: Database) -> None:
    bell = Doorbell()
    async with db.acquire() as connection:
        await connection.execute("begin")
        assert after_release(connection, bell.ring)
    await db.close()  # waits for callbacks under way
    assert bell.rung == 0


async def test_a_callback_that_fails_disturbs_nobody(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    bell = Doorbell()

    async def fail() -> None:
        raise RuntimeError("no bell")

    async with db.acquire() as connection:
        assert after_release(connection, fail)
        assert after_release(connection, bell.ring)
    await asyncio.wait_for(bell.rang.wait(), 5)
    assert "a callback after the release of a connection failed" in caplog.text


async def test_a_foreign_connection_takes_no_callback(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    assert not after_release(connection, Doorbell().ring)
    await connection.close()


async def test_a_connection_that_is_back_takes_no_callback(db: Database) -> None:
    async with db.acquire() as connection:
        pass
    assert not after_release(connection, Doorbell().ring)


async def test_closing_waits_for_callbacks(db: Database) -> None:
    bell = Doorbell()
    async with db.acquire() as connection:
        after_release(connection, bell.ring)
    await db.close()
    assert bell.rung == 1


async def test_closing_does_not_wait_for_ever(
    db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "_CLOSE_SECONDS", 0.05)
    async with db.acquire():
        await db.close()
    assert "connections were still in use" in caplog.text


async def test_closing_waits_for_what_is_in_use_and_lends_nothing_more(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with db.acquire() as connection:
        closing = asyncio.create_task(db.close())
        await asyncio.sleep(0)
        with pytest.raises(DatabaseUnavailable) as caught:
            await used_once(db)
        assert caught.value.kind == "closed"
        assert await connection.fetchval("select 1") == 1
        assert not closing.done()
    await closing
    assert db.size == 0
    assert "still in use" not in caplog.text


async def test_what_was_closed_stays_closed(db: Database) -> None:
    await used_once(db)
    await db.close()
    with pytest.raises(DatabaseUnavailable, match="its connections have been closed") as caught:
        await used_once(db)
    assert (caught.value.kind, db.size) == ("closed", 0)


async def test_closing_waits_for_what_is_to_be_finished_and_for_what_that_begins(db: Database) -> None:
    done: list[str] = []

    async def last() -> None:
        await used_once(db)
        done.append("last")

    async def first() -> None:
        await asyncio.sleep(0.01)
        db.finish(asyncio.create_task(last()))
        done.append("first")

    db.finish(asyncio.create_task(first()))
    await db.close()
    assert done == ["first", "last"]


async def used_once(db: Database) -> None:
    async with db.acquire() as connection:
        await connection.fetchval("select 1")


async def test_a_process_has_one_database_a_variable(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("STOCK_DATABASE_URL", database_url)
    monkeypatch.setenv("DATABASE_POOL_SIZE", "3")
    monkeypatch.setenv("SEAWALL_SERVICE", "orders")
    assert database() is database()
    assert database() is not database("STOCK_DATABASE_URL")
    assert database().limit == 3
    async with database().acquire() as connection:
        assert await connection.fetchval("select current_setting('application_name')") == "orders"
    first = database()
    await close_all()
    assert first.size == 0
    assert database() is not first
    await close_all()


def test_each_event_loop_has_its_own(postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{postgres_server}/postgres")

    async def use() -> Database:
        await database().ping()
        await close_all()
        return database()

    with asyncio.Runner() as one, asyncio.Runner(loop_factory=uvloop.new_event_loop) as two:
        assert one.run(use()) is not two.run(use())


async def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STOCK_DATABASE_URL", raising=False)
    with pytest.raises(SeawallError, match="STOCK_DATABASE_URL is not set") as caught:
        database("STOCK_DATABASE_URL")
    assert caught.value.problems[0].code == "SW404"


async def test_the_pool_is_in_the_metrics(db: Database) -> None:
    gc.collect()  # the pools of other tests
    before = metrics.REGISTRY.own()
    async with db.acquire(), db.acquire():
        shown = metrics.REGISTRY.own()
        assert 'database_pool_connections{state="used"} 2' in shown
        assert 'database_pool_connections{state="idle"} 0' in shown
    assert 'database_pool_connections{state="idle"} 2' in metrics.REGISTRY.own()
    count = "database_pool_wait_seconds_count "

    def waits(text: str) -> int:
        return int(next(line for line in text.splitlines() if line.startswith(count)).removeprefix(count))

    assert waits(metrics.REGISTRY.own()) == waits(before) + 2


async def test_no_password_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    away = Database("postgresql://u:canary@127.0.0.1:1/d")
    await used(away, 2)
    await away.close()
    assert "canary" not in caplog.text
