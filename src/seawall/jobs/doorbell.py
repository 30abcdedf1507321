"""Waking workers without waking them for each job: at most one ring in 5 ms from a process.

The first ring goes with the statement that enqueues, the following ones are gathered into one: it goes with the next
statement, or by itself where none comes soon. A ring that gets lost costs up to a second: workers look for themselves.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

logger: Final = logging.getLogger(__name__)

APART_SECONDS: Final = 0.005
LINGER_SECONDS: Final = 0.002  # for which a ring that is due waits for a statement to go with


class Doorbell:
    """Gathers the rings of one event loop; `ring` sends one.

    `keep` gets the task that will: whoever closes the connections lets it end before.
    """

    def __init__(self, ring: Callable[[], Awaitable[object]], keep: Callable[["asyncio.Task[None]"], None]) -> None:
        self._ring = ring
        self._keep = keep
        self._last = -APART_SECONDS
        self._waiting: asyncio.Task[None] | None = None

    def take(self) -> bool:
        """Whether the caller may ring now itself, for all; else it calls `soon` once its jobs are committed."""
        due = self.due()
        if due and self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        return due

    def due(self) -> bool:
        """As `take`, for a caller that may roll its ring back: it rings for itself, and for no other."""
        now = time.monotonic()
        if now - self._last < APART_SECONDS:
            return False
        self._last = now
        return True

    def soon(self) -> None:
        """Ring within the next 7 ms, once for all who ask meanwhile."""
        if self._waiting is None:
            wait = max(0.0, self._last + APART_SECONDS + LINGER_SECONDS - time.monotonic())
            self._waiting = asyncio.get_running_loop().create_task(self._send(wait), name="doorbell")
            self._keep(self._waiting)

    async def after_commit(self) -> None:
        """`soon`, as a callback for `after_release`."""
        self.soon()

    async def _send(self, wait: float) -> None:
        await asyncio.sleep(wait)
        self._waiting = None
        self._last = time.monotonic()
        try:
            await self._ring()
        except Exception as error:  # noqa: BLE001 - the poll is the truth: no fault of the bell may reach anybody
            logger.debug("the doorbell did not ring: %s", type(error).__name__)
