"""One new database a test, with all tables; the API over HTTP without a socket."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from agnos.api import api
from seawall import testing
from seawall.runtime.database import close_all
from seawall.service import Service

MIGRATIONS = str(Path(__file__).parent.parent / "migrations")
NOBODY_LISTENS = "postgresql://somebody:a-made-up-password@127.0.0.1:1/nothing"


@pytest.fixture(scope="session")
def tables() -> Iterator[str]:
    """The URL of a database with all tables, on a server that is there only while the tests run."""
    with testing.postgres(migrations=MIGRATIONS) as url:
        yield url


@pytest.fixture
async def migrated(tables: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The URL of a new database with all tables; the API and the worker use it."""
    async with testing.copy(tables) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        yield url


@pytest.fixture
async def database_away(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The password of a database that nobody serves."""
    monkeypatch.setenv("DATABASE_URL", NOBODY_LISTENS)
    yield "a-made-up-password"
    await close_all()


@pytest.fixture
async def database(migrated: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the test's own."""
    connection = await asyncpg.connect(migrated)
    yield connection
    await connection.close()


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API, chassis included. Ask for `migrated` or `database_away` before it."""
    monkeypatch.setenv("METRICS_PORT", "8000")  # the API's own: no second listener
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Service(api)), base_url="http://api") as client:
        yield client
