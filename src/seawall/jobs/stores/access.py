"""How the parts of the store on PostgreSQL come to their statements and connections."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, cast

from seawall.jobs.store import StoreUnavailable
from seawall.jobs.stores.queries import QUERIES
from seawall.jobs.stores.trouble import TROUBLE, reason
from seawall.runtime.database import Database
from seawall.runtime.transaction import transaction

if TYPE_CHECKING:
    from asyncpg import Connection

Rows = list[Any]

WEEKDAY_SECONDS: Final = 60.0  # for which an answer about the weekday is good


class Access:
    """Uses the database that `pool` gives; whatever goes wrong there is `StoreUnavailable`."""

    def __init__(self, pool: Callable[[], Database]) -> None:
        self._pool = pool
        self._weekday = 0
        self._asked = -WEEKDAY_SECONDS

    @asynccontextmanager
    async def use(self) -> "AsyncGenerator[Connection, None]":
        """A connection for one block.

        Raises:
            StoreUnavailable: there is none, or the block's statements failed.
        """
        try:
            async with self._pool().acquire_whole() as connection:
                yield connection
        except TROUBLE as error:
            raise StoreUnavailable(reason(error)) from error

    @asynccontextmanager
    async def use_whole(self) -> "AsyncGenerator[Connection, None]":
        """`use`, with the block in a transaction."""
        async with self.use() as connection, transaction(connection):
            yield connection

    async def fetch(self, name: str, *args: object) -> Rows:
        """The rows of one statement by its name."""
        async with self.use() as connection:
            return cast("Rows", await connection.fetch(QUERIES[name], *args))

    async def of_today(self, connection: "Connection", name: str) -> str:
        """The statement for the history of the weekday that the database has, or had within the last minute."""
        now = time.monotonic()
        if now - self._asked >= WEEKDAY_SECONDS:
            self._weekday = cast("int", await connection.fetchval(QUERIES["weekday"]))
            self._asked = now
        return QUERIES[f"{name}_{self._weekday}"]
