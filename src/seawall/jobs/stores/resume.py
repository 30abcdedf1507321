"""Going on where the last claim ended: the way from the start leads over all that was claimed and finished before.

Until PostgreSQL cleans these rows up, each claim wades through them before it comes to the first that is ready. So in a
backlog, where a claim takes as many jobs as it may, the next one begins behind the last job that it took. What lies
before that (a higher priority, a row that was committed late) is found by a claim from the start: at each ring of the
bell, once a second, and when there are no more jobs behind.

A backup, or an analyst, that holds an old snapshot keeps all these rows from being cleaned up, for as long as it takes.
Claims from the start are then slow, and made only once a second, or more rarely where that alone would take a fifth of
the time.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final, NamedTuple

from seawall.jobs.store import Claimed

SLOW: Final = 4.0  # times as long as usual
SLOW_SECONDS: Final = 0.005  # less is never slow
SLOW_CLAIMS: Final = 3  # one after the other: a busy machine is slow now and then
RESCAN_SECONDS: Final = 1.0
_REST: Final = 4.0  # times as long as a claim from the start took, until the next
_FORGET_SECONDS: Final = 600.0  # in which what is usual may double
_PLACE: Final = attrgetter("priority", "run_at", "id")
_JOBS: Final = 50  # that a claim takes in the time that it needs for itself


class Mark(NamedTuple):
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
        self._full = False
        self._slow = 0
        self._rescan = 0.0

    @property
    def slow(self) -> bool:
        """Whether claims from the start are slow: then it matters what claims take."""
        return self._rescan > 0

    def mark(self, now: float, *, anew: bool) -> Mark | None:
        """Where the next claim may begin; None: at the start. `anew`: there may be something before it."""
        if self.slow:
            return self._mark if now < self._rescan else None
        return self._mark if self._full and not anew and now < self._seen + RESCAN_SECONDS else None

    def scanned(self, began: float, ended: float, limit: int) -> None:
        """A claim from the start, of at most `limit` jobs, took from `began` to `ended`."""
        took = (ended - began) / (1 + limit / _JOBS)
        self._usual = min(self._usual * 2 ** ((ended - self._seen) / _FORGET_SECONDS), took)
        self._seen = ended
        slow = took > SLOW * self._usual and ended - began > SLOW_SECONDS
        self._slow = self._slow + 1 if slow else 0
        self._rescan = ended + max(RESCAN_SECONDS, _REST * (ended - began)) if self._slow >= SLOW_CLAIMS else 0.0
        self._mark = None

    def claimed(self, jobs: Sequence[Claimed], limit: int) -> None:
        """A claim of at most `limit` took `jobs`; none leave the mark where it is."""
        self._full = len(jobs) == limit
        if len({job.priority for job in jobs}) > 1:
            self._mark = None
        elif jobs:
            self._mark = Mark._make(_PLACE(max(jobs, key=_PLACE)))
