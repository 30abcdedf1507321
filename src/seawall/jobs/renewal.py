"""A worker process that begins anew after so many jobs or at so much memory: whatever leaks in it is gone.

It stops as at SIGTERM, and then replaces itself: the same process id, the same command, the environment in which it was
started. No supervisor has to start it again.
"""

import asyncio
import logging
import os
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from seawall.jobs.waiting import end, first_of

logger: Final = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
_MEGABYTE: Final = 1024 * 1024
_STATM: Final = Path("/proc/self/statm")


class Renewal:
    """Stops a worker as soon as `drain` does, or when it has finished `jobs` or takes `memory` MiB (0: no limit).

    `stopping` and `expired` are for the worker; it has `timeout` seconds between them.
    """

    def __init__(self, jobs: int, memory: int, timeout: float) -> None:
        self.stopping = asyncio.Event()
        self.expired = asyncio.Event()
        self._jobs = jobs
        self._memory = memory
        self._timeout = timeout

    async def watch(self, stopping: asyncio.Event, expired: asyncio.Event, finished: Callable[[], int]) -> None:
        """Go on until cancelled; `stopping` and `expired` are the process' own, `finished` counts the worker's jobs."""
        while not stopping.is_set() and not self._due(finished()):
            await first_of(stopping, seconds=LOOK_SECONDS if self._jobs or self._memory else None)
        self.stopping.set()
        if not stopping.is_set():
            hurry = asyncio.create_task(stopping.wait())
            await first_of(expired, tasks=[hurry], seconds=self._timeout)
            await end(hurry)
        if stopping.is_set():
            await expired.wait()
        self.expired.set()

    def _due(self, finished: int) -> bool:
        memory = resident() // _MEGABYTE if self._memory else 0
        due = bool(self._jobs and finished >= self._jobs) or bool(self._memory and memory >= self._memory)
        if due:
            logger.info("renews itself: %d jobs, %d MiB", finished, resident() // _MEGABYTE)
        return due


def resident() -> int:
    """Bytes of memory that this process takes now; where the system does not tell, the most that it ever took."""
    try:
        return int(_STATM.read_text().split()[1]) * resource.getpagesize()
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def begin_anew(environ: Mapping[str, str]) -> None:
    """Replace this process by one with the same command and this environment. Does not return."""
    os.execve(sys.executable, sys.orig_argv, dict(environ))  # noqa: S606 - its own command, no shell
