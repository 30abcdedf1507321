"""Jobs whose queue is not in the database of `DATABASE_URL`."""

from seawall.jobs import Job, Jobs

jobs = Jobs(database="queue")


@jobs.job()
async def record(job: Job, text: str) -> None:
    """It does nothing."""
