"""What the children wrote, kept in ``.seawall/logs/NAME.log``: one JSON object a line, at most two files a child.

A line that is a JSON log line stands there as the child wrote it. Anything else (plain text, and the events of the
supervisor) stands in an object of our own, which the key `_KIND` marks; both have a ``timestamp``.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast, get_args

import orjson

from seawall.local.events import (
    Crashed,
    Drained,
    Noticed,
    NotReplaced,
    Output,
    Ready,
    Replaced,
    Replacing,
    Starting,
    Stopped,
    Unhealthy,
)

FOLDER: Final = "logs"
SUFFIX: Final = ".log"
OLD: Final = ".1"  # appended to the name of the file that was full
LIMIT_BYTES: Final = 8 * 1024 * 1024
_KIND: Final = "seawall.event"
_TIME: Final = "timestamp"
OfAChild = (
    Starting | Ready | Output | Crashed | Unhealthy | Stopped | Noticed | Replacing | Replaced | NotReplaced | Drained
)
_KINDS: Final[Mapping[str, Callable[..., OfAChild]]] = {each.__name__.lower(): each for each in get_args(OfAChild)}
# PostgreSQL's own severities. Of another line without a level, the stream must do.
_SEVERITIES: Final = {
    "LOG": "info", "WARNING": "warning", "ERROR": "error", "FATAL": "critical", "PANIC": "critical",
}  # fmt: skip
Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a log file: when, how bad (a level of the contract's log lines), what."""

    time: datetime
    level: str
    event: OfAChild


class LogFile:
    """The log of one child. Opened at the first line; an old one is gone on with."""

    def __init__(self, path: Path, limit: int = LIMIT_BYTES, now: Now = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._limit = limit
        self._now = now
        self._descriptor: int | None = None
        self._size = 0
        self._torn = False  # the last line was written in part: the disk was full

    def write(self, event: OfAChild) -> None:
        """Append one event.

        Raises:
            OSError: it cannot be written; the event is lost, the next one is tried again.
        """
        line = _encode(event, self._now()) + b"\n"
        if self._size + len(line) > self._limit and self._size:
            self.close()
            self._path.replace(self._path.with_name(self._path.name + OLD))
        if self._descriptor is None:
            self._open()
        assert self._descriptor is not None  # noqa: S101  # `_open` has set it
        rest = b"\n" + line if self._torn else line
        self._torn = True
        while rest:  # the second try says why the rest of a line does not fit
            written = os.write(self._descriptor, rest)
            self._size += written
            rest = rest[written:]
        self._torn = False

    def close(self) -> None:
        """Close the file, if it is open."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._size = 0

    def _open(self) -> None:
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(self._path, flags, 0o600)
        self._size = os.fstat(self._descriptor).st_size
        self._torn = self._size > 0 and not _ends_line(self._path)


def _ends_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _encode(event: OfAChild, now: datetime) -> bytes:
    if isinstance(event, Output) and event.stream == "stdout" and _time(_object(event.line.encode())):
        return event.line.encode()
    fields = {name: value for name, value in asdict(event).items() if name != "name"}
    return orjson.dumps({_TIME: now, _KIND: type(event).__name__.lower(), **fields}, option=orjson.OPT_UTC_Z)


def decode(name: str, line: bytes) -> Entry | None:
    """What a line of the log of `name` says; None where it is not whole."""
    values = _object(line)
    time = _time(values)
    if time is None:
        return None
    kind = _KINDS.get(str(values.get(_KIND)))
    if kind is None:
        event: OfAChild = Output(name, "stdout", line.decode())
        return Entry(time, str(values.get("level", "info")), event)
    fields = {key: value for key, value in values.items() if key not in (_TIME, _KIND)}
    if isinstance(fields.get("last_lines"), list):
        fields["last_lines"] = tuple(fields["last_lines"])
    try:
        event = kind(name=name, **fields)
    except TypeError:  # written by another version
        return None
    return Entry(time, _level(event), event)


def _level(event: OfAChild) -> str:
    match event:
        case Crashed() | Unhealthy() | NotReplaced():
            return "error"
        case Output(_, stream, line):
            return _SEVERITIES.get(line.partition(":")[0], "info" if stream == "stdout" else "warning")
        case Noticed():
            return "warning"
        case _:
            return "info"


def _object(line: bytes) -> Mapping[str, Any]:
    if not line.startswith(b"{"):
        return {}
    try:
        values = orjson.loads(line)
    except ValueError:
        return {}
    return cast("dict[str, Any]", values) if isinstance(values, dict) else {}


def _time(values: Mapping[str, Any]) -> datetime | None:
    """A log line's time; one without a zone is in UTC, as the children are told."""
    try:
        time = datetime.fromisoformat(values[_TIME])
    except (KeyError, TypeError, ValueError):
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
