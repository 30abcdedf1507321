"""Where a process enqueues: its own pool, or the connection that a caller gives; awaited, or blocking."""

import asyncio
import os
import weakref
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from seawall import contract
from seawall.jobs import aside
from seawall.jobs.connections import AnyConnection
from seawall.jobs.store import Message, Store


class Outbox:
    """Takes messages to the store of the running event loop: one for each loop, made when it is first needed.

    `variable` holds the database's URL. A `given` store takes all messages instead, as tests want it.
    """

    def __init__(self, variable: str, given: Store | None = None) -> None:
        self.given = given
        self._variable: Final = variable
        self._stores: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Store] = weakref.WeakKeyDictionary()

    @cached_property
    def release(self) -> str:
        """The release of the code that runs here."""
        return os.environ.get(contract.RELEASE, "")

    def store(self) -> Store:
        """The store of this event loop."""
        if self.given is not None:
            return self.given
        loop = asyncio.get_running_loop()
        if loop not in self._stores:
            self._stores[loop] = self._make()
        return self._stores[loop]

    async def send(
        self, messages: Sequence[Message], connection: AnyConnection | None = None, *, wake: bool = True
    ) -> list[int]:
        """Add jobs; returns their ids, in their order. See `Store.enqueue` for what it raises."""
        return await self.store().enqueue(messages, connection, wake=wake)

    def send_sync(
        self, messages: Sequence[Message], connection: AnyConnection | None = None, *, wake: bool = True
    ) -> list[int]:
        """`send`, which returns when it is done: on `connection`, or in the event loop of a thread that waits for it.

        Raises:
            RuntimeError: called without a connection by a thread whose event loop runs, and would stand still.
        """
        if connection is not None:
            return (self.given or self._make()).enqueue_sync(messages, connection, wake=wake)
        return aside.run(lambda: self.send(messages, wake=wake))

    def _make(self) -> Store:
        # An application that declares jobs and enqueues none, as a test may, does without asyncpg.
        from seawall.jobs.stores.postgres import PostgresStore  # noqa: PLC0415 - 60 ms
        from seawall.runtime.database import database, lane  # noqa: PLC0415 - the same

        return PostgresStore(lambda: database(self._variable), lane=lambda: lane(self._variable))
