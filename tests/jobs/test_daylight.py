from datetime import UTC, datetime

import pytest

from seawall.jobs.cron import parse
from seawall.jobs.daylight import skipped

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "said"),
    [
        ("30 2 * * *", "Europe/Berlin", ["02:30 does not exist on 2027-03-28 in Europe/Berlin; runs at 03:00"]),
        ("0 2 * * *", "Europe/Berlin", ["02:00 does not exist on 2027-03-28 in Europe/Berlin; runs at 03:00"]),
        (
            "0,30 2 * * *",
            "America/New_York",
            [
                "02:00 does not exist on 2027-03-14 in America/New_York; runs at 03:00",
                "02:30 does not exist on 2027-03-14 in America/New_York; runs at 03:00",
            ],
        ),
        # The clocks of Lord Howe Island go forward by half an hour.
        (
            "15 2 * * *",
            "Australia/Lord_Howe",
            ["02:15 does not exist on 2027-10-03 in Australia/Lord_Howe; runs at 02:30"],
        ),
        ("0 3 * * *", "Europe/Berlin", []),
        ("30 2 * * 1", "Europe/Berlin", []),  # the clocks change on a Sunday
        ("*/15 * * * *", "Europe/Berlin", []),
        ("30 * * * *", "Europe/Berlin", []),
        ("30 2 * * *", "UTC", []),
        ("30 2 * * *", "Asia/Tokyo", []),
    ],
)
def test_fixed_times_that_the_clocks_skip_are_told(expression: str, zone: str, said: list[str]) -> None:
    assert skipped(parse(expression, zone), NOW) == said
