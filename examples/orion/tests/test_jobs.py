"""The worker's function, called as a plain function, on a real PostgreSQL."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from orion.jobs import day_of, jobs, stamp_records
from seawall.jobs import Job

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 11, tzinfo=UTC)
PATIENCE = 20


async def record(database: asyncpg.Connection, created_at: datetime, stamped_at: datetime | None = None) -> int:
    row = await database.fetchval(
        "insert into records (text, created_at, stamped_at) values ('a record', $1, $2) returning id",
        created_at,
        stamped_at,
    )
    return int(row)


async def stamped_now(database: asyncpg.Connection) -> set[int]:
    """The records that a run has stamped in this test, and not the test itself."""
    rows = await database.fetch("select id from records where stamped_at > now() - interval '1 minute'")
    return {row["id"] for row in rows}


@pytest.mark.parametrize(
    ("tick", "zone", "start", "hours"),
    [
        (NOON, "UTC", datetime(2026, 3, 10, tzinfo=UTC), 24),
        (MIDNIGHT, "UTC", datetime(2026, 3, 10, tzinfo=UTC), 24),  # `0 0 * * *` works on the day that ends
        (MIDNIGHT + timedelta(minutes=1), "UTC", MIDNIGHT, 24),
        (NOON, "Asia/Tokyo", datetime(2026, 3, 9, 15, tzinfo=UTC), 24),
        (datetime(2026, 3, 29, 12, tzinfo=UTC), "Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        (datetime(2026, 10, 25, 12, tzinfo=UTC), "Europe/Berlin", datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
    ],
)
def test_the_day_of_a_tick(tick: datetime, zone: str, start: datetime, hours: int) -> None:
    first, end = day_of(tick, ZoneInfo(zone))
    assert first == start
    assert end.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=hours)


async def test_a_run_stamps_the_records_of_its_day_and_no_others(database: asyncpg.Connection) -> None:
    long_ago = NOON - timedelta(days=30)
    today = {
        await record(database, NOON.replace(hour=0), long_ago),
        await record(database, NOON, long_ago),
        await record(database, MIDNIGHT - timedelta.resolution, long_ago),
    }
    await record(database, NOON.replace(hour=0) - timedelta.resolution, long_ago)
    await record(database, MIDNIGHT, long_ago)
    await stamp_records(Job(tick=NOON))
    assert await stamped_now(database) == today


async def test_a_run_takes_along_what_failed_runs_have_left(database: asyncpg.Connection) -> None:
    left = await record(database, NOON - timedelta(days=3))
    await stamp_records(Job(tick=NOON))
    assert await stamped_now(database) == {left}


async def test_the_day_is_that_of_the_zone(database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    yesterday_in_utc = await record(database, NOON - timedelta(hours=20), NOON)
    await record(database, NOON + timedelta(hours=4), NOON)  # tomorrow in Tokyo
    await stamp_records(Job(tick=NOON))
    assert await stamped_now(database) == {yesterday_in_utc}


async def test_two_runs_never_overlap(
    migrated: str, database: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    mine = await record(database, NOON)
    blocker = await asyncpg.connect(migrated)
    try:
        async with blocker.transaction():
            await blocker.execute("select from records where id = $1 for update", mine)  # makes a run long
            first = asyncio.create_task(stamp_records(Job(tick=NOON)))
            await until_one_waits(database)
            with caplog.at_level(logging.WARNING, logger="orion"):
                await asyncio.wait_for(stamp_records(Job(tick=NOON + timedelta(minutes=1))), PATIENCE)
            assert [line.message for line in caplog.records] == ["the run before goes on: this tick is left out"]
            assert not first.done()
            assert await stamped_now(database) == set()
        await asyncio.wait_for(first, PATIENCE)
        assert await stamped_now(database) == {mine}
    finally:
        await blocker.close()


async def until_one_waits(database: asyncpg.Connection) -> None:
    """Until a run waits for a record that the test has locked."""
    waiting = "select true from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    for _ in range(PATIENCE * 100):
        if await database.fetchval(waiting):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("no run waits")


@pytest.mark.parametrize(
    ("environ", "declared"),
    [
        ({}, "* * * * * UTC"),
        ({"CRON_SCHEDULE": "", "TZ": ""}, "* * * * * UTC"),
        ({"CRON_SCHEDULE": "0 0 * * *", "TZ": "Europe/Berlin"}, "0 0 * * * Europe/Berlin"),
    ],
)
def test_the_schedule_is_a_setting(environ: Mapping[str, str], declared: str) -> None:
    assert jobs.timetable(environ).declarations == {"stamp_records": declared}


def test_a_failed_run_is_not_repeated() -> None:
    assert stamp_records.declared.max_attempts == 1
