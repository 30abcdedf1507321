"""`seawall logs`: what the services said, in the order of time, with the look that it has in `seawall up`."""

import argparse
import re
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from seawall.cli import options
from seawall.errors import Problem, SeawallError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from seawall.local.logfile import Entry
    from seawall.local.logreader import LogReader

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LEVELS: Final = ("debug", "info", "warning", "error", "critical")
_ALIASES: Final = {"warn": "warning", "fatal": "critical"}
_POLL_SECONDS: Final = 0.1


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    parser = options.command(commands, common, "logs", run, brief="show what the services said", description=__doc__)
    parser.add_argument("service", metavar="SERVICE", nargs="?", help="only this one")
    parser.add_argument("-f", "--follow", action="store_true", help="go on as long as the stack is up")
    since = "not older than this: 30s, 10m, 2h, 1d, or a time such as 14:30 or 2026-11-21T14:30"
    parser.add_argument("--since", metavar="TIME", help=since)
    parser.add_argument("--level", choices=[*_LEVELS, *_ALIASES], metavar="|".join(_LEVELS), help="this bad, or worse")


def run(arguments: argparse.Namespace) -> int:
    """Print the logs; returns 0."""
    from seawall.local.logreader import LogReader, names  # noqa: PLC0415

    folder = options.state_folder(arguments.file)
    known = names(folder)
    if not known:
        raise SeawallError(Problem("SW312", f"the stack in {folder.parent} was never up", fix="seawall up"))
    if arguments.service is not None and arguments.service not in known:
        raise options.unknown(arguments.service, known)
    wanted = _Wanted(arguments.since, arguments.level)
    show = _shower(folder, known, as_json=arguments.json)
    readers = [LogReader(folder, name) for name in known if arguments.service in {None, name}]
    try:
        with suppress(KeyboardInterrupt):
            for entry in filter(wanted, _entries(folder, readers, follow=arguments.follow)):
                show(entry)
    finally:
        for reader in readers:
            reader.close()
    return 0


class _Wanted:
    """Which entries are shown."""

    def __init__(self, since: str | None, level: str | None) -> None:
        self._since = None if since is None else moment(since, datetime.now().astimezone())
        self._levels = None if level is None else frozenset(_LEVELS[_LEVELS.index(_ALIASES.get(level, level)) :])

    def __call__(self, entry: "Entry") -> bool:
        new_enough = self._since is None or entry.time >= self._since
        return new_enough and (self._levels is None or _ALIASES.get(entry.level, entry.level) in self._levels)


def moment(text: str, now: datetime) -> datetime:
    """The time that a person means: so long before `now`, or a time of day or a date and time in `now`'s zone.

    Raises:
        UsageError: SW001, it is neither.
    """
    if found := re.fullmatch(r"(\d{1,5})([smhd])", text):
        return now - timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
    with suppress(ValueError):
        time_of_day = datetime.strptime(text, "%H:%M" if text.count(":") == 1 else "%H:%M:%S")  # noqa: DTZ007  # now's zone
        return now.replace(hour=time_of_day.hour, minute=time_of_day.minute, second=time_of_day.second, microsecond=0)
    with suppress(ValueError):
        given = datetime.fromisoformat(text)
        return given if given.tzinfo is not None else given.replace(tzinfo=now.tzinfo)
    wanted = "30s, 10m, 2h, 1d, 14:30 or 2026-11-21T14:30"
    raise UsageError(Problem("SW001", f"--since {text} cannot be read", wanted=wanted, fix="--since 10m"))


def _entries(folder: "Path", readers: "Iterable[LogReader]", *, follow: bool) -> "Iterator[Entry]":
    from seawall.local.lock import holder  # noqa: PLC0415
    from seawall.local.logreader import merged  # noqa: PLC0415

    up = True
    while up:  # once more after the end: the last lines of a stack that stops
        up = follow and holder(folder) is not None
        yield from merged(readers)
        if up:
            time.sleep(_POLL_SECONDS)


def _shower(folder: "Path", known: list[str], *, as_json: bool) -> "Callable[[Entry], None]":
    from seawall.cli.console import Console  # noqa: PLC0415
    from seawall.cli.output import print_json, use_colour  # noqa: PLC0415
    from seawall.local.state import read  # noqa: PLC0415

    if as_json:
        return lambda entry: print_json(
            {
                "timestamp": entry.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                "level": entry.level,
                "event": type(entry.event).__name__.lower(),
                **asdict(entry.event),
            }
        )
    state = read(folder)
    # In the order of `up`, so that each name has the colour that it has there.
    order = [*state.children, *known] if state is not None else known
    databases = [name for name in known if (folder / "postgres" / name).is_dir()]
    console = Console(list(dict.fromkeys(order)), {}, [], databases=databases, colour=use_colour(sys.stdout))
    return lambda entry: console(entry.event)
