"""Time as an argument, so that what waits can be tested without waiting."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """A clock that one can sleep by."""

    def time(self) -> float:
        """Seconds on a clock that never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds of that clock."""
        ...


class MonotonicClock:
    """The machine's clock."""

    def time(self) -> float:
        """Seconds since some moment in the past."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        await asyncio.sleep(seconds)
