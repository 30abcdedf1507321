"""The process that ends the children when the supervisor died without ending them (``kill -9``, out of memory).

It runs in a session of its own and reads a pipe whose only writer is the supervisor: ``+ PID START SIGNAL`` for a child
that was spawned, ``- PID`` for one that has ended. End of file means that the supervisor is gone. Parent-death signals
(prctl(2), PR_SET_PDEATHSIG) would be simpler, but a change of user clears them, and PostgreSQL needs one.
"""

import os
import signal
import time
from collections.abc import Callable

from seawall.local import procfs

WINDOW_SECONDS = 0.5  # from the stop signal to SIGKILL: PostgreSQL's fast shutdown fits in
_POLL_SECONDS = 0.02


def main() -> None:
    """Read the pipe on standard input until its end; then end whatever is still registered."""
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
        signal.SIGHUP,
    ):  # whoever stops the supervisor must not stop this first
        signal.signal(number, signal.SIG_IGN)
    children = _registered()
    if children:
        _end(children)


def _registered() -> dict[int, tuple[int, int]]:
    children: dict[int, tuple[int, int]] = {}
    rest = b""
    while chunk := os.read(0, 65536):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            verb, pid, *details = line.split()
            if verb == b"+":
                children[int(pid)] = int(details[0]), int(details[1])
            else:
                children.pop(int(pid), None)
    return children


def _end(children: dict[int, tuple[int, int]]) -> None:
    """Stop signals first, SIGKILL after the window; also to descendants that left the group, as PostgreSQL's do."""
    groups = {pid: number for pid, (start, number) in children.items() if not _reused(pid, start)}
    strays: dict[int, int] = {}
    for pid, number in groups.items():
        strays |= procfs.descendants(pid)
        _send(os.kill, pid, number)
    deadline = time.monotonic() + WINDOW_SECONDS
    while time.monotonic() < deadline and any(map(_group_exists, groups)):
        time.sleep(_POLL_SECONDS)
    for pid in groups:
        strays |= procfs.descendants(pid)
        _send(os.killpg, pid, signal.SIGKILL)
    for pid, start in strays.items():
        if not _reused(pid, start):
            _send(os.kill, pid, signal.SIGKILL)


def _reused(pid: int, start: int) -> bool:
    """Whether the id now belongs to another process. An id is not given away while its process group has members."""
    now = procfs.stat(pid)
    return now is not None and now.start != start


def _group_exists(group: int) -> bool:
    return _send(os.killpg, group, 0)


def _send(send: Callable[[int, int], None], pid: int, number: int) -> bool:
    try:
        send(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
