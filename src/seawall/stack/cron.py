"""How long a cron expression, as `seawall.stack.rules.Schedule` allows it, lets somebody wait.

Kubernetes reads it so: where neither the day of the month nor that of the week is ``*``, one of them is enough.
https://pkg.go.dev/github.com/robfig/cron/v3
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Final

_HOUR: Final = 60  # minutes
_DAY: Final = 24 * _HOUR
_FIRST: Final = date(2000, 1, 1)
_DAYS: Final = 8 * 365 + 2  # eight years: the 29th of February comes twice in them


@cache
def longest_wait(expression: str) -> int:
    """The most minutes from one tick to the next one; eight years where there is none. The clocks never change here."""
    minutes, hours, *_ = expression.split(" ")
    times = sorted(_HOUR * hour + minute for hour in _numbers(hours, 0, 23) for minute in _numbers(minutes, 0, 59))
    within = (later - earlier for earlier, later in pairwise(times))
    between = ((later - earlier) * _DAY - times[-1] + times[0] for earlier, later in pairwise(_days(expression)))
    longest = max(between, default=0)
    return max(longest, *within, 0) if longest else _DAYS * _DAY


def _days(expression: str) -> Iterator[int]:
    """The days on which it ticks, counted from the first of eight years."""
    *_, month_days, months, weekdays = expression.split(" ")
    if month_days == months == weekdays == "*":  # what most are: eight years need not be gone through
        yield from (0, 1)
        return
    in_month, in_year, in_week = _numbers(month_days, 1, 31), _numbers(months, 1, 12), _numbers(weekdays, 0, 6)
    both = _is_any(month_days) or _is_any(weekdays)
    for at in range(_DAYS):
        day = _FIRST + timedelta(days=at)
        fits = (day.day in in_month, day.isoweekday() % 7 in in_week)
        if day.month in in_year and (all(fits) if both else any(fits)):
            yield at


def _is_any(field: str) -> bool:
    return not {"*", "*/1"}.isdisjoint(field.split(","))


def _numbers(field: str, lowest: int, highest: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        numbers, _, step = part.partition("/")
        first, _, last = ("", "", "") if numbers == "*" else numbers.partition("-")
        least = int(first or lowest)
        # A single number with a step goes on to the end, like a star.
        most = int(last) if last else least if first and not step else highest
        found.update(range(least, most + 1, int(step or 1)))
    return found
