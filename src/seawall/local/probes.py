"""Asks a child once whether it is ready or alive. Sockets only: a HTTP client would cost `up` its start-up time."""

import asyncio
import struct
from urllib.parse import unquote, urlsplit

from seawall import contract
from seawall.local.spec import ExitProbe, HttpProbe, PostgresProbe, Probe, TcpProbe

_HOST = "127.0.0.1"
_PROTOCOL_3 = 196608  # PostgreSQL's frontend/backend protocol 3.0: the major version in the upper 16 bits


async def ask(probe: Probe) -> str | None:
    """Ask once, for at most `contract.PROBE_TIMEOUT`; returns None for yes, else the reason in a few words."""
    try:
        async with asyncio.timeout(contract.PROBE_TIMEOUT):
            return await _answer(probe)
    except TimeoutError:
        return f"no answer within {contract.PROBE_TIMEOUT} s"
    except ConnectionRefusedError:
        return "connection refused"
    except (OSError, asyncio.IncompleteReadError, ValueError):
        return "the connection broke"


async def _answer(probe: Probe) -> str | None:
    match probe:
        case HttpProbe():
            return await _http(probe)
        case TcpProbe():
            return await _tcp(probe)
        case PostgresProbe():
            return await _postgres(probe)
        case ExitProbe():
            return "has not ended"


async def _http(probe: HttpProbe) -> str | None:
    reader, writer = await asyncio.open_connection(_HOST, probe.port)
    try:
        request = f"GET {probe.path} HTTP/1.1\r\nHost: {_HOST}:{probe.port}\r\nConnection: close\r\n\r\n"
        writer.write(request.encode("ascii"))
        status_line = await reader.readline()  # a line of more than 64 KiB is a ValueError
    finally:
        writer.close()
    words = status_line.split(maxsplit=2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1."):  # noqa: PLR2004  # version and status, RFC 9112 section 4
        return f"GET {probe.path} was not answered in HTTP"
    status = words[1].decode(errors="replace")
    return None if status.startswith("2") else f"GET {probe.path} answered {status}"


async def _tcp(probe: TcpProbe) -> str | None:
    _, writer = await asyncio.open_connection(_HOST, probe.port)
    writer.close()
    return None


async def _postgres(probe: PostgresProbe) -> str | None:
    """Begin to log in, as pg_isready does: a server that takes logins asks for the password."""
    url = urlsplit(probe.url)
    database = unquote(url.path.removeprefix("/"))
    parameters = f"user\0{unquote(url.username or '')}\0database\0{database}\0\0".encode()
    reader, writer = await asyncio.open_connection(url.hostname, url.port or contract.POSTGRES_PORT)
    try:
        writer.write(struct.pack("!ii", 8 + len(parameters), _PROTOCOL_3) + parameters)
        kind = await reader.readexactly(1)
    finally:
        writer.close()
    return None if kind == b"R" else "the server does not take logins yet"
