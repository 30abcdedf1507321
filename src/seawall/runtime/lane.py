"""One connection that one statement after the other uses: what a pool does at each loan costs as much as one."""

import asyncio
from types import TracebackType
from typing import Final

import asyncpg

from seawall import contract
from seawall.runtime import postgres_url
from seawall.runtime.connect import connect, is_pooled, unavailable
from seawall.runtime.outage import OF_THE_DRIVER, Outage, outage_of

_READ_ONLY: Final = "25006"


class Lane:
    """A connection to the database behind `url`, made when it is first needed and again after it was lost.

    It is for statements that leave nothing in the session. Belongs to the event loop in which it is first used.

    Raises:
        SeawallError: SW501; `variable` is where the URL came from.
    """

    def __init__(self, url: str, *, name: str = "", variable: str = contract.DATABASE_URL) -> None:
        self.target = postgres_url.parse(url, variable)
        self.lock = asyncio.Lock()
        self._url = url
        self._name = name
        self._variable = variable
        self._connection: asyncpg.Connection | None = None
        self._closed = False

    def acquire_whole(self) -> "Turn":
        """``async with lane.acquire_whole() as connection``: the connection for one block.

        Behind a pooler the block is a transaction. Raises `DatabaseUnavailable` where there is no connection, or the
        block found that it was lost; other errors inside of it pass unchanged.
        """
        return Turn(self)

    async def take(self) -> asyncpg.Connection:
        """The connection; the caller holds the lock."""
        if self._closed:
            raise unavailable(str(self.target), Outage("closed", "its connection has been closed"))
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._url, name=self._name, variable=self._variable)
        return self._connection

    def note(self, error: BaseException) -> None:
        """Let a connection go that is not to be used any more after `error`.

        Raises:
            DatabaseUnavailable: from `error`, where that only says that the connection is gone.
        """
        if isinstance(error, asyncpg.PostgresError) and (error.sqlstate == _READ_ONLY or outage_of(error)):
            self.drop()
        elif (
            isinstance(error, asyncpg.InterfaceError) and self._connection is not None and self._connection.is_closed()
        ):
            self.drop()
            raise unavailable(str(self.target), Outage("lost", "the connection was lost")) from error

    def drop(self) -> None:
        """Close the connection without a word to a server that may not answer."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def close(self) -> None:
        """Wait for the block under way, and close for good: whoever comes after gets `DatabaseUnavailable`."""
        async with self.lock:
            self._closed = True
            connection, self._connection = self._connection, None
            if connection is not None and not connection.is_closed():
                try:
                    await connection.close(timeout=contract.DATABASE_CONNECT_SECONDS)
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    connection.terminate()


class Turn:
    """The use of a lane for one block."""

    __slots__ = ("_connection", "_lane")

    def __init__(self, lane: Lane) -> None:
        self._lane = lane

    async def __aenter__(self) -> asyncpg.Connection:
        await self._lane.lock.acquire()
        try:
            self._connection = await self._lane.take()
            if is_pooled(self._connection):
                await self._connection.execute("begin")
        except BaseException:
            self._lane.lock.release()
            raise
        return self._connection

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            if is_pooled(self._connection) and not self._connection.is_closed():
                await self._connection.execute("commit" if error is None else "rollback")
        except BaseException as failure:
            self._lane.drop()  # nobody knows what is open on it
            if error is None or not isinstance(failure, OF_THE_DRIVER):
                raise  # else what the block raised comes out, above all a cancellation
        finally:
            self._lane.lock.release()
            if error is not None:
                self._lane.note(error)
