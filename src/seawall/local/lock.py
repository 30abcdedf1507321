"""One `seawall up` a stack: an advisory lock that the kernel frees when its holder dies, however it dies."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from seawall.errors import Problem, SeawallError
from seawall.local import procfs
from seawall.local.disk import writing


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that has a stack up: its id, and when it started, which tells it from a later one with that id."""

    pid: int
    start: int

    def alive(self) -> bool:
        """Whether it is still that process. Where the machine does not tell start times, its id must do."""
        process = procfs.stat(self.pid)
        if process is not None:
            return process.alive and process.start == self.start
        return not procfs.available() and _exists(self.pid)


@contextmanager
def lock(state: Path) -> Generator[None]:
    """Hold the lock of a stack, a file in its `state` folder, which exists.

    Raises:
        SeawallError: SW306, naming the process, if another one holds it; SW318, the file cannot be written.
    """
    with writing(state):
        descriptor = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _take(descriptor)
        with writing(state):
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()} {procfs.start_time(os.getpid())}\n".encode())
        yield
    finally:
        os.close(descriptor)


def refuse_second(state: Path) -> None:
    """Return if nobody holds the lock of the stack with this `state` folder, which need not exist. Nothing is written.

    Raises:
        SeawallError: SW306, naming the process that holds it.
    """
    try:
        descriptor = os.open(state / "lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:  # no lock yet, or not ours: `lock` says so where it matters
        return
    try:
        _take(descriptor)
    finally:
        os.close(descriptor)


def holder(state: Path) -> Holder | None:
    """The process that holds the lock of the stack, or None: what a dead one left in the file is never believed.

    Raises:
        SeawallError: SW313, the folder is another user's and closed.
    """
    try:
        found = _parse((state / "lock").read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError:
        raise SeawallError(Problem("SW313", f"{state} belongs to another user, and is closed")) from None
    return found if found is not None and found.alive() else None


def _take(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SeawallError(_already_up(os.read(descriptor, 64))) from None


def _parse(content: bytes) -> Holder | None:
    """The file may be empty for a moment after the lock was taken."""
    words = content.split()
    if len(words) != 2 or not all(word.isdigit() for word in words):  # noqa: PLR2004  # what `lock` writes
        return None
    return Holder(int(words[0]), int(words[1]))


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _already_up(content: bytes) -> Problem:
    """The file may also name a process of another container, which cannot be seen from here."""
    found = _parse(content)
    if found is not None and procfs.start_time(found.pid) == found.start:
        message = f"this stack is already up, as process {found.pid}"
        return Problem("SW306", message, fix="seawall down")
    return Problem("SW306", "this stack is already up, in a process that cannot be seen from here")
