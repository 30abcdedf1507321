"""Going on where the last claim ended, while claims are slow because somebody holds an old snapshot.

A backup, or an analyst, keeps the rows that were claimed and finished meanwhile from being cleaned up, and each claim
wades through all of them before it comes to the first that is ready. While that is so, claims begin behind the last job
that one took. What lies before it (a higher priority, a row that was committed late) is found by a claim
from the start, once a second, or more rarely where that alone would take a fifth of the time.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

SLOW: Final = 4.0  # times as long as usual
SLOW_SECONDS: Final = 0.005  # less is never slow
SLOW_CLAIMS: Final = 3  # one after the other: a busy machine is slow now and then
RESCAN_SECONDS: Final = 1.0
_REST: Final = 4.0  # times as long as a claim from the start took, until the next
_FORGET_SECONDS: Final = 600.0  # in which what is usual may double
_JOBS: Final = 50  # that a claim takes in the time that it needs for itself


@dataclass(frozen=True, slots=True)
class Mark:
    """The last job that was claimed, in the order of the jobs of a priority."""

    priority: int
    run_at: datetime
    id: int


class Resume:
    """The claims of one queue. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._usual = math.inf
        self._seen = 0.0
        self._mark: Mark | None = None
        self._slow = 0
        self._rescan = 0.0

    @property
    def slow(self) -> bool:
        """Whether claims from the start are slow: then it matters what claims take."""
        return self._rescan > 0

    def mark(self, now: float) -> Mark | None:
        """Where the next claim may begin; None: at the start."""
        return self._mark if now < self._rescan else None

    def scanned(self, began: float, ended: float, limit: int) -> None:
        """A claim from the start, of at most `limit` jobs, took from `began` to `ended`."""
        took = (ended - began) / (1 + limit / _JOBS)
        self._usual = min(self._usual * 2 ** ((ended - self._seen) / _FORGET_SECONDS), took)
        self._seen = ended
        slow = took > SLOW * self._usual and ended - began > SLOW_SECONDS
        self._slow = self._slow + 1 if slow else 0
        self._rescan = ended + max(RESCAN_SECONDS, _REST * (ended - began)) if self._slow >= SLOW_CLAIMS else 0.0
        self._mark = None

    def claimed(self, jobs: list[Mark]) -> None:
        """A slow claim took `jobs`, or the one behind it did; none leave the mark where it is."""
        if len({job.priority for job in jobs}) > 1:
            self._mark = None
        elif jobs:
            self._mark = max(jobs, key=lambda job: (job.run_at, job.id))
