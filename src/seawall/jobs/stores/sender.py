"""Enqueueing on PostgreSQL: in a transaction of its own, or in the caller's."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, cast

import asyncpg

from seawall import contract
from seawall.errors import SeawallError
from seawall.jobs import connections
from seawall.jobs.doorbell import Doorbell
from seawall.jobs.store import Message
from seawall.jobs.stores.gathering import Gathering
from seawall.jobs.stores.queries import QUERIES
from seawall.runtime.database import Database, after_release
from seawall.runtime.lane import Lane
from seawall.runtime.transaction import transaction

if TYPE_CHECKING:
    from asyncpg import Connection

Rows = list[Any]

# All of a message that has no key but its arguments.
_OPTIONS: Final = attrgetter(
    "queue", "name", "priority", "run_at", "delay", "max_attempts", "skip_dead", "release", "tick", "traceparent"
)


class Sender:
    """Puts jobs into the database that `pool` gives, or into that of the caller's connection, and rings the bell.

    Jobs that come one by one go over the connection of `lane`, where it is given.
    """

    def __init__(self, pool: Callable[[], Database], lane: Callable[[], Database | Lane] | None = None) -> None:
        self._pool = pool
        self._lane: Callable[[], Database | Lane] = lane or pool
        self._bell = Doorbell(self.ring, lambda task: pool().finish(task))
        self._gathering = Gathering(self._insert_here)

    async def enqueue(
        self, messages: Sequence[Message], connection: object | None = None, *, wake: bool = True
    ) -> list[int]:
        """See `Store`. The bell rings at the commit; of many enqueues, once a `Database` has its connection back.

        Raises:
            SeawallError: SW502; SW509 where the tables are missing.
            TypeError: `connection` is of no driver that is known.
        """
        if connection is not None and not isinstance(connection, asyncpg.Connection):
            return await connections.enqueue(messages, connection, wake=wake)
        try:
            if connection is None and len(messages) == 1 and messages[0].key is None:
                return [await self._gathering.add(messages[0], wake=wake)]
            if connection is None:
                return await self._enqueue_here(messages, wake=wake)
            ring = wake and (self._bell.due() or not self._rings_later(connection))
            return await self.insert(connection, messages, ring=ring)
        except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError) as error:
            raise connections.behind() from error

    def _rings_later(self, connection: "Connection") -> bool:
        """Whether the bell rings after the release of a connection, and not in its transaction."""
        try:
            self._pool()
        except SeawallError:  # this process has no other connection to ring with
            return False
        return after_release(connection, self._bell.after_commit)

    async def _enqueue_here(self, messages: Sequence[Message], *, wake: bool) -> list[int]:
        ring, committed = wake and self._bell.take(), False
        try:
            async with self._pool().acquire_whole() as connection:
                jobs = await self.insert(connection, messages, ring=ring)
            committed = True
            return jobs
        finally:
            self._ring_later(wake=wake, rang=ring and committed)

    async def _insert_here(self, messages: Sequence[Message], wake: bool) -> list[int]:  # noqa: FBT001 - a callback
        ring, committed = wake and self._bell.take(), False
        try:
            async with self._lane().acquire_whole() as connection:
                if len(messages) == 1:
                    jobs = [await self._insert_one(connection, messages[0], ring=ring)]
                else:
                    jobs = await self._insert_many(connection, messages, ring=ring)
            committed = True
            return jobs
        finally:
            self._ring_later(wake=wake, rang=ring and committed)

    def _ring_later(self, *, wake: bool, rang: bool) -> None:
        """A statement that was to ring and did not commit may have taken the ring of others along."""
        if wake and not rang:
            self._bell.soon()

    async def _insert_one(self, connection: "Connection", message: Message, *, ring: bool) -> int:
        args = _alike([message], message.args, ring=ring)
        return cast("int", await connection.fetchval(QUERIES["enqueue_one"], *args))

    async def insert(self, connection: "Connection", messages: Sequence[Message], *, ring: bool) -> list[int]:
        """Add jobs on `connection`, and ring at its commit if so asked; returns their ids, in their order."""
        if not messages:
            return []
        keys = sorted({message.key for message in messages if message.key is not None})
        if not keys:
            return await self._insert_many(connection, messages, ring=ring)
        async with transaction(connection):
            # The next statement sees what was waited for.
            await connection.execute(QUERIES["lock_keys"], keys)
            return await self._insert(connection, "enqueue_keyed", messages, ring=ring)

    async def _insert_many(self, connection: "Connection", messages: Sequence[Message], *, ring: bool) -> list[int]:
        first = _OPTIONS(messages[0])
        if not all(map(first.__eq__, map(_OPTIONS, messages))):
            return await self._insert(connection, "enqueue", messages, ring=ring)
        args = _alike(messages, [each.args for each in messages], ring=ring)
        rows: Rows = await connection.fetch(QUERIES["enqueue_alike"], *args)
        return [row["id"] for row in rows]

    async def _insert(
        self, connection: "Connection", statement: str, messages: Sequence[Message], *, ring: bool
    ) -> list[int]:
        rows: Rows = await connection.fetch(
            QUERIES[statement],
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
            contract.JOBS_CHANNEL if ring else None,
            *([[each.key for each in messages]] if statement == "enqueue_keyed" else []),
        )
        return [row["id"] for row in rows]

    async def ring(self, text: str = "") -> None:
        """Wake all workers that listen; they see `text`."""
        async with self._lane().acquire_whole() as connection:
            await connection.execute(QUERIES["ring"], contract.JOBS_CHANNEL, text)


def _alike(messages: Sequence[Message], args: object, *, ring: bool) -> tuple[object, ...]:
    """The parameters of a statement for messages that differ in their `args` alone."""
    queue, name, *options = _OPTIONS(messages[0])
    return queue, name, args, *options, contract.JOBS_CHANNEL if ring else None
