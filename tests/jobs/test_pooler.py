"""A worker behind a real PgBouncer in transaction mode, where nobody hears a doorbell."""

from pathlib import Path

from seawall.jobs.states import State
from tests.jobs.apps import work
from tests.jobs.process import worker
from tests.jobs.queue import Queue
from tests.support.pooler import pooler
from tests.support.waiting import until


async def test_a_worker_that_cannot_listen_says_so_once_and_polls(queue: Queue, url: str, tmp_path: Path) -> None:
    with pooler(tmp_path, url) as through, worker(tmp_path, through) as deaf:

        async def said() -> bool:
            return any(message.startswith("LISTEN unavailable, polling every 1 s; set ") for message in deaf.messages)

        await until(said)
        for text in ("first", "second"):
            job = await work.record.options(connection=queue.connection).enqueue(text)
            await queue.wait(job, State.DONE)
        assert [message for message in deaf.messages if "LISTEN" in message][1:] == []


async def test_the_direct_address_is_heard(queue: Queue, url: str, tmp_path: Path) -> None:
    with pooler(tmp_path, url) as through, worker(tmp_path, through, DATABASE_DIRECT_URL=url) as hears:

        async def listening() -> bool:
            query = "select count(*) from pg_stat_activity where application_name = 'seawall listen' and datname = $1"
            return bool(await queue.value(query, url.rpartition("/")[2]))

        await until(listening)
        job = await work.record.options(connection=queue.connection).enqueue("at once")
        await queue.wait(job, State.DONE)
        assert not any("LISTEN" in message for message in hears.messages)
