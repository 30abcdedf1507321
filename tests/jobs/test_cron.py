import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from seawall.errors import SeawallError
from seawall.jobs import cron

NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)


def ticks(expression: str, zone: str, start: str, count: int) -> list[str]:
    """The first ticks after `start`, which is local, as local times with their distance from UTC."""
    schedule = cron.parse(expression, zone)
    local = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone))
    found = itertools.islice(schedule.after(local.astimezone(UTC)), count)
    return [tick.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M %z") for tick in found]


# What each expression does on the days when the clocks of three zones change: 2027, by the tables of those zones.
DST = [
    # Berlin, 28 March: 02:00 becomes 03:00. 02:30 does not exist, and runs at once after the change.
    ("30 2 * * *", "Europe/Berlin", "2027-03-27T00:00", [
        "03-27 02:30 +0100", "03-28 03:00 +0200", "03-29 02:30 +0200",
    ]),
    ("15,45 2 * * *", "Europe/Berlin", "2027-03-27T12:00", ["03-28 03:00 +0200", "03-29 02:15 +0200"]),
    ("0 3 * * *", "Europe/Berlin", "2027-03-27T12:00", ["03-28 03:00 +0200", "03-29 03:00 +0200"]),
    ("0 * * * *", "Europe/Berlin", "2027-03-28T00:30", ["03-28 01:00 +0100", "03-28 03:00 +0200", "03-28 04:00 +0200"]),
    # Berlin, 31 October: 03:00 becomes 02:00. 02:30 comes twice, and runs the first time; `*` goes by real time.
    ("30 2 * * *", "Europe/Berlin", "2027-10-30T12:00", ["10-31 02:30 +0200", "11-01 02:30 +0100"]),
    ("*/30 * * * *", "Europe/Berlin", "2027-10-31T01:45", [
        "10-31 02:00 +0200", "10-31 02:30 +0200", "10-31 02:00 +0100", "10-31 02:30 +0100", "10-31 03:00 +0100",
    ]),
    # New York, 14 March and 7 November.
    ("30 2 * * *", "America/New_York", "2027-03-13T12:00", ["03-14 03:00 -0400", "03-15 02:30 -0400"]),
    ("30 1 * * *", "America/New_York", "2027-11-06T12:00", ["11-07 01:30 -0400", "11-08 01:30 -0500"]),
    ("0 * * * *", "America/New_York", "2027-11-07T00:30", [
        "11-07 01:00 -0400", "11-07 01:00 -0500", "11-07 02:00 -0500",
    ]),
    # Lord Howe, where the clocks change by half an hour: 3 October 02:00 becomes 02:30, 4 April 02:00 becomes 01:30.
    ("15 2 * * *", "Australia/Lord_Howe", "2027-10-02T12:00", ["10-03 02:30 +1100", "10-04 02:15 +1100"]),
    ("45 1 * * *", "Australia/Lord_Howe", "2027-04-03T12:00", ["04-04 01:45 +1100", "04-05 01:45 +1030"]),
    ("*/15 * * * *", "Australia/Lord_Howe", "2027-04-04T01:20", [
        "04-04 01:30 +1100", "04-04 01:45 +1100", "04-04 01:30 +1030", "04-04 01:45 +1030", "04-04 02:00 +1030",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "zone", "start", "expected"), DST)
def test_daylight_saving_is_as_in_the_table(expression: str, zone: str, start: str, expected: list[str]) -> None:
    assert ticks(expression, zone, start, len(expected)) == expected


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize("expression", ["30 2 * * *", "0,30 1-3 * * *", "*/10 * * * *"])
def test_where_one_begins_to_look_changes_nothing(zone: str, expression: str) -> None:
    schedule = cron.parse(expression, zone)
    begin, end = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 4, 15, tzinfo=UTC)
    whole = list(itertools.takewhile(lambda tick: tick <= end, schedule.after(begin)))
    assert whole == sorted(set(whole))
    for first, second in itertools.pairwise(whole):
        assert schedule.next(first) == second
        assert schedule.next(second - timedelta(seconds=1)) == second


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("0 25 * * *", "field 2 (hour): 25 is outside 0-23"),
        ("61 * * * *", "field 1 (minute): 61 is outside 0-59"),
        ("5-61 * * * *", "field 1 (minute): 61 is outside 0-59"),
        ("* * * * * 8", "field 6 (day of week): 8 is outside 0-7"),
        ("* * * 13 *", "field 4 (month): 13 is outside 1-12"),
        ("a * * * *", "field 1 (minute): 'a' cannot be read"),
        ("*/0 * * * *", "field 1 (minute): '*/0' cannot be read"),
        ("* * 31 2 *", "'* * 31 2 *' never fires"),
        ("* * *", "a cron expression has five fields, or six with seconds in front; '* * *' has 3"),
        ("", "a cron expression has five fields, or six with seconds in front; '' has 0"),
    ],
)
def test_an_expression_that_is_wrong_says_where(expression: str, message: str) -> None:
    with pytest.raises(SeawallError) as caught:
        cron.parse(expression, "UTC")
    (problem,) = caught.value.problems
    assert (problem.code, problem.message) == ("SW605", message)


@pytest.mark.parametrize("zone", ["EST6", "Europe", "../etc/passwd", "", "Europe/Berlim"])
def test_a_zone_that_is_unknown_is_said_together_with_a_wrong_expression(zone: str) -> None:
    with pytest.raises(SeawallError) as caught:
        cron.parse("0 25 * * *", zone)
    assert [problem.code for problem in caught.value.problems] == ["SW605", "SW606"]
    if zone == "Europe/Berlim":
        assert "Europe/Berlin" in caught.value.problems[1].fix


HOURLY = cron.parse("0 * * * *", "UTC")


@pytest.mark.parametrize(
    ("missed", "last", "now", "hours"),
    [
        ("latest", "12:00", "12:59", []),
        ("latest", "12:00", "13:00", [13]),
        ("none", "12:00", "13:00", [13]),
        ("all", "12:00", "13:00", [13]),
        # five hours away, and back at a moment when no tick is due
        ("latest", "12:00", "17:30", [17]),
        ("none", "12:00", "17:30", []),
        ("all", "12:00", "17:30", [13, 14, 15, 16, 17]),
        # back just after a tick: that one is on time
        ("latest", "12:00", "17:00:30", [17]),
        ("none", "12:00", "17:00:30", [17]),
        ("all", "12:00", "17:00:30", [13, 14, 15, 16, 17]),
    ],
)
def test_what_runs_after_an_outage_is_what_the_policy_says(
    missed: cron.Missed, last: str, now: str, hours: list[int]
) -> None:
    before, moment = (datetime.fromisoformat(f"2027-01-01T{each}+00:00") for each in (last, now))
    due = cron.due(HOURLY, before, moment, missed)
    assert [tick.hour for tick in due.ticks] == hours
    assert due.until == moment


def test_ticks_a_second_apart_are_not_missed_because_one_look_finds_two() -> None:
    each_second = cron.parse("* * * * * *", "UTC")
    due = cron.due(each_second, NOON, NOON + timedelta(seconds=2.5), "latest")
    assert [tick.second for tick in due.ticks] == [1, 2]


def test_the_latest_tick_of_a_year_without_workers_is_found() -> None:
    assert cron.due(HOURLY, NOON - timedelta(days=365), NOON + timedelta(minutes=30), "latest").ticks == (NOON,)
    yearly = cron.parse("0 0 24 12 *", "UTC")
    assert cron.due(yearly, NOON - timedelta(days=300), NOON, "latest").ticks == (datetime(2026, 12, 24, tzinfo=UTC),)


def test_all_missed_ticks_come_in_portions_and_none_is_left_out() -> None:
    each_minute = cron.parse("* * * * *", "UTC")
    last, now, found = NOON - timedelta(minutes=2500), NOON, 0
    while True:
        due = cron.due(each_minute, last, now, "all")
        found += len(due.ticks)
        if due.until == now:
            break
        last = due.until
    assert found == 2500
