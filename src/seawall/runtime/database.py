"""The pool of connections of a process: made when first needed, and back by itself after the database was away.

No call waits without an end: whoever cannot have a connection in time gets `DatabaseUnavailable`. Starting a process
needs no database.
"""

import asyncio
import logging
import os
import time
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Final

import asyncpg

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.runtime import metrics, postgres_url, settings
from seawall.runtime.connect import Limits, connect, is_pooled, unavailable
from seawall.runtime.lane import Lane
from seawall.runtime.outage import OF_THE_DRIVER, DatabaseUnavailable, Outage, outage_of
from seawall.runtime.transaction import transaction

__all__ = ["Checkout", "Database", "DatabaseUnavailable", "after_release", "close_all", "database", "lane", "outage_of"]

logger: Final = logging.getLogger(__name__)

Callback = Callable[[], Awaitable[None]]

_READ_ONLY: Final = "25006"
_WAIT_BUCKETS: Final = (0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.0)
_CLOSE_SECONDS: Final = 2.0

# The connections that are checked out now, by identity, and what is to run once each is back.
_checked_out: dict[int, list[Callback]] = {}
_by_loop: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Database]]" = weakref.WeakKeyDictionary()
_lanes: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Lane]]" = weakref.WeakKeyDictionary()
_open: "weakref.WeakSet[Database]" = weakref.WeakSet()

_wait = metrics.Histogram(
    contract.POOL_WAIT, "Seconds until a connection was there, or was given up.", buckets=_WAIT_BUCKETS
).child()
_connections = metrics.Gauge(contract.POOL_CONNECTIONS, "Connections to the database, by state.", ("state",))
_connections.child("idle").set_function(lambda: sum(each.idle for each in _open))
_connections.child("used").set_function(lambda: sum(each.size - each.idle for each in _open))


class Database:
    """At most `limit` connections to the database behind `url`, known to the server as `name`.

    Belongs to the event loop in which it is first used. Without `reset` a connection that goes back is only rolled
    back: that saves a round trip where nobody changes settings of the session. `planning` are parameters of the server
    for its planner.

    Raises:
        SeawallError: SW501; `variable` is where the URL came from.
    """

    def __init__(  # noqa: PLR0913 - one that says where, and what a caller may leave out
        self,
        url: str,
        *,
        limit: int = contract.DATABASE_POOL,
        name: str = "",
        variable: str = contract.DATABASE_URL,
        reset: bool = True,
        limits: Limits | None = None,
        planning: Mapping[str, str] | None = None,
    ) -> None:
        self.target = postgres_url.parse(url, variable)
        self.limit = limit
        self._url = url
        self._name = name
        self._variable = variable
        self.pooled = False  # whether a pooler stands before the server, known once there is a connection
        self._limits = limits or Limits()
        self._planning = planning or {}
        self._reset = None if reset else _leave_as_it_is
        self._pool: asyncpg.Pool | None = None
        self._closed = False
        self._after: set[asyncio.Task[None]] = set()

    @property
    def size(self) -> int:
        """How many connections there are now."""
        return self._pool.get_size() if self._pool else 0

    @property
    def idle(self) -> int:
        """How many of them nobody uses."""
        return self._pool.get_idle_size() if self._pool else 0

    def acquire(self, timeout: float = contract.DATABASE_ACQUIRE_SECONDS) -> "Checkout":
        """``async with database.acquire() as connection``: a connection that goes back at the end of the block.

        What the block leaves open is rolled back. Raises `DatabaseUnavailable` where there is none within `timeout`
        seconds; an error inside of the block passes unchanged, see `outage_of`.
        """
        return Checkout(self, timeout)

    @asynccontextmanager
    async def acquire_whole(self) -> AsyncGenerator[asyncpg.Connection, None]:
        """`acquire`; behind a pooler, within a transaction, for else two statements may go to two servers."""
        async with self.acquire() as connection:
            if self.pooled:
                async with transaction(connection):
                    yield connection
            else:
                yield connection

    async def ping(self) -> None:
        """Ask the server for an answer, for a health check.

        Raises:
            DatabaseUnavailable: there is none.
        """
        try:
            async with self.acquire_whole() as connection:
                await connection.fetchval("select 1", timeout=contract.DATABASE_ACQUIRE_SECONDS)
        except OF_THE_DRIVER as error:
            raise unavailable(str(self.target), outage_of(error) or Outage("lost", "no answer")) from error

    async def close(self) -> None:
        """Wait a little for what is to be finished and for connections in use, then close all, for good.

        Whoever asks for a connection from then on gets `DatabaseUnavailable`.
        """
        until = time.monotonic() + _CLOSE_SECONDS
        while self._after and (left := until - time.monotonic()) > 0:
            await asyncio.wait(self._after, timeout=left)
        self._closed = True
        pool = self._pool
        _open.discard(self)
        if pool is not None:
            try:
                await asyncio.wait_for(pool.close(), _CLOSE_SECONDS)
            except TimeoutError:
                logger.warning("connections were still in use as the pool of %s closed", self.target)
            except OF_THE_DRIVER as error:  # it has terminated what it could not close
                logger.debug("the pool of %s was not closed in good order: %s", self.target, type(error).__name__)
            finally:
                self._pool = None  # not before: what is in use goes back to it

    async def take(self, timeout: float) -> asyncpg.Connection:  # noqa: ASYNC109 - it covers a wait and a connect inside of asyncpg
        """Check a connection out; `give_back` must follow. `acquire` does both."""
        if self._closed:  # else a task that comes late would open connections that nobody closes
            raise unavailable(str(self.target), Outage("closed", "its connections have been closed"))
        pool = self._pool or await self._open()
        started = time.perf_counter()
        try:
            connection = await pool.acquire(timeout=timeout)
        except OF_THE_DRIVER as error:
            raise self._not_acquired(error, timeout) from error
        finally:
            _wait.observe(time.perf_counter() - started)
        _checked_out[id(connection)] = []
        return connection

    async def give_back(self, connection: asyncpg.Connection, error: BaseException | None = None) -> None:
        """Hand a connection back; `error` is what ended its use.

        Raises:
            DatabaseUnavailable: from `error`, where that only says that the connection is gone.
        """
        callbacks = _checked_out.pop(id(connection), [])
        try:
            settled = not connection.is_in_transaction()
        except asyncpg.InterfaceError:
            # It was lost while it was lent out: asyncpg then says that it "has been released", to whoever uses it, too.
            settled = False
            if isinstance(error, asyncpg.InterfaceError):
                raise unavailable(str(self.target), Outage("lost", "the connection was lost")) from error
        if isinstance(error, asyncpg.PostgresError) and error.sqlstate == _READ_ONLY:
            # This server was the primary once. A new connection may find the one that is now.
            connection.terminate()
        pool = self._pool
        try:
            if pool is not None:
                await pool.release(connection)
        except OF_THE_DRIVER as failure:
            # Its user is done and may have committed: that the reset failed must not become an error of theirs.
            logger.debug("a connection to %s was dropped at its release: %s", self.target, type(failure).__name__)
        if callbacks and settled:
            self.finish(asyncio.create_task(_run(callbacks)))

    def finish(self, task: "asyncio.Task[None]") -> None:
        """Let `close` wait a little for `task`, which needs connections."""
        self._after.add(task)
        task.add_done_callback(self._after.discard)

    async def _open(self) -> asyncpg.Pool:
        # With no connection to begin with there is nothing to wait for: no other task can come between.
        self._pool = await asyncpg.create_pool(
            min_size=0, max_size=self.limit, connect=self._connect, reset=self._reset
        )
        _open.add(self)
        return self._pool

    async def _connect(self, *_arguments: object, **_options: Any) -> asyncpg.Connection:  # noqa: ANN401 - unused
        connection = await connect(
            self._url, name=self._name, limits=self._limits, variable=self._variable, planning=self._planning
        )
        self.pooled = is_pooled(connection)
        return connection

    def _not_acquired(self, error: Exception, timeout: float) -> DatabaseUnavailable:
        outage = outage_of(error) or Outage("unreachable", type(error).__name__)
        if outage.kind == "timeout":
            outage = Outage("timeout", f"no answer within {timeout:g} s")
            if self.size == self.limit and not self.idle:
                outage = Outage("busy", f"all {self.limit} connections were in use for {timeout:g} s")
        return unavailable(str(self.target), outage)


class Checkout:
    """The use of one connection, from `Database.acquire`."""

    __slots__ = ("_connection", "_database", "_timeout")

    def __init__(self, database: Database, timeout: float) -> None:
        self._database = database
        self._timeout = timeout

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await self._database.take(self._timeout)
        return self._connection

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._database.give_back(self._connection, error)


def after_release(connection: object, callback: Callback) -> bool:
    """Run `callback` once `connection` is handed back, unless it was lost or a transaction on it is open: rolled back.

    Returns whether the connection is one that a `Database` has lent out; else nothing will run. A callback that fails
    is logged: it never disturbs the one who used the connection.
    """
    callbacks = _checked_out.get(id(connection))
    if callbacks is None:
        return False
    callbacks.append(callback)
    return True


def database(variable: str = contract.DATABASE_URL) -> Database:
    """The process' `Database` for the URL in `variable`: one for each event loop.

    Raises:
        SeawallError: SW404 or SW501.
    """
    databases = _by_loop.setdefault(asyncio.get_running_loop(), {})
    if variable not in databases:
        url, here = _url(variable), settings.read(os.environ)
        databases[variable] = Database(url, limit=here.database_pool_size, name=here.service, variable=variable)
    return databases[variable]


def lane(variable: str = contract.DATABASE_URL) -> Lane:
    """The process' `Lane` for the URL in `variable`, beside the connections of `database`: one for each event loop.

    Raises:
        SeawallError: SW404 or SW501.
    """
    lanes = _lanes.setdefault(asyncio.get_running_loop(), {})
    if variable not in lanes:
        lanes[variable] = Lane(_url(variable), name=settings.read(os.environ).service, variable=variable)
    return lanes[variable]


def _url(variable: str) -> str:
    url = os.environ.get(variable, "").strip()
    if not url:
        fix = f"{variable}=postgresql://USER:PASSWORD@HOST/DATABASE, or {variable}{contract.SECRET_FILE_SUFFIX}"
        raise SeawallError(Problem("SW404", f"{variable} is not set", fix=fix))
    return url


async def close_all() -> None:
    """Close the databases and lanes of the running event loop; `database` and `lane` make new ones after."""
    loop = asyncio.get_running_loop()
    for each in list(_by_loop.get(loop, {}).values()):
        await each.close()
    for one in list(_lanes.get(loop, {}).values()):
        await one.close()
    # Not before: whoever comes meanwhile is to find them closed.
    _by_loop.pop(loop, None)
    _lanes.pop(loop, None)


async def _leave_as_it_is(_connection: object) -> None: ...


async def _run(callbacks: list[Callback]) -> None:
    for callback in callbacks:
        try:
            await callback()
        except Exception:
            logger.exception("a callback after the release of a connection failed")
