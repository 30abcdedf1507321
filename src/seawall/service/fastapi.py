"""For applications on FastAPI: a database connection as a parameter. The only module that imports FastAPI."""

from collections.abc import AsyncIterator
from typing import Annotated

import asyncpg
from fastapi import Depends

from seawall.runtime.database import database


async def _connection() -> AsyncIterator[asyncpg.Connection]:
    async with database().acquire() as connection:
        yield connection


# ``async def create(db: Connection)``: a connection of `DATABASE_URL`'s pool, for this request alone. With the scope
# "function" it is handed back before the response is sent: a slow client keeps no connection. Where there is none to be
# had, the request is answered with 503.
Connection = Annotated[asyncpg.Connection, Depends(_connection, scope="function")]
