"""Enqueueing on PostgreSQL: in a transaction of its own, or in the caller's."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import asyncpg

from seawall import contract
from seawall.errors import SeawallError
from seawall.jobs import connections
from seawall.jobs.doorbell import Doorbell
from seawall.jobs.store import Message
from seawall.jobs.stores.queries import QUERIES
from seawall.runtime.database import Database, after_release

if TYPE_CHECKING:
    from asyncpg import Connection

Rows = list[Any]


class Sender:
    """Puts jobs into the database that `pool` gives, or into that of the caller's connection, and rings the bell."""

    def __init__(self, pool: Callable[[], Database]) -> None:
        self._pool = pool
        self._bell = Doorbell(self.ring)

    async def enqueue(
        self, messages: Sequence[Message], connection: object | None = None, *, wake: bool = True
    ) -> list[int]:
        """See `Store`. The bell rings at the commit: in the statement, or once a `Database` has its connection back.

        Raises:
            SeawallError: SW502; SW509 where the tables are missing.
            TypeError: `connection` is of no driver that is known.
        """
        if connection is not None and not isinstance(connection, asyncpg.Connection):
            return await connections.enqueue(messages, connection, wake=wake)
        try:
            if connection is None:
                return await self._enqueue_here(messages)
            return await self.insert(connection, messages, ring=wake and not self._rings_later(connection))
        except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError) as error:
            raise connections.behind() from error

    def _rings_later(self, connection: "Connection") -> bool:
        """Whether the bell rings after the release of a connection, and not in its transaction."""
        try:
            self._pool()
        except SeawallError:  # this process has no other connection to ring with
            return False
        return after_release(connection, self._bell.after_commit)

    async def _enqueue_here(self, messages: Sequence[Message]) -> list[int]:
        ring = self._bell.take()
        async with self._pool().acquire() as connection:
            if len(messages) == 1:  # one statement or transaction anyway
                jobs = await self.insert(connection, messages, ring=ring)
            else:
                async with connection.transaction():
                    jobs = await self.insert(connection, messages, ring=ring)
        if not ring:
            self._bell.soon()
        return jobs

    async def insert(self, connection: "Connection", messages: Sequence[Message], *, ring: bool) -> list[int]:
        """Add jobs on `connection`, and ring at its commit if so asked; returns their ids, in their order."""
        keyed = any(message.key is not None for message in messages)
        if not keyed:
            return await self._insert_many(connection, messages, ring=ring)
        async with connection.transaction():
            # In one order for all, so that two enqueuers of the same keys do not wait for each other.
            for key in sorted({message.key for message in messages if message.key is not None}):
                await connection.execute(QUERIES["lock_key"], key)
            return [
                (await self._insert_many(connection, [message], ring=ring))[0]
                if message.key is None
                else await self._insert_keyed(connection, message, ring=ring)
                for message in messages
            ]

    async def _insert_many(self, connection: "Connection", messages: Sequence[Message], *, ring: bool) -> list[int]:
        rows: Rows = await connection.fetch(
            QUERIES["enqueue"],
            [each.queue for each in messages],
            [each.name for each in messages],
            [each.args for each in messages],
            [each.priority for each in messages],
            [each.run_at for each in messages],
            [each.delay for each in messages],
            [each.max_attempts for each in messages],
            [each.skip_dead for each in messages],
            [each.release for each in messages],
            [each.tick for each in messages],
            [each.traceparent for each in messages],
            ring,
            contract.JOBS_CHANNEL,
        )
        return [row["id"] for row in rows]

    async def _insert_keyed(self, connection: "Connection", message: Message, *, ring: bool) -> int:
        return cast(
            "int",
            await connection.fetchval(
                QUERIES["enqueue_keyed"],
                message.queue,
                message.name,
                message.args,
                message.priority,
                message.key,
                message.run_at,
                message.delay,
                message.max_attempts,
                message.skip_dead,
                message.release,
                message.tick,
                message.traceparent,
                ring,
                contract.JOBS_CHANNEL,
            ),
        )

    async def ring(self, text: str = "") -> None:
        """Wake all workers that listen; they see `text`."""
        async with self._pool().acquire() as connection:
            await connection.execute(QUERIES["ring"], contract.JOBS_CHANNEL, text)
