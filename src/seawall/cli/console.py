"""What `seawall up` shows: a line a service while it starts, then the URLs, then all logs with coloured names."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, cast

from seawall.cli.output import print_json, print_line, visible
from seawall.local.events import (
    Applied,
    Changed,
    Crashed,
    Drained,
    Event,
    Noticed,
    NotReplaced,
    Output,
    Ready,
    Refused,
    Replaced,
    Starting,
    Stopped,
    Unhealthy,
)

_NAME_COLOURS: Final = (36, 33, 35, 32, 34, 96, 93, 95)  # ANSI; a name keeps its colour
_LEVELS: Final = {"warning": "warn", "critical": "crit"}  # five columns are enough for any of them
_LEVEL_COLOURS: Final = {"debug": 90, "warn": 33, "error": 31, "crit": 31}
_DIM: Final = 90
_GREEN: Final = 32
_RED: Final = 31
# Fields of a log line that say where it comes from, which the reader knows, or that stand in front already.
_KNOWN_FIELDS: Final = frozenset({
    "timestamp", "level", "message", "logger", "service", "environment", "release", "trace_id", "span_id", "request_id",
    "job_id", "exception",
})  # fmt: skip
_CLOCK: Final = slice(11, 19)  # HH:MM:SS of an RFC 3339 timestamp
# What PostgreSQL says when all is well, and what it answers while it starts or stops.
_ROUTINE: Final = re.compile(
    r"LOG: |FATAL:  the database system is (starting up|shutting down|in recovery mode|not yet accepting connections)"
    r"|DETAIL:  Consistent recovery state has not been yet reached"
)


class Console:
    """Prints events for people.

    `notes` are said once behind a service's first line, such as its port; `banner` is printed when all `names` were
    ready for the first time. What `databases` say when all is well is left out.
    """

    def __init__(
        self,
        names: Sequence[str],
        notes: Mapping[str, str],
        banner: Sequence[str],
        *,
        databases: Collection[str] = (),
        colour: bool,
    ) -> None:
        self._width = max(len(name) for name in names)
        self._colours = {name: _NAME_COLOURS[index % len(_NAME_COLOURS)] for index, name in enumerate(names)}
        self._notes = notes
        self._banner = banner
        self._waiting = set(names)
        self._databases = databases
        self._colour = colour

    def __call__(self, event: Event) -> None:
        """Print one event."""
        match event:
            case Starting(name, _, restarts) if restarts:
                self._say(name, f"starting again ({_times(restarts)})")
            case Ready(name, seconds):
                self._ready(name, seconds)
            case Output(name, "stderr", line) if name in self._databases and _ROUTINE.match(line):
                pass
            case Output(name, stream, line):
                self._say(name, self._format(line) if stream == "stdout" else visible(line))
            case Crashed():
                self._crashed(event)
            case Unhealthy(name, reason):
                self._say(name, self._paint(f"does not answer ({reason}); replacing it", _RED))
            case Stopped(name, _, killed):
                self._say(name, "had to be killed" if killed else "stopped")
            case Noticed(name, message):
                self._say(name, visible(message))
            case Starting():
                pass
            case _:
                self._reloaded(event)

    def _reloaded(self, event: Event) -> None:
        match event:
            case Replaced(name, _, seconds):
                self._say(name, f"{self._paint('replaced', _GREEN)} in {seconds:.1f} s")
            case NotReplaced():
                self._not_replaced(event)
            case Drained(name, _, _, killed) if killed:
                self._say(name, "the process before it had to be killed")
            case Changed(files, name):
                self._say(name, self._paint(f"changed: {visible(', '.join(files))}", _DIM))
            case Applied(changes, name):
                for change in changes:
                    self._say(name, visible(change))
            case Refused(problems, name):
                for line in (line for problem in problems for line in str(problem).splitlines()):
                    self._say(name, self._paint(visible(line), _RED))
            case _:
                pass  # nothing that a person waits for

    def _ready(self, name: str, seconds: float) -> None:
        note = self._notes.get(name, "") if name in self._waiting else ""
        self._say(name, f"{self._paint('ready', _GREEN)} in {seconds:.1f} s{'   ' + note if note else ''}")
        if name in self._waiting:
            self._waiting.discard(name)
            if not self._waiting:
                for line in self._banner:
                    print_line(line)

    def _crashed(self, event: Crashed) -> None:
        how = f"ended with status {event.status}" if event.status >= 0 else f"was killed by signal {-event.status}"
        self._say(event.name, self._paint(f"{how}; starts again in {event.restart_in:.1f} s. Its last lines:", _RED))
        for line in event.last_lines:
            self._say(event.name, f"  | {visible(line)}")

    def _not_replaced(self, event: NotReplaced) -> None:
        message = f"not replaced, {event.reason}; what ran before goes on. Its last lines:"
        self._say(event.name, self._paint(message, _RED))
        for line in event.last_lines:
            self._say(event.name, f"  | {visible(line)}")

    def _say(self, name: str, text: str) -> None:
        print_line(f"{self._paint(name.ljust(self._width), self._colours.get(name, _DIM))}  {text}")

    def _paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text

    def _format(self, line: str) -> str:
        """A line of JSON log as time, level, message and the event's own fields; any other line as it is."""
        entry = _log_entry(line)
        if entry is None:
            return visible(line)
        level = _LEVELS.get(str(entry["level"]), str(entry["level"]))
        clock = str(entry.get("timestamp", ""))[_CLOCK]
        message = str(entry["message"])
        parts = [self._paint(clock, _DIM), self._paint(level.ljust(5), _LEVEL_COLOURS.get(level, 0)), visible(message)]
        if fields := _fields(entry, message):
            parts.append(self._paint(visible(fields), _DIM))
        if "exception" in entry:
            parts.append(self._paint(visible(_exception(entry["exception"])), _RED))
        return " ".join(parts)


def _log_entry(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    is_log = isinstance(entry, dict) and "level" in entry and "message" in entry
    return cast("dict[str, Any]", entry) if is_log else None


def _fields(entry: Mapping[str, Any], message: str) -> str:
    """The event's own fields, but for those whose value the message says already."""
    said = set(message.split())
    fields = {key: _value(value) for key, value in entry.items() if key not in _KNOWN_FIELDS}
    return " ".join(f"{key}={value}" for key, value in fields.items() if value not in said)


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _exception(value: object) -> str:
    """The type and message of a structured exception, and where it was raised."""
    if not isinstance(value, Mapping):
        return str(value)
    known = cast("Mapping[str, Any]", value)
    frames: list[dict[str, Any]] = known.get("frames") or [{}]
    where = f" at {frames[-1].get('file')}:{frames[-1].get('line')}" if frames[-1] else ""
    return f"{known.get('type')}: {known.get('message')}{where}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


class JsonLines:
    """Prints events for programs: one JSON object a line, with the event's name under ``event``."""

    def __init__(self, names: Sequence[str], urls: Mapping[str, str]) -> None:
        self._waiting = set(names)
        self._urls = urls

    def __call__(self, event: Event) -> None:
        """Print one event; after the last service's first `ready`, also ``{"event": "up", "urls": ...}``."""
        print_json({"event": type(event).__name__.lower(), **asdict(event)})
        if isinstance(event, Ready) and event.name in self._waiting:
            self._waiting.discard(event.name)
            if not self._waiting:
                print_json({"event": "up", "urls": dict(self._urls)})
