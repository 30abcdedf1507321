"""What one incarnation of a worker holds, and what it has room for.

A job takes a place while its function runs. What has ended is held until the store knows; that takes no place, so that
functions do not wait for commits. Where functions are short, the next jobs are claimed while these run, and given back
if their turn does not come at once.
"""

import time
from collections import deque
from typing import Final

from seawall.jobs.run import Run
from seawall.jobs.store import Claimed, Held

SHORT_SECONDS: Final = 0.01  # if half of the functions take less, the next jobs are claimed ahead
WAIT_SECONDS: Final = 0.2  # for which a job that was claimed ahead may wait
HELD_PER_PLACE: Final = 3  # jobs, in all: what may run twice when this process dies is bounded
_WEIGHT: Final = 1 / 16  # of the last run in the moving share of long ones


class Holding:
    """The jobs of one incarnation. `given_up` are runs that take a place although their claims are lost or left."""

    def __init__(self, places: int, given_up: list[Run]) -> None:
        self.runs: dict[int, Run] = {}
        self.waiting: deque[tuple[Claimed, float]] = deque()
        self.given_up = given_up
        self._places = places
        self._busy = 0
        self._long = 1.0

    @property
    def known(self) -> list[int]:
        """The ids of all jobs."""
        return [*self.runs, *(each.id for each, _ in self.waiting)]

    @property
    def free(self) -> int:
        """How many functions may begin now."""
        return self._places - self._busy - len(self.given_up)

    @property
    def room(self) -> int:
        """How many jobs may be claimed now."""
        waiting = len(self.waiting)
        room = self.free - waiting + (self._places if self.short else 0)
        return max(0, min(room, HELD_PER_PLACE * self._places - len(self.runs) - waiting))

    @property
    def short(self) -> bool:
        """Whether most functions are so short that jobs are claimed ahead."""
        return self._long < 0.5  # noqa: PLR2004 - most

    @property
    def pays(self) -> bool:
        """Whether there is room for so much that a claim is worth its commit."""
        return self.room >= (max(1, self._places // 2) if self.short else 1)

    def put(self, claimed: list[Claimed]) -> None:
        """Let jobs wait for their places."""
        now = time.monotonic()
        self.waiting.extend((each, now) for each in claimed)

    def next(self) -> Claimed | None:
        """The job that begins now; None: there is none, or no place."""
        return self.waiting.popleft()[0] if self.waiting and self.free > 0 else None

    def begin(self, run: Run) -> None:
        """Give `run` a place."""
        self.runs[run.claimed.id] = run
        self._busy += 1

    def end(self, run: Run, seconds: float) -> None:
        """The function of `run` has ended: its place is free."""
        if self.runs.get(run.claimed.id) is run:
            self._busy -= 1
            self._long += ((seconds > SHORT_SECONDS) - self._long) * _WEIGHT

    def stale(self) -> list[Held]:
        """Take out the jobs that waited for too long; no more are claimed ahead until functions are short again."""
        since = time.monotonic() - WAIT_SECONDS
        found: list[Held] = []
        while self.waiting and self.waiting[0][1] < since:
            found.append(self.waiting.popleft()[0].held)
            self._long = 1.0
        return found

    def drop(self, held: Held) -> bool:
        """Take out this job, if it waits."""
        found = [each for each in self.waiting if each[0].held == held]
        for each in found:
            self.waiting.remove(each)
        return bool(found)
