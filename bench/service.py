"""What the chassis costs: FastAPI on uvicorn without it and with it, interleaved, on one machine.

Run: `python bench/service.py [--traces]`. It takes about 65 seconds and wants two cores: one for the server, one for
this client. With `--traces`, about 130, also traced, beside FastAPI's own telemetry, with a collector that says yes.
Prints requests per second, processor time a request, latency, memory and start-up: medians of the rounds, their spread
in brackets, and the share of bare FastAPI's requests, round by round.
"""

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import uvloop

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 32
HERE = Path(__file__).parent
GET = b"GET /hello/world HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\nUser-Agent: bench\r\n\r\n"
BODY = json.dumps({"item": "book", "quantity": 3, "note": "x" * 100}).encode()
POST = (
    b"POST /orders HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\nUser-Agent: bench\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n" % len(BODY)
) + BODY


class Client(asyncio.Protocol):
    """One keep-alive connection that asks again as soon as it is answered."""

    def __init__(self, request: bytes, done: Callable[[], bool], latencies: list[float]) -> None:
        self._request = request
        self._done = done
        self._latencies = latencies
        self._buffer = b""
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are no subclasses
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        start = head.lower().index(b"content-length: ") + 16
        if len(body) < int(head[start:].split(b"\r\n", 1)[0]):
            return
        assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 202")), head
        self._buffer = b""
        self._latencies.append(time.perf_counter() - self._asked)
        if self._done():
            self._transport.close()
        else:
            self._ask()

    def connection_lost(self, _error: Exception | None) -> None:
        self.closed.set_result(None)


@dataclass
class Variant:
    """One way to serve the application. All figures by round."""

    name: str
    arguments: list[str]
    port: int
    variables: dict[str, str] = field(default_factory=dict[str, str])
    starts: list[float] = field(default_factory=list)
    memory: float = 0.0
    pid: int = 0
    rates: dict[str, list[float]] = field(default_factory=lambda: {"GET": [], "POST": []})
    tails: dict[str, list[float]] = field(default_factory=lambda: {"GET": [], "POST": []})
    costs: dict[str, list[float]] = field(default_factory=lambda: {"GET": [], "POST": []})

    def start(self, folder: Path) -> "subprocess.Popen[bytes]":
        variables = {"PORT": str(self.port), "METRICS_PORT": str(self.port + 10), "LOG_FORMAT": "json"}
        with (folder / self.name.replace(" ", "-")).open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                cwd=HERE / "apps",
                env={"PATH": os.environ["PATH"], **variables, **self.variables},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def first_answer(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.005)
                continue
            writer.write(GET)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            writer.close()
            return

    async def measure(self, method: str, seconds: float = SECONDS) -> None:
        latencies: list[float] = []
        loop = asyncio.get_running_loop()
        end = time.perf_counter() + seconds
        began, used = time.perf_counter(), processor_seconds(self.pid)
        request = GET if method == "GET" else POST
        clients = [
            (await loop.create_connection(lambda: Client(request, lambda: time.perf_counter() > end, latencies),
                                          "127.0.0.1", self.port))[1]
            for _ in range(CONNECTIONS)
        ]  # fmt: skip
        await asyncio.gather(*(client.closed for client in clients))
        self.rates[method].append(len(latencies) / (time.perf_counter() - began))
        self.costs[method].append((processor_seconds(self.pid) - used) / len(latencies) * 1e6)
        self.tails[method].append(statistics.quantiles(latencies, n=100)[98] * 1000)


def uvicorn(app: str, port: int, *more: str) -> list[str]:
    return ["uvicorn", app, "--port", str(port), "--http", "httptools", "--loop", "uvloop", *more]


def traced(collector: str) -> list[Variant]:
    """The same with each request a span, sent to a collector; the last with one in a hundred."""
    otlp = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector}
    alone = {
        **otlp,
        "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
    }
    few = {**otlp, "OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.01"}
    quiet = uvicorn("hello:api", 18304, "--no-access-log", "--log-level", "warning")
    return [
        Variant("FastAPI, its telemetry", quiet, 18304, alone),
        Variant("FastAPI, Seawall, traced", ["seawall.service", "hello:app"], 18305, otlp),
        Variant("FastAPI, Seawall, 1 % traced", ["seawall.service", "hello:app"], 18306, few),
    ]


async def say_yes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A collector that throws away what it is sent."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length: ")[2].split(b"\r\n", 1)[0]
            await reader.readexactly(int(length))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    writer.close()


async def main() -> None:
    bare = Variant("FastAPI", uvicorn("hello:api", 18301, "--no-access-log", "--log-level", "warning"), 18301)
    logged = Variant("FastAPI, access log", uvicorn("hello:api", 18302), 18302)
    ours = Variant("FastAPI, Seawall", ["seawall.service", "hello:app"], 18303)
    variants = [bare, logged, ours]
    if "--traces" in sys.argv:
        collector = await asyncio.start_server(say_yes, "127.0.0.1", 0, limit=2**20)
        variants += traced(f"http://127.0.0.1:{collector.sockets[0].getsockname()[1]}")
    processes: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as temporary:
        try:
            for _ in range(ROUNDS):
                for process in processes:
                    stop(process)
                processes = [await started(variant, Path(temporary)) for variant in variants]
            await load(variants)
            for variant, process in zip(variants, processes, strict=True):
                variant.memory = resident(process.pid)
        finally:
            for process in processes:
                stop(process)
    report(bare, variants)


async def started(variant: Variant, folder: Path) -> "subprocess.Popen[bytes]":
    began = time.perf_counter()
    process = variant.start(folder)
    async with asyncio.timeout(30):
        await variant.first_answer()
    variant.starts.append((time.perf_counter() - began) * 1000)
    variant.pid = process.pid
    return process


async def load(variants: list[Variant]) -> None:
    for number in range(ROUNDS + 1):
        for method in ("GET", "POST"):
            for variant in variants:
                await variant.measure(method, SECONDS if number else 0.5)
                if not number:  # they warm up
                    variant.rates[method].clear()
                    variant.tails[method].clear()
                    variant.costs[method].clear()


def stop(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


def resident(pid: int) -> float:
    """Resident memory in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def processor_seconds(pid: int) -> float:
    """What the process has used of a processor so far: other work on this machine does not change it much."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def spread(values: list[float], digits: int = 0) -> str:
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def report(bare: Variant, variants: list[Variant]) -> None:
    print(f"{CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS:g} s, Python {sys.version.split()[0]}\n")
    print("| | GET/s | % | CPU us | p99 ms | POST/s | % | CPU us | p99 ms | RSS MiB | first answer ms |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for variant in variants:
        cells = [variant.name]
        for method in ("GET", "POST"):
            theirs, own = bare.rates[method], variant.rates[method]
            # Round by round: what slows the machine for a while slows both.
            shares = [100 * mine / other for mine, other in zip(own, theirs, strict=True)]
            cells += [spread(own), spread(shares), spread(variant.costs[method]), spread(variant.tails[method], 1)]
        cells += [f"{variant.memory:.1f}", spread(variant.starts)]
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    uvloop.run(main())
