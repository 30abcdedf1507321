"""The worker of orion: at each tick of its schedule it sets the timestamps of today's records, one run at a time."""

import logging
import os
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from seawall.jobs import Job, Jobs, setting

logger = logging.getLogger(__name__)
jobs = Jobs()

ZONE: Final = setting("TZ", default="UTC")
# Any number that nothing else in this database locks.
ONE_RUN: Final = 0x0710


@jobs.cron(setting("CRON_SCHEDULE", default="* * * * *"), timezone=ZONE)
async def stamp_records(job: Job) -> None:
    tick = job.tick or datetime.now(UTC)
    start, end = day_of(tick, ZoneInfo(ZONE.read(os.environ)))
    async with job.complete_in_transaction() as db:
        # Ends with the transaction, so also with a worker that is killed: never two runs, whoever else is a worker.
        if not await db.fetchval("select pg_try_advisory_xact_lock($1)", ONE_RUN):
            logger.warning("the run before goes on: this tick is left out", extra={"tick": tick})
            return
        stamped = await db.fetchval(
            """
            with stamped as (
                update records set stamped_at = now()
                where created_at >= $1 and created_at < $2 or stamped_at is null
                returning id
            )
            select count(*) from stamped
            """,
            start,
            end,
        )
    logger.info("stamped %d records", stamped, extra={"tick": tick, "day": start.date(), "records": stamped})


def day_of(tick: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The start and the end of the day in `zone` that a tick works on: at midnight, the day that ends with it."""
    day = (tick - timedelta.resolution).astimezone(zone).date()
    return (
        datetime.combine(day, time.min, tzinfo=zone),
        datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone),
    )
