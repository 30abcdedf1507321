"""One connection to Postgres, with every timeout of the contract on it: nothing may wait for ever.

What each guards against: the server's own timeouts end a statement, a wait for a lock and an abandoned transaction; the
client's ends the wait for a server that is stopped; the socket's end it when the network is silent.

A pooler in transaction mode, such as PgBouncer, refuses to set the server's timeouts: they would be those of whoever
uses the server next. Behind one the client's hold, and those that the role has (``alter role``).
"""

import logging
import socket
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import parse_qs, urlsplit

import asyncpg

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.runtime import postgres_url
from seawall.runtime.outage import DatabaseUnavailable, Outage, outage_of

logger: Final = logging.getLogger(__name__)

_LONGEST_NAME: Final = 63  # bytes of application_name that PostgreSQL keeps
_GRACE_SECONDS: Final = 5.0  # how much later than the server the client gives a statement up
_NAME_ALONE: Final = ("application_name",)
_AS_USUAL: Final[Mapping[str, str]] = {}
_REFUSED: Final = "unsupported startup parameter"  # what PgBouncer says

_pooled_urls: Final[set[str]] = set()
_pooled: Final["weakref.WeakSet[asyncpg.Connection]"] = weakref.WeakSet()


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds on the server's side; 0 is no limit, as in PostgreSQL."""

    statement: float = contract.DATABASE_STATEMENT_SECONDS
    lock: float = contract.DATABASE_LOCK_SECONDS
    idle_in_transaction: float = contract.DATABASE_IDLE_IN_TRANSACTION_SECONDS


async def connect(
    url: str,
    *,
    name: str = "",
    limits: Limits = Limits(),
    variable: str = contract.DATABASE_URL,
    planning: Mapping[str, str] = _AS_USUAL,
) -> asyncpg.Connection:
    """A new connection that `name` (`application_name`) makes known to the server; the caller closes it.

    A parameter that the URL itself sets wins over `name`, `limits` and `planning`, which are further parameters of the
    server; behind a pooler there are none of these. `variable` is where the URL came from.

    Raises:
        DatabaseUnavailable: it cannot be had within `contract.DATABASE_CONNECT_SECONDS`, or the server is too old.
        SeawallError: SW501.
    """
    target = postgres_url.parse(url, variable)
    given = parse_qs(urlsplit(url).query)
    wanted = {**_server_settings(name, limits), **planning}
    settings = {key: value for key, value in wanted.items() if key not in given}
    try:
        connection = await _connect(url, settings, limits)
    except asyncpg.exceptions.ClientConfigurationError:  # its text may hold a part of the URL
        raise SeawallError(postgres_url.problem(variable)) from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise unavailable(str(target), outage_of(error) or Outage("unreachable", type(error).__name__)) from error
    try:
        _set_socket_options(connection)
    except OSError as error:  # the server has hung up at once
        connection.terminate()
        raise unavailable(str(target), Outage("lost", "the connection was lost")) from error
    _refuse_old_server(connection)
    return connection


def is_pooled(connection: asyncpg.Connection) -> bool:
    """Whether a pooler stands before the server: statements of one client belong together only in a transaction."""
    return connection in _pooled


async def _connect(url: str, settings: dict[str, str], limits: Limits) -> asyncpg.Connection:
    timeout = limits.statement + _GRACE_SECONDS if limits.statement else None
    if url not in _pooled_urls:
        try:
            return await asyncpg.connect(
                url, timeout=contract.DATABASE_CONNECT_SECONDS, command_timeout=timeout, server_settings=settings
            )
        except asyncpg.PostgresError as error:
            if _REFUSED not in str(error):
                raise
        if url not in _pooled_urls:  # nobody else has said so meanwhile
            _pooled_urls.add(url)
            logger.warning("a pooler stands before the database: its timeouts are those that the role has (alter role)")
    connection = await asyncpg.connect(
        url,
        timeout=contract.DATABASE_CONNECT_SECONDS,
        command_timeout=timeout,
        server_settings={key: value for key, value in settings.items() if key in _NAME_ALONE},
        statement_cache_size=0,  # the next statement may go to another server
    )
    _pooled.add(connection)
    return connection


def unavailable(target: str, outage: Outage, saw: str = "") -> DatabaseUnavailable:
    """The error that says that `target`, which is shown, cannot be reached because of `outage`."""
    return DatabaseUnavailable(Problem("SW502", f"cannot reach {target}: {outage.text}", saw=saw), outage.kind)


def _server_settings(name: str, limits: Limits) -> dict[str, str]:
    return {
        "application_name": name.encode()[:_LONGEST_NAME].decode(errors="ignore"),
        "statement_timeout": _milliseconds(limits.statement),
        "lock_timeout": _milliseconds(limits.lock),
        "idle_in_transaction_session_timeout": _milliseconds(limits.idle_in_transaction),
    }


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))


def _set_socket_options(connection: asyncpg.Connection) -> None:
    """Let the kernel give up on a silent peer; options that this platform lacks are left out."""
    # asyncpg has no public way to the socket of a connection, and takes none that is made beforehand.
    transport = connection._transport  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    own = transport.get_extra_info("socket")
    if own is None or own.family not in (socket.AF_INET, socket.AF_INET6):
        return
    idle, interval, count = contract.DATABASE_KEEPALIVE
    own.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", idle),
        ("TCP_KEEPALIVE", idle),  # macOS' name for the same
        ("TCP_KEEPINTVL", interval),
        ("TCP_KEEPCNT", count),
        ("TCP_USER_TIMEOUT", round(contract.DATABASE_USER_TIMEOUT_SECONDS * 1000)),
    ):
        if hasattr(socket, option):
            own.setsockopt(socket.IPPROTO_TCP, cast("int", getattr(socket, option)), value)


def _refuse_old_server(connection: asyncpg.Connection) -> None:
    found = connection.get_server_version().major
    if found < contract.POSTGRES_MINIMUM:
        connection.terminate()  # without a wait for its goodbye, which may never come
        message = f"Postgres {found} found, {contract.POSTGRES_MINIMUM} or newer needed"
        raise DatabaseUnavailable(Problem("SW503", message), "too old")
