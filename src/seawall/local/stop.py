"""Stopping a stack that another process has up."""

import os
import pwd
import signal
import time
from pathlib import Path
from typing import Final

from seawall.errors import Problem, SeawallError
from seawall.local.lock import Holder, holder

PATIENCE_SECONDS: Final = 30.0  # a supervisor needs 10 at most
_POLL_SECONDS: Final = 0.02


def stop(state: Path) -> Holder | None:
    """Tell who has the stack up to stop, and wait until everything is down; returns who it was, None if nobody.

    Raises:
        SeawallError: SW313, it is another user's process; SW314, it does not stop.
    """
    found = holder(state)
    if found is None:
        return None
    try:
        os.kill(found.pid, signal.SIGTERM)
    except ProcessLookupError:
        return found
    except PermissionError:
        raise SeawallError(_another_users(found.pid)) from None
    deadline = time.monotonic() + PATIENCE_SECONDS
    while found.alive():
        if time.monotonic() > deadline:
            message = f"process {found.pid} was told to stop {PATIENCE_SECONDS:g} s ago and still runs"
            raise SeawallError(Problem("SW314", message, fix=f"kill -KILL {found.pid}"))
        time.sleep(_POLL_SECONDS)
    return found


def _another_users(pid: int) -> Problem:
    try:
        uid = Path(f"/proc/{pid}").stat().st_uid
        user = pwd.getpwuid(uid).pw_name
    except (OSError, KeyError):
        user = "another user"
    return Problem("SW313", f"the stack is up as process {pid} of {user}", fix=f"sudo kill {pid}")
