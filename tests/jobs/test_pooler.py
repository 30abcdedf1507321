"""The engine behind PgBouncer in transaction mode, by polling."""

import asyncio
from pathlib import Path

from seawall.jobs.states import State
from seawall.jobs.store import Message
from seawall.jobs.stores.postgres import PostgresStore
from seawall.runtime.connect import connect, is_pooled
from seawall.runtime.database import Database
from seawall.runtime.lane import Lane
from tests.jobs.apps import work
from tests.jobs.process import worker
from tests.jobs.queue import Queue
from tests.support.pgbouncer import needed, pgbouncer, serves
from tests.support.waiting import until

pytestmark = needed


async def test_jobs_are_enqueued_run_and_rescued_behind_a_pooler(queue: Queue, url: str, tmp_path: Path) -> None:
    folder = tmp_path / "pgbouncer"
    folder.mkdir()
    with pgbouncer(folder, url) as pooled:
        await serves(pooled)
        database = Database(pooled, limit=8)
        single = Lane(pooled)
        store = PostgresStore(lambda: database, lane=lambda: single)
        messages = [Message("default", "record", '{"text":"x"}', 5, key="k" if n % 5 == 0 else None) for n in range(40)]
        ids = [job for (job,) in await asyncio.gather(*(store.enqueue([each]) for each in messages))]
        with worker(tmp_path, pooled) as first, worker(tmp_path, pooled) as second:
            for job in ids:
                await queue.wait(job, State.DONE)
            slow = (await store.enqueue([Message("default", "slow", '{"seconds":0.5}', 5)]))[0]
            await queue.wait_for_note(slow, "start")
            held = await queue.value("select pid from notes where job = $1", slow)
            (first if held == first.pid else second).kill()
            await queue.wait_for_note(slow, "start", 2)
            await queue.wait(slow, State.DONE)
            survivor = second if held == first.pid else first

            async def knows_that_it_is_deaf() -> bool:
                return any("LISTEN unavailable" in message for message in survivor.messages)

            await until(knows_that_it_is_deaf)
            assert survivor.stop() == 0
        assert sum("a pooler stands before" in message for message in survivor.messages) == 1
        assert await queue.value("select count(*) from notes where text = 'x'") == 40
        await database.close()
        await single.close()


async def test_a_worker_that_cannot_listen_says_so_once_and_polls(queue: Queue, url: str, tmp_path: Path) -> None:
    folder = tmp_path / "pgbouncer"
    folder.mkdir()
    with pgbouncer(folder, url) as pooled:
        await serves(pooled)
        with worker(tmp_path, pooled) as deaf:

            async def said() -> bool:
                return any(each.startswith("LISTEN unavailable, polling every 1 s; set ") for each in deaf.messages)

            await until(said)
            for text in ("first", "second"):
                job = await work.record.options(connection=queue.connection).enqueue(text)
                await queue.wait(job, State.DONE)
            assert [message for message in deaf.messages if "LISTEN" in message][1:] == []


async def test_the_direct_address_is_heard(queue: Queue, url: str, tmp_path: Path) -> None:
    folder = tmp_path / "pgbouncer"
    folder.mkdir()
    with pgbouncer(folder, url) as pooled:
        await serves(pooled)
        with worker(tmp_path, pooled, DATABASE_DIRECT_URL=url) as hears:

            async def listening() -> bool:
                query = (
                    "select count(*) from pg_stat_activity where application_name = 'seawall listen' and datname = $1"
                )
                return bool(await queue.value(query, url.rpartition("/")[2]))

            await until(listening)
            job = await work.record.options(connection=queue.connection).enqueue("at once")
            await queue.wait(job, State.DONE)
            assert not any("LISTEN" in message for message in hears.messages)


async def test_a_connection_behind_a_pooler_has_the_clients_timeouts(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "pgbouncer"
    folder.mkdir()
    with pgbouncer(folder, url) as pooled:
        await serves(pooled)
        for _ in range(2):  # the second knows of the pooler
            connection = await connect(pooled, name="seawall test")
            assert is_pooled(connection)
            async with connection.transaction():
                assert await connection.fetchval("show application_name") == "seawall test"
            await connection.close()
    direct = await connect(url)
    assert not is_pooled(direct)
    await direct.close()
