"""Jobs that go by the clock."""

import os

from seawall.jobs import Job, Jobs, setting
from seawall.runtime.database import database

jobs = Jobs()


async def note(text: str) -> None:
    async with database().acquire() as db:
        await db.execute("insert into notes (pid, text) values ($1, $2)", os.getpid(), text)


@jobs.cron(setting("SCHEDULE", default="* * * * * *"), timezone=setting("ZONE", default="UTC"), missed="all")
async def tick(job: Job) -> None:
    assert job.tick is not None
    await note(job.tick.isoformat())


@jobs.every(setting("INTERVAL", default="0.1"))
async def look() -> None:
    await note("look")


@jobs.every(0.1)
def fail() -> None:
    raise RuntimeError("each time")
