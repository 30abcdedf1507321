"""How much of a request a service takes: how many at once, how long each, and how large a body."""

import asyncio
import time

from seawall.service.exchange import Exchange
from seawall.service.problems import STOPPING, TOO_LARGE, TOO_MANY, TOO_SLOW, Refusal


class InFlight:
    """The requests under way: at most `limit`, and `timeout` seconds for each until its answer begins.

    What streams its answer may take as long as it likes. All requests have the same time, so the oldest is always due
    first: one timer, set for the first of them, costs each request a dictionary entry.
    """

    def __init__(self, limit: int, timeout: float) -> None:
        self._limit = limit
        self._timeout = timeout
        self._running: dict[Exchange, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        return len(self._running)

    def admit(self, exchange: Exchange) -> Refusal | None:
        """Take `exchange` in, which is run by the current task, or refuse it."""
        if len(self._running) >= self._limit:
            return TOO_MANY
        task = asyncio.current_task()
        if task is None:  # a server without tasks has nothing that could be cancelled
            return None
        exchange.task = task
        exchange.deadline = exchange.began + self._timeout
        self._running[exchange] = None
        loop = asyncio.get_running_loop()
        if self._timer is None or self._loop is not loop:
            self._loop = loop
            self._timer = loop.call_later(self._timeout, self._sweep)
        return None

    def leave(self, exchange: Exchange) -> None:
        """`exchange` has ended; no error if it was never admitted."""
        self._running.pop(exchange, None)

    def expire_all(self) -> None:
        """Give up what is under way: the process stops."""
        for exchange in tuple(self._running):
            exchange.expire(STOPPING)

    def _sweep(self) -> None:
        self._timer = None
        now = time.perf_counter()
        for exchange in tuple(self._running):
            if exchange.status:
                continue
            if exchange.deadline > now:
                delay = exchange.deadline - now
                self._timer = asyncio.get_running_loop().call_later(delay, self._sweep)
                return
            exchange.expire(TOO_SLOW)


class BodyLimit:
    """Refuses a body of more than `limit` bytes: by its announced length, or while it is read where there is none."""

    def __init__(self, limit: int) -> None:
        self._limit = limit

    def check(self, exchange: Exchange) -> Refusal | None:
        """Refuse a body that says that it is too large; watch any other that there may be."""
        length = exchange.content_length
        if length is not None and length.isdigit() and int(length) > self._limit:
            return TOO_LARGE
        # HTTP/1 announces a body by one of two headers (RFC 9112, 6); later versions need not.
        if length is not None or exchange.chunked or not exchange.scope["http_version"].startswith("1"):
            exchange.body_limit = self._limit
        return None
