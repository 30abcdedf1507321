"""Whether the event loop turns, seen from another thread; and if not, which job holds it up, and where.

A coroutine that computes or waits without ``await`` stops all others, and the endpoints too. Nobody can interrupt it,
but it can be named: the task that the loop is in, and the line that its thread executes, are known.
"""

import asyncio
import logging
import sys
import threading
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import Final

logger: Final = logging.getLogger(__name__)

BLOCK_SECONDS: Final = 1.0  # for which the loop may stand still before somebody is named
LOOK_SECONDS: Final = 0.25


class Watchdog:
    """Watches the event loop in which it is made; `look` is called in another thread, often."""

    def __init__(self, since: float) -> None:
        self.turned = since  # when the loop turned last, in monotonic time
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._asked = False
        self._said = False

    def look(self) -> float:
        """Ask the loop for a sign; returns for how long it has stood still.

        Raises:
            RuntimeError: the loop is closed.
        """
        still = time.monotonic() - self.turned
        if not self._asked:
            self._asked = True
            self._loop.call_soon_threadsafe(self._turn)
        elif still >= BLOCK_SECONDS and not self._said:
            self._said = True
            logger.warning("the event loop stands still for %.1f s: %s", still, self.culprit())
        return still

    def culprit(self) -> str:
        """What the loop is in: the name of a task, such as a job's, and the line."""
        task = asyncio.current_task(self._loop)
        name = task.get_name() if task is not None else "no task"
        frame = sys._current_frames().get(self._thread)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # no other way to its line
        return f"{name} at {_place(frame)}" if frame is not None else name

    def _turn(self) -> None:
        self.turned, self._asked, self._said = time.monotonic(), False, False


def _place(frame: FrameType) -> str:
    """The innermost line of the application, or else of all."""
    lines = traceback.extract_stack(frame)
    here = f"{Path.cwd()}/"
    own = [line for line in lines if line.filename.startswith(here) and "site-packages" not in line.filename]
    line = (own or lines)[-1]
    return f"{line.filename.removeprefix(here)}:{line.lineno} in {line.name}"
