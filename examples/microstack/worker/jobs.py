"""The worker of microstack: it runs the errands that the API asks for, and forgets old ones."""

from typing import Final

from seawall.jobs import Job, Jobs, setting
from seawall.runtime.database import database

KEPT: Final = 100  # errands

jobs = Jobs()


@jobs.job(timeout=10)
async def run_errand(job: Job, errand_id: int) -> None:
    # The effect and the job's completion commit together: the errand is done exactly once.
    async with job.complete_in_transaction() as db:
        await db.execute("update errands set done_at = clock_timestamp() where id = $1", errand_id)


@jobs.every(setting("POLL_INTERVAL", default="5"))
async def forget_old_errands() -> None:
    async with database().acquire() as db:
        await db.execute(
            "delete from errands where done_at is not null and id <= (select max(id) from errands) - $1", KEPT
        )
