"""Enqueueing on a connection or a session of SQLAlchemy, over whatever driver that has."""

from typing import TYPE_CHECKING, Final

from seawall.jobs.connections.call import Call

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
    from sqlalchemy.orm import Session

_STATEMENT: Final = "select seawall.enqueue(cast(cast(:messages as text) as json), cast(:channel as text))"


async def send(connection: "AsyncConnection | AsyncSession", call: Call) -> list[int]:
    """Add the jobs of `call`; returns their ids."""
    from sqlalchemy import text  # noqa: PLC0415 - SQLAlchemy is the user's own

    rows = await connection.execute(text(_STATEMENT), {"messages": call.messages, "channel": call.channel})
    return [row[0] for row in rows]


def send_sync(connection: "Connection | Session", call: Call) -> list[int]:
    """Add the jobs of `call`; returns their ids."""
    from sqlalchemy import text  # noqa: PLC0415 - SQLAlchemy is the user's own

    rows = connection.execute(text(_STATEMENT), {"messages": call.messages, "channel": call.channel})
    return [row[0] for row in rows]
