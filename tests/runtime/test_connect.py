import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest
import uvloop

from seawall import contract
from seawall.errors import SeawallError
from seawall.runtime import connect as module
from seawall.runtime.connect import Limits, connect
from seawall.runtime.outage import DatabaseUnavailable, Outage, outage_of

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def option(connection: asyncpg.Connection, level: int, name: int) -> int:
    return int(connection._transport.get_extra_info("socket").getsockopt(level, name))


@pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_every_timeout_is_on_a_connection(database_server: str, loop_factory: LoopFactory) -> None:
    async def look() -> None:
        connection = await connect(database_server, name="orders")
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name")
        assert [await connection.fetchval(f"show {name}") for name in names] == ["30s", "10s", "1min", "orders"]
        idle, interval, count = contract.DATABASE_KEEPALIVE
        assert option(connection, socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert option(connection, socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == idle
        assert option(connection, socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == interval
        assert option(connection, socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == count
        assert option(connection, socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
        await connection.close()

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(look())


@pytest.fixture
def database_server(postgres_server: str) -> str:
    return f"{postgres_server}/postgres"


async def test_limits_can_be_other_ones(database_server: str) -> None:
    connection = await connect(database_server, limits=Limits(statement=0, lock=1.5))
    assert await connection.fetchval("show statement_timeout") == "0"
    assert await connection.fetchval("show lock_timeout") == "1500ms"
    await connection.close()


async def test_the_planner_can_be_told(database_server: str) -> None:
    connection = await connect(database_server, planning={"plan_cache_mode": "force_generic_plan"})
    assert await connection.fetchval("show plan_cache_mode") == "force_generic_plan"
    await connection.close()


async def test_what_the_url_says_wins(database_server: str) -> None:
    connection = await connect(f"{database_server}?statement_timeout=7000&application_name=mine", name="orders")
    assert await connection.fetchval("show statement_timeout") == "7s"
    assert await connection.fetchval("show application_name") == "mine"
    assert await connection.fetchval("show lock_timeout") == "10s"
    await connection.close()


async def test_a_long_name_is_cut_between_characters(database_server: str) -> None:
    connection = await connect(database_server, name="ä" * 40)
    assert await connection.fetchval("select length(current_setting('application_name'))") > 0
    await connection.close()


async def test_a_statement_that_takes_too_long_ends(database_server: str) -> None:
    connection = await connect(database_server, limits=Limits(statement=0.05))
    with pytest.raises(asyncpg.QueryCanceledError):
        await connection.execute("select pg_sleep(10)")
    await connection.close()


async def test_a_server_that_hangs_up_at_once_leaves_no_connection(
    database_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[asyncpg.Connection] = []

    def refuse(connection: asyncpg.Connection) -> None:
        seen.append(connection)
        raise OSError(errno.EINVAL, "Invalid argument")  # so it is where the peer is gone

    monkeypatch.setattr(module, "_set_socket_options", refuse)
    with pytest.raises(DatabaseUnavailable) as caught:
        await connect(database_server)
    assert caught.value.kind == "lost"
    assert seen[0].is_closed()


async def test_an_old_server_is_refused(database_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "POSTGRES_MINIMUM", 99)
    with pytest.raises(DatabaseUnavailable, match=r"Postgres \d+ found, 99 or newer needed") as caught:
        await connect(database_server)
    assert (caught.value.problems[0].code, caught.value.kind) == ("SW503", "too old")


async def refused(url: str) -> DatabaseUnavailable:
    with pytest.raises(DatabaseUnavailable) as caught:
        await connect(url)
    assert caught.value.problems[0].code == "SW502"
    assert "canary" not in str(caught.value)
    return caught.value


@asynccontextmanager
async def listener(answer: bytes | None) -> AsyncIterator[int]:
    """A server that answers whatever it gets with `answer`, or not at all; yields its port."""
    stopped = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        if answer is not None:
            writer.write(answer)
            await writer.drain()
        else:
            await stopped.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        stopped.set()
        server.close()
        await server.wait_closed()


async def test_a_port_that_nobody_listens_on() -> None:
    error = await refused("postgresql://u:canary@127.0.0.1:1/d")
    assert error.kind == "refused"
    assert str(error) == "error[SW502]: cannot reach 127.0.0.1:1/d: refused"


async def test_a_name_with_several_addresses_that_nobody_listens_on() -> None:
    assert (await refused("postgresql://u:canary@localhost:1/d")).kind == "refused"


async def test_a_host_that_is_not_known() -> None:
    assert (await refused("postgresql://u:canary@host.invalid/d")).kind == "dns"


async def test_a_socket_that_is_not_there() -> None:
    assert (await refused("postgresql:///d?host=/nowhere&user=u&password=canary")).kind == "refused"


async def test_a_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "DATABASE_CONNECT_SECONDS", 0.05)
    async with listener(None) as port:
        assert (await refused(f"postgresql://u:canary@127.0.0.1:{port}/d")).kind == "timeout"


async def test_a_server_without_tls_where_tls_is_asked_for() -> None:
    async with listener(b"N") as port:
        assert (await refused(f"postgresql://u:canary@127.0.0.1:{port}/d?sslmode=require")).kind == "tls"


async def test_a_server_that_hangs_up() -> None:
    async with listener(b"") as port:
        assert (await refused(f"postgresql://u:canary@127.0.0.1:{port}/d?sslmode=disable")).kind == "lost"


async def test_a_database_that_is_not_there(postgres_server: str) -> None:
    assert (await refused(f"{postgres_server}/absent")).kind == "no database"


async def test_a_user_who_is_not_let_in(database_server: str) -> None:
    assert (await refused(database_server.replace("postgres@", "nobody:canary@"))).kind == "authentication"


async def test_options_that_asyncpg_does_not_take_are_not_shown() -> None:
    with pytest.raises(SeawallError) as caught:
        await connect("postgresql://u:canary@h/d?sslmode=canary", variable="ORDERS_DATABASE_URL")
    assert caught.value.problems[0].code == "SW501"
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (asyncpg.exceptions.PostgresSyntaxError("x"), None),
        (asyncpg.exceptions.UniqueViolationError("x"), None),
        (ValueError("x"), None),
        (asyncpg.InterfaceError("cannot perform operation: another operation is in progress"), None),
        (asyncpg.InterfaceError("connection is closed"), "closed"),
        (asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress"), "lost"),
        (asyncpg.InternalClientError("x"), None),
        (asyncpg.exceptions.ConnectionDoesNotExistError("x"), "lost"),
        (asyncpg.exceptions.ReadOnlySQLTransactionError("x"), "read-only"),
        (asyncpg.exceptions.DiskFullError("x"), "disk full"),
        (asyncpg.exceptions.TooManyConnectionsError("x"), "full"),
        (asyncpg.exceptions.CannotConnectNowError("x"), "starting"),
        (asyncpg.exceptions.AdminShutdownError("x"), "lost"),
        (asyncpg.exceptions.InvalidPasswordError("x"), "authentication"),
        (ssl.SSLCertVerificationError("x"), "tls"),
        (ConnectionResetError("x"), "lost"),
        (TimeoutError(), "timeout"),
        (OSError("Multiple exceptions: [Errno 111] a, [Errno 111] b"), "refused"),
        (OSError(101, "Network is unreachable"), "unreachable"),
    ],
)
def test_what_is_an_outage(error: Exception, kind: str | None) -> None:
    found = outage_of(error)
    assert (found.kind if found else None) == kind


async def test_an_outage_that_was_told_already_keeps_its_kind() -> None:
    error = await refused("postgresql://127.0.0.1:1/d")
    assert outage_of(error) == Outage("refused", "cannot reach 127.0.0.1:1/d: refused")
