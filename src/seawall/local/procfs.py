"""What Linux says in ``/proc`` about processes. Without ``/proc`` (macOS) nothing is known and the answers are empty.

The watchdog imports this on its way up, so it imports nothing but `os`.
"""

import os
from collections.abc import Iterator


class Stat:
    """One process: its parent, its process group, and when it started (clock ticks since boot, proc(5))."""

    __slots__ = ("group", "parent", "pid", "start", "state")

    def __init__(self, pid: int, text: bytes) -> None:
        fields = text[text.rindex(b")") + 2 :].split()  # the name before it may hold spaces and parentheses
        self.pid = pid
        self.state = fields[0].decode()
        self.parent = int(fields[1])
        self.group = int(fields[2])
        self.start = int(fields[19])

    @property
    def alive(self) -> bool:
        """False for a process that has ended and only waits to be reaped."""
        return self.state not in "ZX"


def stat(pid: int) -> Stat | None:
    """The process with this id, or None if there is none."""
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return Stat(pid, os.read(descriptor, 4096))
    except OSError:  # it ended meanwhile
        return None
    finally:
        os.close(descriptor)


def start_time(pid: int) -> int:
    """When the process started; tells it from a later one with the same id. 0 if that cannot be known."""
    found = stat(pid)
    return 0 if found is None else found.start


def members(group: int) -> list[int]:
    """The ids of the processes of a group that are alive."""
    return [process.pid for process in _processes() if process.group == group and process.alive]


def descendants(pid: int) -> dict[int, int]:
    """The children of a process, their children and so on: id to start time."""
    children: dict[int, list[Stat]] = {}
    for process in _processes():
        children.setdefault(process.parent, []).append(process)
    found: dict[int, int] = {}
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            found[child.pid] = child.start
            waiting.append(child.pid)
    return found


def available() -> bool:
    """Whether this machine tells."""
    return stat(os.getpid()) is not None


def working_in(folder: str) -> list[int]:
    """The ids of the processes whose working directory is `folder` (a resolved path).

    Root in a container may not look at the working directory of another user's process. Then its command tells: it is
    there if `folder` is one of its arguments, and so are its descendants.
    """
    found: dict[int, None] = {}
    for pid in _pids():
        try:
            # pathlib would double the watchdog's start-up time
            here = os.readlink(f"/proc/{pid}/cwd") == folder  # noqa: PTH115
        except PermissionError:
            here = folder.encode() in _arguments(pid)
            found |= dict.fromkeys(descendants(pid)) if here else {}
        except OSError:  # it ended meanwhile
            here = False
        found |= {pid: None} if here else {}
    return sorted(found)


def _arguments(pid: int) -> list[bytes]:
    try:
        descriptor = os.open(f"/proc/{pid}/cmdline", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return []
    try:
        return os.read(descriptor, 65536).split(b"\0")
    except OSError:
        return []
    finally:
        os.close(descriptor)


def _processes() -> Iterator[Stat]:
    for pid in _pids():
        process = stat(pid)
        if process is not None:
            yield process


def _pids() -> Iterator[int]:
    try:
        with os.scandir("/proc") as entries:
            yield from [int(entry.name) for entry in entries if entry.name.isdigit()]
    except OSError:
        return
