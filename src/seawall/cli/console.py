"""What `seawall up` shows: a line a service while it starts, then the URLs, then all logs with coloured names."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Final

from seawall.cli.lines import Lines
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
from seawall.local.logline import problem_of

_NAME_COLOURS: Final = (36, 33, 35, 32, 34, 96, 93, 95)  # ANSI; a name keeps its colour
_DIM: Final = 90
_GREEN: Final = 32
_RED: Final = 31
# What PostgreSQL says when all is well, and what it answers while it starts or stops.
_ROUTINE: Final = re.compile(
    r"LOG: |FATAL:  the database system is (starting up|shutting down|in recovery mode|not yet accepting connections)"
    r"|DETAIL:  Consistent recovery state has not been yet reached"
)


class Console:
    """Prints events for people.

    `notes` are said once behind a service's first line, such as its port; `banner` is printed when all `names` were
    ready for the first time. What `databases` say when all is well is left out, and so is a problem that ends one of
    the `tasks`: the command ends with it.
    """

    def __init__(  # noqa: PLR0913 - what is shown of a system; all but the first three by name
        self,
        names: Sequence[str],
        notes: Mapping[str, str],
        banner: Sequence[str],
        *,
        databases: Collection[str] = (),
        tasks: Collection[str] = (),
        colour: bool,
    ) -> None:
        self._width = max(map(len, names), default=0)  # none: a stack of nothing but a database elsewhere
        self._colours = {name: _NAME_COLOURS[index % len(_NAME_COLOURS)] for index, name in enumerate(names)}
        self._notes = notes
        self._banner = banner
        self._waiting = set(names)
        self._databases = databases
        self._tasks = tasks
        self._colour = colour
        self._lines = Lines(colour=colour)
        self._problems: dict[str, object] = {}  # the last one that each name ended with

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
                self._output(name, line, plain=stream == "stderr")
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

    def _output(self, name: str, line: str, *, plain: bool) -> None:
        problem = None if plain else problem_of(line)
        if problem is not None:
            if name in self._tasks or problem == self._problems.get(name):
                return  # it is shown at the end, or was shown before the last restart
            self._problems[name] = problem
        for text in [visible(line)] if plain else self._lines.shown(line):
            self._say(name, text)

    def _crashed(self, event: Crashed) -> None:
        how = f"ended with status {event.status}" if event.status >= 0 else f"was killed by signal {-event.status}"
        # A process that could say why it ends has said it: what it wrote before is of no help.
        explained = any(problem_of(line) for line in event.last_lines)
        self._ended(
            event.name, f"{how}; starts again in {event.restart_in:.1f} s", () if explained else event.last_lines
        )

    def _not_replaced(self, event: NotReplaced) -> None:
        self._ended(event.name, f"not replaced, {event.reason}; what ran before goes on", event.last_lines)

    def _ended(self, name: str, message: str, last_lines: Sequence[str]) -> None:
        self._say(name, self._paint(f"{message}. Its last lines:" if last_lines else message, _RED))
        for line in last_lines:
            for text in self._lines.shown(line):
                self._say(name, f"  | {text}")

    def _say(self, name: str, text: str) -> None:
        print_line(f"{self._paint(name.ljust(self._width), self._colours.get(name, _DIM))}  {text}")

    def _paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text


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
