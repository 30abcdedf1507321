"""Where log lines leave the process: whole lines to a file descriptor, at once.

A line is one `write` and nothing is kept back: no way for a process to die loses a line that was logged. A buffer would
save a system call a line, and lose its last lines to a SIGKILL.
"""

import os
import select
import threading
from typing import Final

_STALLED_SECONDS: Final = 1.0  # how long a reader of a non-blocking descriptor may keep the process waiting


class Output:
    """Writes lines to a `descriptor`. What cannot be written is counted in `dropped`, and never raises.

    The reader of a pipe may be gone, the volume behind a file full: the service goes on. The first line that gets
    through again is preceded by `notice`, made of the number of lines that were lost.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.dropped = 0
        self._torn = False
        self._lock = threading.Lock()

    def write(self, line: bytes) -> bool:
        """Write `line`, which has no line break, and a line break. False where it was lost."""
        data = line + b"\n"
        with self._lock:
            # A line of which only the beginning got out is ended first, so that it spoils no other.
            data = b"\n" + data if self._torn else data
            try:
                written = os.write(self.descriptor, data)
            except OSError:  # told apart in `_write`
                written = 0
            if written == len(data):  # nearly always, and then nothing more is to be done
                self._torn = False
                return True
            rest = self._write(data[written:])
            self._torn = 0 < len(rest) < len(data) or (self._torn and len(rest) == len(data))
            self.dropped += bool(rest)
            return not rest

    def taken(self) -> int:
        """How many lines were lost since this was last asked."""
        with self._lock:
            dropped, self.dropped = self.dropped, 0
            return dropped

    def _write(self, data: bytes) -> bytes:
        """Write as much of `data` as goes; the rest, empty where all went."""
        try:
            while data:
                try:
                    data = data[os.write(self.descriptor, data) :]
                except BlockingIOError:
                    _, ready, _ = select.select([], [self.descriptor], [], _STALLED_SECONDS)
                    if not ready:
                        break
        except OSError:  # EPIPE, ENOSPC, EIO, EBADF
            pass
        return data
