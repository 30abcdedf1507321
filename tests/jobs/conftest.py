"""A database with the tables of the engine, and those in which the jobs of the tests note what they did."""

import math
from collections.abc import AsyncIterator

import asyncpg
import pytest

from seawall import contract
from seawall.jobs.stores import resume
from seawall.runtime import migrator
from tests.jobs.queue import Queue, prepare
from tests.jobs.stores import Bench, MemoryBench, PostgresBench


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


@pytest.fixture
async def postgres_bench(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostgresBench]:
    # A busy machine must not make it go on behind the last claim, where what a test moves into the past is not seen.
    monkeypatch.setattr(resume, "SLOW", math.inf)
    connection = await asyncpg.connect(url)
    made = PostgresBench(url, connection)
    yield made
    await made.database.close()
    await connection.close()


@pytest.fixture(params=["memory", "postgres"])
def bench(request: pytest.FixtureRequest) -> Bench:
    return MemoryBench() if request.param == "memory" else request.getfixturevalue("postgres_bench")
