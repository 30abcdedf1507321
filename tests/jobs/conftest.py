"""A database with the tables of the engine, and those in which the jobs of the tests note what they did."""

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from seawall import contract
from seawall.jobs.stores import resume
from seawall.runtime import migrator
from tests.jobs.queue import Queue, prepare
from tests.jobs.stores import Bench, MemoryBench, PostgresBench
from tests.support.pgbouncer import needed, pgbouncer, serves


@pytest.fixture
async def url(database_url: str) -> str:
    await migrator.apply(database_url, [contract.JOBS_MIGRATIONS], pauses=())
    return database_url


@pytest.fixture
async def queue(url: str) -> AsyncIterator[Queue]:
    connection = await asyncpg.connect(url)
    await prepare(connection)
    yield Queue(connection)
    await connection.close()


@pytest.fixture(scope="session")
def pooler(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PgBouncer before the server, without a database's name."""
    with pgbouncer(tmp_path_factory.mktemp("pgbouncer"), postgres_server) as url:
        yield url


@pytest.fixture
async def postgres_bench(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostgresBench]:
    async with benched(url, url, monkeypatch) as made:
        yield made


@pytest.fixture
async def pooled_bench(url: str, pooler: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostgresBench]:
    pooled = f"{pooler}/{url.rpartition('/')[2]}"
    await serves(pooled)
    async with benched(url, pooled, monkeypatch) as made:
        yield made


@asynccontextmanager
async def benched(url: str, of_store: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostgresBench]:
    # A busy machine must not make it go on behind the last claim, where what a test moves into the past is not seen.
    monkeypatch.setattr(resume, "SLOW", math.inf)
    connection = await asyncpg.connect(url)
    made = PostgresBench(of_store, connection)
    yield made
    await made.database.close()
    await connection.close()


@pytest.fixture(params=["memory", "postgres", pytest.param("pooled", marks=needed)])
def bench(request: pytest.FixtureRequest) -> Bench:
    return MemoryBench() if request.param == "memory" else request.getfixturevalue(f"{request.param}_bench")
