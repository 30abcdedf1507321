import itertools
from datetime import UTC, datetime, timedelta

import pytest
from cronsim import CronSim

from seawall.stack.cron import longest_wait

HOUR = 60
DAY = 24 * HOUR
EXPRESSIONS = {
    "* * * * *": 1,
    "*/20 * * * *": 20,
    "*/25 * * * *": 25,
    "15/20 * * * *": 20,
    "0 2 * * *": DAY,
    "30 1-5/2 * * *": 20 * HOUR,
    "0 3,15 * * *": 12 * HOUR,
    "0 3,13 * * *": 14 * HOUR,
    "0 4 * * 0": 7 * DAY,
    "0 4 * * 1-5": 3 * DAY,
    "0 4 1 * *": 31 * DAY,
    "0 4 31 * *": 61 * DAY,
    "0 4 1 1 *": 366 * DAY,
    "0 0 29 2 *": 1461 * DAY,
}


@pytest.mark.parametrize(("expression", "minutes"), EXPRESSIONS.items())
def test_the_longest_time_between_two_ticks(expression: str, minutes: int) -> None:
    assert longest_wait(expression) == minutes


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_another_reader_of_cron_waits_as_long(expression: str) -> None:
    start = datetime(2000, 1, 1, tzinfo=UTC)
    ticks = itertools.takewhile(lambda tick: tick < start + timedelta(days=2922), CronSim(expression, start))
    waits = (later - earlier for earlier, later in itertools.pairwise(itertools.islice(ticks, 3000)))
    assert max(waits) == timedelta(minutes=longest_wait(expression))


def test_either_day_is_enough_where_both_are_named() -> None:
    assert longest_wait("0 4 1 * 1") == 7 * DAY
    assert longest_wait("0 4 1 * *") == 31 * DAY


def test_a_schedule_that_never_ticks_lets_wait_for_years() -> None:
    assert longest_wait("0 0 31 2 *") == 2922 * DAY
