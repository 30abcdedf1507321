"""Fixtures that several suites share."""

import signal
import uuid
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from tests.support.cluster import Server, cluster

# A shell that starts the tests in the background has them ignore SIGINT, nohup SIGHUP, and their children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL 18, without a database's name."""
    with cluster(tmp_path_factory.mktemp("postgres")) as url:
        yield url


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the test's own, to be hurt."""
    own = Server(tmp_path_factory.mktemp("hurt"))
    own.start()
    yield own
    own.stop(signal.SIGQUIT)


@pytest.fixture
async def database_url(postgres_server: str) -> AsyncIterator[str]:
    """The URL of a new, empty database; it is dropped after the test, whoever is still connected."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(f"{postgres_server}/postgres")
    try:
        await admin.execute(f'create database "{name}"')
        yield f"{postgres_server}/{name}"
        await admin.execute(f'drop database "{name}" with (force)')
    finally:
        await admin.close()
