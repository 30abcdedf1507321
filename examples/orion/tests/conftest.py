"""One new database a test, migrated, on the server that DATABASE_URL names; the API over HTTP without a socket."""

import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from orion.api import api
from seawall import contract
from seawall.runtime import migrator
from seawall.runtime.database import close_all
from seawall.service import Service

MIGRATIONS = str(Path(__file__).parent.parent / "migrations")
NOBODY_LISTENS = "postgresql://somebody:a-made-up-password@127.0.0.1:1/nothing"


@pytest.fixture
async def migrated(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The URL of a new database with all tables; the API and the worker use it."""
    server = os.environ.get("DATABASE_URL")
    if not server:
        pytest.fail("DATABASE_URL names no PostgreSQL: the tests make a database of their own on one", pytrace=False)
    name = f"orion_{uuid.uuid4().hex[:12]}"
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    admin = await asyncpg.connect(server)
    try:
        await admin.execute(f'create database "{name}"')
        await migrator.apply(url, [contract.JOBS_MIGRATIONS, MIGRATIONS])
        monkeypatch.setenv("DATABASE_URL", url)
        yield url
        await close_all()
        await admin.execute(f'drop database "{name}" with (force)')
    finally:
        await admin.close()


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
    monkeypatch.setenv("METRICS_PORT", "8000")  # as in stack.py: the API's own
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Service(api)), base_url="http://api") as client:
        yield client
