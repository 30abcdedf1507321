"""One `seawall up` a stack: an advisory lock that the kernel frees when its holder dies, however it dies."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from seawall.errors import Problem, SeawallError
from seawall.local import procfs


@contextmanager
def lock(state: Path) -> Generator[None]:
    """Hold the lock of a stack, a file in its `state` folder, which exists.

    Raises:
        SeawallError: SW306, naming the process, if another one holds it.
    """
    descriptor = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SeawallError(_already_up(os.read(descriptor, 64))) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()} {procfs.start_time(os.getpid())}\n".encode())
        yield
    finally:
        os.close(descriptor)


def _already_up(content: bytes) -> Problem:
    """The file may be empty for a moment after the lock was taken, or name a process of another container."""
    words = content.split()
    pid, start = (int(words[0]), int(words[1])) if len(words) == 2 else (0, 0)  # noqa: PLR2004  # what `lock` writes
    if pid and procfs.start_time(pid) == start:
        return Problem("SW306", f"this stack is already up, as process {pid}", fix=f"kill {pid}")
    return Problem("SW306", "this stack is already up, in a process that cannot be seen from here")
