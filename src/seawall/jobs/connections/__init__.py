"""Enqueueing on the connection that a caller has anyway, whatever driver it is of: part of the caller's transaction.

A connection is known by the package of its class. No driver is imported here: who has a connection has imported it.
Connections of asyncpg are the store's own matter (`stores.sender`).
"""

import inspect
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, Protocol

from seawall.jobs.connections import psycopg, sqlalchemy
from seawall.jobs.connections.call import Call, behind, call, is_behind
from seawall.jobs.store import Message

__all__ = ["AnyConnection", "behind", "enqueue", "enqueue_sync", "is_behind"]

_Send = Callable[[Any, Call], Coroutine[Any, Any, list[int]]]
_SendSync = Callable[[Any, Call], list[int]]
_DRIVERS: Final[dict[str, tuple[_Send, _SendSync]]] = {
    "psycopg": (psycopg.send, psycopg.send_sync),
    "sqlalchemy": (sqlalchemy.send, sqlalchemy.send_sync),
}
_NAMES: Final = "psycopg 3 or SQLAlchemy"


class _OfAsyncpg(Protocol):
    """A connection of asyncpg, or what its pool lends."""

    def is_in_transaction(self) -> bool: ...


class _Awaited(Protocol):
    """An asynchronous connection of psycopg or of SQLAlchemy, or an asynchronous session."""

    async def commit(self) -> None: ...
    async def rollback(self) -> None: ...


class _Blocking(Protocol):
    """The same for callers that do not await."""

    def commit(self) -> None: ...
    def rollback(self) -> None: ...


# By what they can do, not by their classes: a type checker that does not find one library must not lose all the rest.
AnyConnection = _OfAsyncpg | _Awaited | _Blocking


async def enqueue(messages: Sequence[Message], connection: object, *, wake: bool) -> list[int]:
    """Add jobs in the transaction of an asynchronous connection that is not one of asyncpg; returns their ids.

    Workers are woken at its commit if `wake`; else they find the jobs within about a second.

    Raises:
        TypeError: a connection of another kind.
        SeawallError: SW509, the database has no tables for jobs.
    """
    driver = _driver(connection)
    if driver is None or not _awaits(connection):
        hint = "enqueue_sync() is for one that blocks" if driver else ""
        raise _unknown(connection, f"an asynchronous one of asyncpg, {_NAMES}", hint)
    try:
        return await driver[0](connection, call(messages, wake=wake))
    except Exception as error:
        if is_behind(error):
            raise behind() from error
        raise


def enqueue_sync(messages: Sequence[Message], connection: object, *, wake: bool) -> list[int]:
    """`enqueue` on a connection that blocks."""
    driver = _driver(connection)
    if driver is None or _awaits(connection):
        hint = "await enqueue() is for one that does not block" if driver or _is_asyncpg(connection) else ""
        raise _unknown(connection, f"a blocking one of {_NAMES}", hint)
    try:
        return driver[1](connection, call(messages, wake=wake))
    except Exception as error:
        if is_behind(error):
            raise behind() from error
        raise


def _packages(connection: object) -> set[str]:
    return {each.__module__.partition(".")[0] for each in type(connection).__mro__}


def _driver(connection: object) -> tuple[_Send, _SendSync] | None:
    if not hasattr(type(connection), "commit"):  # an engine, a pool, a cursor
        return None
    return next((driver for name, driver in _DRIVERS.items() if name in _packages(connection)), None)


def _is_asyncpg(connection: object) -> bool:
    return "asyncpg" in _packages(connection)


def _awaits(connection: object) -> bool:
    return inspect.iscoroutinefunction(getattr(type(connection), "commit", None))


def _unknown(connection: object, wanted: str, hint: str) -> TypeError:
    kind = type(connection)
    saw = f"{kind.__module__}.{kind.__qualname__}"
    return TypeError(f"connection must be {wanted}, saw {saw}{'; ' if hint else ''}{hint}")
