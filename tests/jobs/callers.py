"""Callers' connections of every kind that jobs may be enqueued on, behind one face."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

import asyncpg
import psycopg
from psycopg.rows import dict_row
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from seawall.jobs import Jobs
from seawall.jobs.enqueuer import Enqueuer
from seawall.jobs.function import AnyJob
from seawall.jobs.store import Message


class Caller(ABC):
    """A connection with an open transaction."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def enqueue(self, job: AnyJob, *args: object, **options: Any) -> int:
        return await self._enqueue(job.options(connection=self.connection, **options), *args)

    @abstractmethod
    async def _enqueue(self, enqueuer: Enqueuer[...], *args: object) -> int: ...

    @abstractmethod
    async def enqueue_many(self, jobs: Jobs, messages: Sequence[Message], *, wake: bool = True) -> list[int]: ...

    @abstractmethod
    async def commit(self) -> None: ...

    @abstractmethod
    async def rollback(self) -> None: ...


class Awaited(Caller):
    async def _enqueue(self, enqueuer: Enqueuer[...], *args: object) -> int:
        return await enqueuer.enqueue(*args)

    async def enqueue_many(self, jobs: Jobs, messages: Sequence[Message], *, wake: bool = True) -> list[int]:
        return await jobs.enqueue_many(messages, connection=self.connection, wake=wake)

    async def commit(self) -> None:
        await self.connection.commit()

    async def rollback(self) -> None:
        await self.connection.rollback()


class OfAsyncpg(Awaited):
    def __init__(self, connection: asyncpg.Connection) -> None:
        super().__init__(connection)
        self.transaction = connection.transaction()

    async def begin(self) -> None:
        self.transaction = self.connection.transaction()
        await self.transaction.start()

    async def commit(self) -> None:
        await self.transaction.commit()

    async def rollback(self) -> None:
        await self.transaction.rollback()


class Blocking(Caller):
    async def _enqueue(self, enqueuer: Enqueuer[...], *args: object) -> int:
        return enqueuer.enqueue_sync(*args)

    async def enqueue_many(self, jobs: Jobs, messages: Sequence[Message], *, wake: bool = True) -> list[int]:
        return jobs.enqueue_many_sync(messages, connection=self.connection, wake=wake)

    async def commit(self) -> None:
        self.connection.commit()

    async def rollback(self) -> None:
        self.connection.rollback()


@asynccontextmanager
async def _asyncpg(url: str) -> AsyncIterator[Caller]:
    connection = await asyncpg.connect(url)
    caller = OfAsyncpg(connection)
    await caller.transaction.start()
    yield caller
    await connection.close()


@asynccontextmanager
async def _pool(url: str) -> AsyncIterator[Caller]:
    async with asyncpg.create_pool(url, min_size=1) as pool, pool.acquire() as connection:
        caller = OfAsyncpg(connection)
        await caller.transaction.start()
        yield caller


@asynccontextmanager
async def _psycopg_async(url: str) -> AsyncIterator[Caller]:
    # A row factory of the caller's own must not matter.
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as connection:
        yield Awaited(connection)


@asynccontextmanager
async def _async_engine(url: str, driver: str) -> AsyncIterator[Caller]:
    engine = create_async_engine(url.replace("postgresql://", f"postgresql+{driver}://"))
    async with engine.connect() as connection:
        yield Awaited(connection)
    await engine.dispose()


@asynccontextmanager
async def _async_session(url: str) -> AsyncIterator[Caller]:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with AsyncSession(engine) as session:
        yield Awaited(session)
    await engine.dispose()


@contextmanager
def _psycopg(url: str) -> Iterator[Caller]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        yield Blocking(connection)


@contextmanager
def _engine(url: str) -> Iterator[Caller]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        yield Blocking(connection)
    engine.dispose()


@contextmanager
def _session(url: str) -> Iterator[Caller]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with Session(engine) as session:
        yield Blocking(session)
    engine.dispose()


def _awaited(open_: Callable[[str], Any]) -> "Callable[[str], AbstractAsyncContextManager[Caller]]":
    @asynccontextmanager
    async def opened(url: str) -> AsyncIterator[Caller]:
        with open_(url) as caller:
            yield caller

    return opened


KINDS: "dict[str, Callable[[str], AbstractAsyncContextManager[Caller]]]" = {
    "asyncpg": _asyncpg,
    "asyncpg-pool": _pool,
    "psycopg-async": _psycopg_async,
    "sqlalchemy-async-asyncpg": lambda url: _async_engine(url, "asyncpg"),
    "sqlalchemy-async-psycopg": lambda url: _async_engine(url, "psycopg"),
    "sqlalchemy-async-session": _async_session,
    "psycopg": _awaited(_psycopg),
    "sqlalchemy": _awaited(_engine),
    "sqlalchemy-session": _awaited(_session),
}
