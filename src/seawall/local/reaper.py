"""Tells the watchdog which children live, so that nothing survives a supervisor that is killed."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import seawall
from seawall.local import process, procfs

# -S -E -P: no site-packages, no variables, no current folder: it is up in a few milliseconds and sees only Seawall.
_OPTIONS = ("-S", "-E", "-P", "-c")
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from seawall.local.watchdog import main; main()"


class Reaper:
    """The supervisor's end of the watchdog's pipe; `watchdog` is its process id. `running` makes it."""

    def __init__(self, helper: process.Helper) -> None:
        self.watchdog = helper.pid
        self._pipe = helper.pipe

    def add(self, pid: int, stop_signal: int) -> None:
        """A child was spawned, as the leader of its own process group."""
        self._tell(f"+ {pid} {procfs.start_time(pid)} {int(stop_signal)}\n")

    def remove(self, pid: int) -> None:
        """A child has ended, and its group with it."""
        self._tell(f"- {pid}\n")

    def _tell(self, line: str) -> None:
        with suppress(BrokenPipeError):  # somebody killed the watchdog: the supervisor still ends its children itself
            os.write(self._pipe, line.encode())


@contextmanager
def running() -> Generator[Reaper]:
    """Run a watchdog (`seawall.local.watchdog`) as long as the context lasts.

    It has a session, a working directory and standard streams of its own: Ctrl-C does not reach it, and it keeps no
    terminal and no pipe of the supervisor open.
    """
    source = str(Path(seawall.__file__).parent.parent)
    with process.detached((sys.executable, *_OPTIONS, _PROGRAM, source)) as helper:
        yield Reaper(helper)
