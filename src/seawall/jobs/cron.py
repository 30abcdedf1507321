"""When a cron job ticks. Pure: the time is passed in; only the time zone's table is read from the system.

Expressions are those of cron: minute, hour, day of month, month, day of week; a sixth field in front is the second.
Daylight saving is treated as Debian's cron does it: a tick at a fixed time that the clocks skip happens as soon as they
have been put forward, and one at a time that comes twice happens the first time. Ticks of ``*`` go by real time.
"""

import difflib
import itertools
import zoneinfo
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from cronsim import CronSim, CronSimError

from seawall.errors import Problem, raise_all

Missed = Literal["latest", "all", "none"]
MISSED: Final[tuple[Missed, ...]] = ("latest", "all", "none")
# A tick that is found at most half its interval late, within these bounds, is on time: only an outage misses ticks.
ON_TIME_LEAST: Final = timedelta(seconds=2)
ON_TIME_MOST: Final = timedelta(seconds=60)
BATCH: Final = 1000  # ticks that one look at the clock returns at most
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_FIELDS: Final = (
    ("second", 0, 59),
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of month", 1, 31),
    ("month", 1, 12),
    ("day of week", 0, 7),
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """An expression in a time zone. Made by `parse`, which checks both."""

    expression: str
    zone: zoneinfo.ZoneInfo

    def __str__(self) -> str:
        return f"{self.expression} {self.zone.key}"

    def after(self, moment: datetime) -> Iterator[datetime]:
        """The ticks after `moment`, without end, in UTC, each later than the one before."""
        last = moment
        for local in CronSim(self.expression, moment.astimezone(self.zone)):
            tick = local.astimezone(UTC)
            if tick > last:  # around a change of the clocks two local times may be one moment, or an earlier one
                last = tick
                yield tick

    def next(self, moment: datetime) -> datetime:
        """The first tick after `moment`, in UTC."""
        return next(self.after(moment))


@dataclass(frozen=True, slots=True)
class Due:
    """What to do about a schedule now: the `ticks` to run, and the moment up to which every tick is dealt with."""

    ticks: tuple[datetime, ...]
    until: datetime


def parse(expression: str, zone: str) -> Schedule:
    """The schedule that `expression` (cron) and `zone` (IANA, such as ``Europe/Berlin``) describe.

    Raises:
        SeawallError: SW605 for an expression that cannot be read or never ticks, SW606 for an unknown zone.
    """
    found = _zone(zone)
    fault = _fault(expression)
    problems: list[Problem] = []
    if fault:
        problems.append(Problem("SW605", fault, saw=repr(expression), wanted="a cron expression, such as '0 3 * * *'"))
    if found is None:
        near = difflib.get_close_matches(zone, zoneinfo.available_timezones(), n=1)
        fix = f"did you mean {near[0]!r}?" if near else ""
        problems.append(
            Problem("SW606", f"unknown time zone {zone!r}", wanted="a zone such as 'Europe/Berlin'", fix=fix)
        )
    raise_all(problems)
    return Schedule(" ".join(expression.split()), found or zoneinfo.ZoneInfo("UTC"))


def due(schedule: Schedule, last: datetime, now: datetime, missed: Missed) -> Due:
    """The ticks in (`last`, `now`] that are to run.

    Ticks that are on time always run. Of those that were missed, ``all`` run, or the ``latest`` one if nothing is on
    time, or ``none``.
    """
    if missed == "all":
        ticks = tuple(itertools.islice(_between(schedule, last, now), BATCH))
        return Due(ticks, ticks[-1] if len(ticks) == BATCH else now)
    recent = list(_between(schedule, max(last, now - ON_TIME_MOST), now))
    on_time = tuple(tick for tick in recent if now - tick <= _patience(schedule, tick))
    if on_time or missed == "none":
        return Due(on_time, now)
    latest = _latest(schedule, last, now)
    return Due((latest,) if latest else (), now)


def _between(schedule: Schedule, start: datetime, end: datetime) -> Iterator[datetime]:
    return itertools.takewhile(lambda tick: tick <= end, schedule.after(start))


def _patience(schedule: Schedule, tick: datetime) -> timedelta:
    half = (schedule.next(tick) - tick) / 2
    return min(max(half, ON_TIME_LEAST), ON_TIME_MOST)


def _latest(schedule: Schedule, start: datetime, end: datetime) -> datetime | None:
    """The last tick in (`start`, `end`]; looks back step by step, so that a long outage costs little."""
    window = timedelta(hours=1)
    while True:
        begin = max(start, end - window)
        found = deque(_between(schedule, begin, end), maxlen=1)
        if found or begin == start:
            return found[0] if found else None
        window *= 24


def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # "Europe" is a folder, "../x" is refused
        return None


def _fault(expression: str) -> str:
    """What is wrong with an expression, in words, or nothing."""
    try:
        next(CronSim(expression, _EPOCH))
    except StopIteration:
        return f"{expression!r} never fires"
    except CronSimError as error:
        return _explain(expression, str(error))
    return ""


def _explain(expression: str, message: str) -> str:
    parts = expression.split()
    if len(parts) not in {5, 6}:
        return f"a cron expression has five fields, or six with seconds in front; {expression!r} has {len(parts)}"
    fields = _FIELDS[6 - len(parts) :]
    for position, ((name, least, most), part) in enumerate(zip(fields, parts, strict=True), start=1):
        if message != f"Bad {name.replace(' ', '-')}":
            continue
        outside = [digits for digits in _numbers(part) if not least <= int(digits) <= most]
        if outside:
            return f"field {position} ({name}): {outside[0]} is outside {least}-{most}"
        if name == "day of month" and _numbers(part) == [part]:
            return f"{expression!r} never fires"
        return f"field {position} ({name}): {part!r} cannot be read"
    return message


def _numbers(part: str) -> list[str]:
    """The numbers of a field, without steps such as the 5 of ``*/5``."""
    bare = ",".join(term.partition("/")[0].partition("#")[0] for term in part.split(","))
    return [digits for digits in bare.replace("-", ",").split(",") if digits.isdecimal()]
