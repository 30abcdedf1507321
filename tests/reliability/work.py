"""The jobs of a run. Each says in the journal that it starts, and leaves its effect in the database."""

import asyncio
import os
import signal
import time
from typing import Final, Literal

from seawall.jobs import Backoff, Job, Jobs
from seawall.runtime.database import database
from tests.reliability import journal

Conduct = Literal["works", "runs past the lease", "fails once", "always fails", "blocks the loop", "kills", "endless"]

LEASE: Final = 2.0
MAX_ATTEMPTS: Final = 6
SOON: Final = Backoff(first=0.05, maximum=0.4)
SIDE: Final = "side"  # a queue that a person pauses now and then
ENDLESS_SECONDS: Final = 3600.0
EFFECT: Final = "insert into proof.effects (job, claim) values ($1, $2)"

jobs = Jobs()
written: Final = journal.own()


def begin(job: Job, uid: str = "") -> None:
    written.write("start", uid=uid, job=job.id, claim=job.claim, attempt=job.attempt, key=job.key)


async def behave(job: Job, conduct: Conduct, seconds: float) -> None:
    if conduct == "always fails" or (conduct == "fails once" and job.attempt == 1):
        raise RuntimeError(conduct)
    await asyncio.sleep(ENDLESS_SECONDS if conduct == "endless" else seconds)
    if conduct == "blocks the loop":
        time.sleep(1.3 * LEASE)  # noqa: ASYNC251 - that is the fault
    if conduct == "kills":
        os.kill(os.getpid(), signal.SIGKILL)


@jobs.job(max_attempts=MAX_ATTEMPTS, backoff=SOON, on_dead="skip")
async def twice(job: Job, uid: str, conduct: Conduct, seconds: float) -> None:
    """At least once: its effect commits first, its completion later."""
    begin(job, uid)
    await behave(job, conduct, seconds)
    async with database().acquire() as db:
        await db.execute(EFFECT, job.id, job.claim)


@jobs.job(max_attempts=MAX_ATTEMPTS, backoff=SOON, on_dead="skip")
async def once(job: Job, uid: str, conduct: Conduct, seconds: float) -> None:
    """Exactly once: its effect commits with its completion."""
    begin(job, uid)
    await behave(job, conduct, seconds)
    async with job.complete_in_transaction() as db:
        await db.execute(EFFECT, job.id, job.claim)


@jobs.job(max_attempts=MAX_ATTEMPTS, backoff=SOON, on_dead="skip", queue=SIDE, ack="inline")
async def inline(job: Job, uid: str, conduct: Conduct, seconds: float) -> None:
    """At least once, too, and its completion is sent for itself."""
    begin(job, uid)
    await behave(job, conduct, seconds)
    async with database().acquire() as db:
        await db.execute(EFFECT, job.id, job.claim)


@jobs.job(max_attempts=MAX_ATTEMPTS, backoff=SOON, on_dead="skip")
def threaded(job: Job, uid: str, seconds: float) -> None:
    """A plain function; it has no effect but its end."""
    begin(job, uid)
    time.sleep(seconds)
