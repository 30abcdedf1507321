"""A clock that stands still until a test moves it."""

import asyncio
import heapq
import itertools

_SETTLE = 50  # turns of the event loop: more than any chain of callbacks between two sleeps


class FakeClock:
    """Keeps `seawall.local.clock.Clock`."""

    def __init__(self) -> None:
        self._now = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []

    def time(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), woken))
        await woken.wait()

    async def advance(self, seconds: float) -> None:
        """Let so much time pass: whoever sleeps wakes in order, and gets to run before the next one."""
        until = self._now + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            self._now, _, woken = heapq.heappop(self._sleepers)
            woken.set()
            await settle()
        self._now = until


async def settle() -> None:
    """Let everything run that can run without time passing."""
    for _ in range(_SETTLE):
        await asyncio.sleep(0)
