"""What the schedulers of a run declare and run: a tick each second, none of which may be missed."""

from seawall.jobs import Job, Jobs
from tests.reliability.work import EFFECT, begin

jobs = Jobs()


@jobs.cron("* * * * * *", missed="all", name="tick", queue="ticks", max_attempts=6)
async def tick(job: Job) -> None:
    begin(job)
    async with job.complete_in_transaction() as db:
        await db.execute(EFFECT, job.id, job.claim)
