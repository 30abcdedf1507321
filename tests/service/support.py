"""Small applications and clients that the chassis' tests share."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import prometheus_client

from seawall.runtime import metrics
from seawall.runtime.asgi import App, Message, Scope
from seawall.runtime.logs import bound


def client(app: App, *, raises: bool = True) -> httpx.AsyncClient:
    """A client that calls `app` in this process, without a server."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=raises)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


def value(metric: str, **labels: str) -> float | None:
    """What a series counts now; None where there is none."""
    metrics.attach()
    return prometheus_client.REGISTRY.get_sample_value(metric, labels)


class Line(dict[str, Any]):
    """One log line: the record's own fields and those bound to the request."""


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("http"):  # the client in this process logs its side of each request
            return
        self.lines.append(Line({**record.__dict__, "message": record.getMessage(), **bound()}))


@contextmanager
def log_lines() -> Iterator[list[Line]]:
    """The lines that are logged while the block runs."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    collector = _Collector()
    root.handlers[:], root.level = [collector], logging.DEBUG
    root.setLevel(logging.DEBUG)
    try:
        yield collector.lines
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def http_scope(path: str = "/", method: str = "GET", headers: list[tuple[bytes, bytes]] | None = None) -> Scope:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "headers": headers or [],
        "client": ("192.0.2.9", 50000),
        "scheme": "http",
        "query_string": b"",
    }


class Recorder:
    """A server's side of one request: gives the body in pieces, keeps what is sent."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)
        self.sent: list[Message] = []
        self.answered = asyncio.Event()

    async def receive(self) -> Message:
        if not self._pieces:
            return {"type": "http.disconnect"}
        piece = self._pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self._pieces)}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.answered.set()

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])
