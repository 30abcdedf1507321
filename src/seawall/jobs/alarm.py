"""Being woken when a time has come that is known, such as that of a job that failed here."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

FARTHEST_SECONDS: Final = 60.0  # what comes later is left to those who look now and then
STEP_SECONDS: Final = 0.005  # between two alarms: there may be very many
EARLY_SECONDS: Final = 0.002  # that a timer may be: libuv counts in whole milliseconds


class Alarm:
    """Calls `wake` after each time that it was set to, by at most two steps."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._loop = asyncio.get_running_loop()
        self._steps: set[int] = set()

    def set(self, seconds: float) -> None:
        """Wake after so many seconds."""
        if seconds > FARTHEST_SECONDS:
            return
        now = time.monotonic()  # a loop's own time is that of its last turn
        step = int((now + seconds + EARLY_SECONDS) / STEP_SECONDS) + 1
        if step not in self._steps:
            self._steps.add(step)
            self._loop.call_later(step * STEP_SECONDS - now, self._ring, step)

    def _ring(self, step: int) -> None:
        self._steps.discard(step)
        self._wake()
