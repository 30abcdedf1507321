"""A service's line of log as a person reads it: time, level, message and what else it says, in colour."""

import json
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

import seawall
from seawall.cli.output import visible
from seawall.local.logline import log_entry, problem_of

_LEVELS: Final = {"warning": "warn", "critical": "crit"}  # five columns are enough for any of them
_LEVEL_COLOURS: Final = {"debug": 90, "warn": 33, "error": 31, "crit": 31}
_DIM: Final = 90
_RED: Final = 31
# Fields that say where a line comes from, which the reader knows, or that are shown in a way of their own.
_KNOWN_FIELDS: Final = frozenset({
    "timestamp", "level", "message", "logger", "service", "environment", "release", "trace_id", "span_id", "request_id",
    "job_id", "exception",
})  # fmt: skip
_CLOCK: Final = slice(11, 19)  # HH:MM:SS of an RFC 3339 timestamp
_FINE: Final = range(200, 400)  # statuses of requests that went well: a page that polls makes many
# Code that a person did not write.
_NOT_THEIRS: Final = (
    "/site-packages/",
    "<frozen",
    f"{sysconfig.get_path('stdlib')}/",
    f"{Path(seawall.__file__).parent}/",
)


class Lines:
    """Makes lines of log readable, in colour where that is wanted."""

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def shown(self, line: str) -> list[str]:
        """A line of JSON log as time, level, message and the event's own fields; any other line as it is.

        A problem is shown as the commands show theirs, in several lines.
        """
        entry = log_entry(line)
        if entry is None:
            return [visible(line)]
        problem = problem_of(line)
        if problem is not None:
            return [self._paint(visible(text), _RED) for text in str(problem).splitlines()]
        level = _LEVELS.get(str(entry["level"]), str(entry["level"]))
        clock = str(entry.get("timestamp", ""))[_CLOCK]
        message = str(entry["message"])
        quiet = entry.get("status") in _FINE
        said = self._paint(visible(message), _DIM) if quiet else visible(message)
        parts = [self._paint(clock, _DIM), self._paint(level.ljust(5), _LEVEL_COLOURS.get(level, 0)), said]
        if fields := _fields(entry, message):
            parts.append(self._paint(visible(fields), _DIM))
        if "exception" in entry:
            parts.append(self._paint(visible(_exception(entry["exception"])), _RED))
        return [" ".join(parts)]

    def _paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text


def _fields(entry: Mapping[str, Any], message: str) -> str:
    """The event's own fields, but for those whose value the message says already."""
    said = set(message.split())
    fields = {key: _value(value) for key, value in entry.items() if key not in _KNOWN_FIELDS}
    return " ".join(f"{key}={value}" for key, value in fields.items() if value not in said)


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _exception(value: object) -> str:
    """The type and message of a structured exception, and the last line of the user's own code on the way to it."""
    if not isinstance(value, dict):
        return str(value)
    known = cast("dict[str, Any]", value)
    frames: list[dict[str, Any]] = known.get("frames") or []
    places = list(_places(frames))
    theirs = [place for place in places if not any(part in place for part in _NOT_THEIRS)]
    where = f" at {(theirs or places)[-1]}" if places else ""
    return f"{known.get('type')}: {known.get('message')}{where}"


def _places(frames: list[dict[str, Any]]) -> Iterator[str]:
    here = f"{Path.cwd()}/"
    for frame in frames:
        yield f"{str(frame.get('file')).removeprefix(here)}:{frame.get('line')}"
