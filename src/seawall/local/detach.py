"""`seawall up` in the background: started, waited for, and told what went wrong."""

import json
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from typing import Any, Final

from seawall.errors import Place, Problem, SeawallError
from seawall.local import process
from seawall.local.events import Crashed, Output
from seawall.local.logreader import LogReader
from seawall.local.state import State, read

OUTPUT: Final = "up.out"  # in .seawall: what the process in the background says itself, which is little
STOP_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.05
_SHOWN_LINES: Final = 5  # of each service that is not ready; an error is at most eight lines


def detach(state: Path, words: Sequence[str], seconds: float) -> State:
    """Run `seawall` with `words` in a session of its own; returns once every service is ready.

    `state` is the folder ``.seawall``, which exists. What does not become ready is stopped again.

    Raises:
        SeawallError: what that process said; SW307, a service is not ready after `seconds`.
    """
    # -P: a module in the current folder must not stand in for one of ours.
    began = datetime.now(UTC)
    child = process.background((sys.executable, "-P", "-m", "seawall", *words), state / OUTPUT)
    try:
        return _until_ready(child, state, began, seconds)
    except BaseException:
        _end(child)
        raise


def _until_ready(child: "Popen[bytes]", state: Path, began: datetime, seconds: float) -> State:
    deadline = time.monotonic() + seconds
    found: State | None = None
    while child.poll() is None:
        found = read(state)
        if found is not None and found.pid == child.pid and found.ready:
            return found
        if time.monotonic() > deadline:
            raise SeawallError(*_late(state, found, began, seconds))
        time.sleep(_POLL_SECONDS)
    raise SeawallError(*_said(state / OUTPUT))


def _end(child: "Popen[bytes]") -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except TimeoutExpired:
            child.kill()


def _late(state: Path, found: State | None, began: datetime, seconds: float) -> Iterator[Problem]:
    waiting = {} if found is None else {n: child for n, child in found.children.items() if child.state != "ready"}
    if not waiting:
        yield Problem("SW307", f"the stack is not up after {seconds:g} s")
    for name, child in waiting.items():
        again = f", started again {child.restarts} times" if child.restarts else ""
        saw = "\n    ".join(_last_lines(state, name, began))
        yield Problem("SW307", f"{name} is not ready after {seconds:g} s: {child.state}{again}", saw=saw)


def _last_lines(state: Path, name: str, began: datetime) -> Sequence[str]:
    lines: deque[str] = deque(maxlen=_SHOWN_LINES)
    reader = LogReader(state, name)
    for entry in reader.read():
        if entry.time < began:
            continue
        match entry.event:
            case Output(_, _, line):
                lines.append(_message(line))
            case Crashed(_, status, _, _):
                lines.append(f"ended with {status}")
            case _:
                pass
    reader.close()
    return tuple(lines)


def _message(line: str) -> str:
    """What a log line says; any other line as it is."""
    try:
        return str(json.loads(line)["message"])
    except (KeyError, TypeError, ValueError):
        return line


def _said(output: Path) -> Iterator[Problem]:
    """The problems that the process printed as JSON; where it did not, its last lines."""
    lines = output.read_text(errors="replace").splitlines() if output.exists() else []
    try:
        problems = [_problem(each) for each in json.loads(lines[-1])["errors"]]
    except (IndexError, KeyError, TypeError, ValueError):
        problems = [Problem("SW307", "the stack ended at once", saw="\n    ".join(lines[-_SHOWN_LINES:]))]
    yield from problems


def _problem(values: dict[str, Any]) -> Problem:
    place = values["place"]
    return Problem(
        code=values["code"],
        message=values["message"],
        place=None if place is None else Place(place["file"], place["line"], place["column"]),
        saw=values["saw"],
        wanted=values["wanted"],
        fix=values["fix"],
        excerpt=tuple(values["excerpt"]),
    )
