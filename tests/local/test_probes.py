"""One question to one port: yes, or why not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from seawall import contract
from seawall.local import probes
from seawall.local.spec import ExitProbe, HttpProbe, PostgresProbe, TcpProbe
from tests.support.cluster import free_port

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _server(answer: Answer) -> AsyncIterator[int]:
    """Answers one connection; yields the port."""
    served = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(asyncio.IncompleteReadError):
                await answer(reader, writer)
        finally:
            writer.close()
            served.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield int(server.sockets[0].getsockname()[1])
        await served.wait()


def _says(text: bytes) -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(text)

    return answer


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", None),
        (b"HTTP/1.0 204 No Content\r\n\r\n", None),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", "GET /ready answered 503"),
        (b"HTTP/1.1 301 Moved\r\n\r\n", "GET /ready answered 301"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "GET /ready was not answered in HTTP"),
        (b"", "GET /ready was not answered in HTTP"),
        (b"x" * 100_000, "the connection broke"),
    ],
)
async def test_http(text: bytes, reason: str | None) -> None:
    async with _server(_says(text)) as port:
        assert await probes.ask(HttpProbe(port, "/ready")) == reason


async def test_http_sends_one_plain_request() -> None:
    seen = asyncio.get_running_loop().create_future()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.set_result(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

    async with _server(answer) as port:
        await probes.ask(HttpProbe(port, "/live"))
        request = (await seen).decode().splitlines()
    assert request == ["GET /live HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close", ""]


async def test_a_server_that_says_nothing_is_waited_for_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "PROBE_TIMEOUT", 0.1)
    silent = asyncio.Event()

    async def answer(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await silent.wait()

    async with _server(answer) as port:
        assert await probes.ask(HttpProbe(port, "/live")) == "no answer within 0.1 s"
        silent.set()


@pytest.mark.parametrize("kind", [lambda port: HttpProbe(port, "/"), TcpProbe, lambda port: PostgresProbe(_url(port))])
async def test_nobody_listens(kind: Callable[[int], HttpProbe | TcpProbe | PostgresProbe]) -> None:
    assert await probes.ask(kind(free_port())) == "connection refused"


async def test_tcp_is_content_with_a_connection() -> None:
    async with _server(_says(b"")) as port:
        assert await probes.ask(TcpProbe(port)) is None


async def test_postgres_that_takes_logins_is_ready(postgres_server: str) -> None:
    assert await probes.ask(PostgresProbe(f"{postgres_server}/postgres")) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [(b"E...57P03", "the server does not take logins yet"), (b"", "the connection broke")],
)
async def test_postgres_that_starts_is_not_ready(text: bytes, reason: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0\0")
        writer.write(text)

    async with _server(answer) as port:
        assert await probes.ask(PostgresProbe(_url(port))) == reason


async def test_an_exit_is_not_asked_for() -> None:
    assert await probes.ask(ExitProbe()) == "has not ended"


def _url(port: int) -> str:
    return f"postgresql://seawall:secret@127.0.0.1:{port}/shop"
