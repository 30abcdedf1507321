"""When runs have taken too long: one timer for all that may take equally long, not one for each, which costs more."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seawall.jobs.run import Run


class Deadlines:
    """Calls `Run.time_out` of each run that was begun and has not ended after its limit, in seconds."""

    def __init__(self) -> None:
        self._lines: dict[float, _Line] = {}

    def begin(self, run: "Run", limit: float) -> None:
        """From now on."""
        line = self._lines.get(limit)
        if line is None:
            line = self._lines[limit] = _Line(limit)
        line.begin(run)

    def end(self, run: "Run", limit: float) -> None:
        """It has ended."""
        self._lines[limit].runs.pop(run, None)


class _Line:
    """The runs of one limit: whichever begins later ends later, so that the first is the next to be late."""

    def __init__(self, limit: float) -> None:
        self.runs: dict[Run, float] = {}
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, run: "Run") -> None:
        due = self.runs[run] = self._loop.time() + self._limit
        if self._timer is None:
            self._timer = self._loop.call_at(due, self._look)

    def _look(self) -> None:
        self._timer = None
        while self.runs:
            run, due = next(iter(self.runs.items()))
            if due > self._loop.time():
                self._timer = self._loop.call_at(due, self._look)
                return
            del self.runs[run]
            run.time_out()
