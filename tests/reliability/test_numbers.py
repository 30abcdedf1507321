"""Many workers, many jobs, and many transactions that come to nothing."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import asyncpg
import pytest

from seawall import contract
from seawall.jobs import Job, Jobs
from seawall.jobs.stores.postgres import PostgresStore
from seawall.jobs.worker import Terms, Worker
from seawall.runtime import migrator
from seawall.runtime.database import Database
from tests.support.cluster import Server

WORKERS, JOBS, ROLLED_BACK = 20, 10_000, 1_000
LEFT = "select count(*) from seawall.jobs"


class Stop:
    """When the workers are to stop."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self.expired = asyncio.Event()


@pytest.fixture
async def url(server: Server, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    name = f"numbers_{abs(hash(request.node.name))}"
    admin = await asyncpg.connect(f"{server.url}/postgres")
    await admin.execute(f'create database "{name}"')
    await migrator.apply(f"{server.url}/{name}", [contract.JOBS_MIGRATIONS], pauses=())
    yield f"{server.url}/{name}"
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


def store_on(database: Database, url: str) -> PostgresStore:
    return PostgresStore(lambda: database, url=url)


@pytest.mark.reliability
async def test_twenty_workers_start_no_job_twice(url: str) -> None:
    starts: Counter[tuple[int, int]] = Counter()
    databases = [Database(url, limit=2) for _ in range(WORKERS)]
    stores = [store_on(database, url) for database in databases]
    jobs = Jobs(store=stores[0])

    @jobs.job()
    async def noop(job: Job) -> None:
        starts[job.id, job.claim] += 1
        await asyncio.sleep(0)

    connection = await asyncpg.connect(url)
    await jobs.enqueue_many([noop.message() for _ in range(JOBS)])
    stop = Stop()
    workers = [Worker(jobs, store, Terms(concurrency=10)) for store in stores]
    running = [asyncio.create_task(worker.run(stop)) for worker in workers]
    async with asyncio.timeout(120):
        while await connection.fetchval(LEFT):  # noqa: ASYNC110 - it is the database's
            await asyncio.sleep(0.05)
        stop.stopping.set()
        assert all(await asyncio.gather(*running))
    assert len(starts) == JOBS
    assert set(starts.values()) == {1}
    assert {claim for _, claim in starts} == {1}  # nobody was taken for dead
    await connection.close()
    for database in databases:
        await database.close()


@pytest.mark.reliability
async def test_a_thousand_enqueues_that_are_rolled_back_leave_nothing(url: str) -> None:
    database = Database(url, limit=1)
    jobs = Jobs(store=PostgresStore(lambda: database, url=url))

    @jobs.job()
    async def noop() -> None: ...

    connection = await asyncpg.connect(url)
    for number in range(ROLLED_BACK):
        transaction = connection.transaction()
        await transaction.start()
        await noop.options(connection=connection, key="k" if number % 2 else None).enqueue()
        await transaction.rollback()
    assert await connection.fetchval(LEFT) == 0
    await noop.options(connection=connection, key="k").enqueue()
    assert await connection.fetchval(f"{LEFT} where state = 0") == 1  # nothing is before it in its key
    await connection.close()
    await database.close()
