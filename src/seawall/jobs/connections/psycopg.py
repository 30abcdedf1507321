"""Enqueueing on a connection of psycopg 3."""

from typing import TYPE_CHECKING, Final

from seawall.jobs.connections.call import Call

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection

_STATEMENT: Final = b"select seawall.enqueue(cast(%s as text)::json, %s)"


async def send(connection: "AsyncConnection[object]", call: Call) -> list[int]:
    """Add the jobs of `call`; returns their ids."""
    from psycopg.rows import tuple_row  # noqa: PLC0415 - psycopg is the user's own

    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(_STATEMENT, (call.messages, call.channel))
        return [row[0] for row in await cursor.fetchall()]


def send_sync(connection: "Connection[object]", call: Call) -> list[int]:
    """Add the jobs of `call`; returns their ids."""
    from psycopg.rows import tuple_row  # noqa: PLC0415 - psycopg is the user's own

    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(_STATEMENT, (call.messages, call.channel))
        return [row[0] for row in cursor.fetchall()]
