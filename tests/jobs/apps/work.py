"""Jobs that note what they do, for workers that tests hurt."""

import asyncio
import os
import signal
import time

from seawall.jobs import Backoff, Job, Jobs
from seawall.runtime.database import database

jobs = Jobs()
SOON = Backoff(first=0.05)


async def note(job: Job, text: str) -> None:
    async with database().acquire() as db:
        await db.execute(
            "insert into notes (job, claim, attempt, pid, text) values ($1, $2, $3, $4, $5)",
            job.id, job.claim, job.attempt, os.getpid(), text,
        )  # fmt: skip


@jobs.job()
async def record(job: Job, text: str) -> None:
    await note(job, text)


@jobs.job(timeout=60)
async def slow(job: Job, seconds: float) -> None:
    await note(job, "start")
    await asyncio.sleep(seconds)
    await note(job, "end")


@jobs.job(timeout=60)
async def once(job: Job, seconds: float) -> None:
    await note(job, "start")
    await asyncio.sleep(seconds)
    async with job.complete_in_transaction() as db:
        await db.execute("insert into effects (job, claim) values ($1, $2)", job.id, job.claim)


@jobs.job(max_attempts=3, backoff=SOON)
async def raises(job: Job) -> None:
    await note(job, "start")
    raise RuntimeError("always")


@jobs.job(max_attempts=2, backoff=SOON, timeout=0.2)
async def hangs(job: Job) -> None:
    await note(job, "start")
    await asyncio.sleep(60)


@jobs.job(max_attempts=10)
async def kills(job: Job) -> None:
    await note(job, "start")
    await asyncio.sleep(0.3)
    os.kill(os.getpid(), signal.SIGKILL)


@jobs.job(timeout=60)
async def blocks(job: Job, seconds: float) -> None:
    await note(job, "start")
    time.sleep(seconds)  # noqa: ASYNC251 - that the loop stands still is what it shows
    await note(job, "end")


@jobs.job(timeout=60)
def in_thread(path: str, seconds: float) -> None:
    with open(path, "a") as file:  # noqa: PTH123 - a path of the test
        file.write(f"start {os.getpid()}\n")
    time.sleep(seconds)
    with open(path, "a") as file:  # noqa: PTH123 - a path of the test
        file.write(f"end {os.getpid()}\n")


@jobs.job()
async def leaves(job: Job) -> None:
    await note(job, "start")
    raise SystemExit(3)


@jobs.job(max_attempts=1)
async def after_completion(job: Job) -> None:
    async with job.complete_in_transaction() as db:
        await db.execute("insert into effects (job, claim) values ($1, $2)", job.id, job.claim)
    raise RuntimeError("too late to matter")


@jobs.check("disk", critical=False)
def disk() -> bool:
    return True
