"""One new database a test, with all tables; the API over HTTP without a socket."""

import asyncio
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from api.main import api
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


@asynccontextmanager
async def served() -> AsyncIterator[httpx.ASGITransport]:
    """Start the API as a server does, pass it requests, and shut it down."""
    app = Service(api)  # runs once: each test has its own
    to_app: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    from_app: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    state: dict[str, Any] = {}

    async def with_state(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's
        await app({**scope, "state": state}, receive, send)

    await to_app.put({"type": "lifespan.startup"})
    running = asyncio.create_task(
        with_state({"type": "lifespan", "asgi": {"version": "3.0"}}, to_app.get, from_app.put)
    )
    assert (await from_app.get())["type"] == "lifespan.startup.complete"
    yield httpx.ASGITransport(app=with_state)
    await to_app.put({"type": "lifespan.shutdown"})
    assert (await from_app.get())["type"] == "lifespan.shutdown.complete"
    await running


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the running API. Ask for `migrated` or `database_away` before it."""
    monkeypatch.setenv("METRICS_PORT", "8000")  # the API's own: no second listener
    async with served() as transport, httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client
