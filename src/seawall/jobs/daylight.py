"""Where a schedule meets the clocks being put forward: fixed times that do not exist on that day. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Final

from cronsim import CronSim

from seawall.jobs.cron import Schedule

_AHEAD: Final = timedelta(days=366)
_DAY: Final = timedelta(days=1)


def skipped(schedule: Schedule, now: datetime) -> list[str]:
    """What happens in the year after `now` to times that the clocks skip, a sentence for each.

    Only fixed times are told: where the hour or the minute is ``*``, ticks go by real time.
    """
    minute, hour = schedule.expression.split()[-5:-3]
    if "*" in (minute[0], hour[0]):
        return []
    return [sentence for moment in _put_forward(schedule, now) for sentence in _sentences(schedule, moment)]


def _put_forward(schedule: Schedule, now: datetime) -> Iterator[datetime]:
    """The moments (UTC, to the minute) at which the clocks of the schedule's zone are put forward."""

    def offset(moment: datetime) -> timedelta:
        return moment.astimezone(schedule.zone).utcoffset() or timedelta()

    day = now.astimezone(UTC).replace(second=0, microsecond=0)
    end = day + _AHEAD
    while day < end:
        if offset(day + _DAY) > offset(day):
            before, after = day, day + _DAY
            while after - before > timedelta(minutes=1):
                middle = before + (after - before) // timedelta(minutes=2) * timedelta(minutes=1)
                before, after = (before, middle) if offset(middle) > offset(day) else (middle, after)
            yield after
        day += _DAY


def _sentences(schedule: Schedule, moment: datetime) -> Iterator[str]:
    there = moment.astimezone(schedule.zone)
    length = (there.utcoffset() or timedelta()) - ((moment - _DAY).astimezone(schedule.zone).utcoffset() or timedelta())
    resumes = there.replace(tzinfo=None)
    began = resumes - length
    runs = schedule.next(moment - timedelta(seconds=1)).astimezone(schedule.zone)
    # Without a zone, the expression ticks at the times that the clocks skip.
    for time in takewhile(lambda tick: tick < resumes, CronSim(schedule.expression, began - timedelta(seconds=1))):
        yield f"{time:%H:%M} does not exist on {time:%Y-%m-%d} in {schedule.zone.key}; runs at {runs:%H:%M}"
