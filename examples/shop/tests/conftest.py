"""A new database for each test, with the tables of the service that is tested, and peers that tests play."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from seawall import testing
from seawall.runtime.database import close_all
from seawall.runtime.httpx import AsyncClient
from seawall.service import Service

MIGRATIONS = Path(__file__).parent.parent / "migrations"
NOBODY_LISTENS = "postgresql://somebody:a-made-up-password@127.0.0.1:1/nothing"


class Peer:
    """Another service, played by a test: `answers` by method and path; `sent` is what it was sent."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, object]] = {}
        self.away = False
        self.sent: list[object] = []

    def client(self) -> AsyncClient:
        return AsyncClient(base_url="http://peer", transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("refused")
        if request.content:
            self.sent.append(json.loads(request.content))
        status, body = self.answers[f"{request.method} {request.url.path}"]
        return httpx.Response(status, json=body)


@pytest.fixture
def inventory() -> Peer:
    return Peer()


@pytest.fixture
def orders() -> Peer:
    return Peer()


@pytest.fixture(scope="session")
def orders_tables() -> Iterator[str]:
    """The URL of a database with the tables of the orders, on a server that is there only while the tests run."""
    with testing.postgres(migrations=str(MIGRATIONS / "orders")) as url:
        yield url


@pytest.fixture(scope="session")
def inventory_tables() -> Iterator[str]:
    """The same with those of the inventory."""
    with testing.postgres(migrations=str(MIGRATIONS / "inventory")) as url:
        yield url


@asynccontextmanager
async def new(tables: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncpg.Connection]:
    """A new database, which the code uses; yields a connection of the test's own."""
    async with testing.copy(tables) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        connection = await asyncpg.connect(url)
        yield connection
        await connection.close()


@pytest.fixture
async def orders_db(orders_tables: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncpg.Connection]:
    async with new(orders_tables, monkeypatch) as connection:
        yield connection


@pytest.fixture
async def inventory_db(inventory_tables: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncpg.Connection]:
    async with new(inventory_tables, monkeypatch) as connection:
        yield connection


@pytest.fixture
async def database_away(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setenv("DATABASE_URL", NOBODY_LISTENS)
    yield
    await close_all()


@asynccontextmanager
async def served(api: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service, chassis included."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Service(api)), base_url="http://api") as client:
        yield client
