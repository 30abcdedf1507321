"""Seawall: see common.py. Bulk is `jobs.enqueue_many`, the worker `python -m seawall.jobs`."""

import os
import subprocess
import sys
from asyncio import sleep

import asyncpg
from common import RETRY_SECONDS, arguments, enqueue_as, numbers, ran

from seawall.jobs import Job, Jobs, Retry

jobs = Jobs()
RAW = "insert into seawall.jobs (state, max_attempts, queue, name, args) values (0, 5, $1, $2, $3) returning id"


@jobs.job()
async def noop(sent: float) -> None:
    ran(sent)


@jobs.job()
async def fails_once(job: Job, sent: float) -> None:
    if sent and job.attempt == 1:
        raise Retry(after=RETRY_SECONDS)
    if sent:
        ran(sent + RETRY_SECONDS)


async def transactional(sent: float) -> None:
    from seawall.runtime.database import database

    async with database().acquire() as connection, connection.transaction():
        await connection.fetchval("select 1")
        await noop.options(connection=connection).enqueue(sent)


async def numbered(number: float) -> None:
    await jobs.enqueue_many([noop.message(each) for each in numbers(int(number))])


async def raw(number: int) -> None:
    """The row that `noop.enqueue` writes, inserted without Seawall."""
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    await enqueue_as(
        "single", number, lambda _: connection.fetchval(RAW, "default", "noop", '{"sent":0.0}'), lambda _: sleep(0)
    )


async def bulk(number: int) -> None:
    await jobs.enqueue_many([noop.message(0.0) for _ in range(number)])


def main() -> None:
    command, url, number = arguments()
    variables = {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "warning"}
    if command == "install":
        subprocess.run([sys.executable, "-m", "seawall.runtime.migrate", "seawall.jobs:sql/migrations"],
                       env=variables, check=True, stdout=sys.stderr)  # fmt: skip
    elif command == "worker":
        os.chdir(os.path.dirname(os.path.abspath(__file__)))
        variables["WORKER_CONCURRENCY"] = str(number)
        os.execve(sys.executable, [sys.executable, "-m", "seawall.jobs", "with_seawall:jobs"], variables)
    else:
        os.environ["DATABASE_URL"] = url
        import uvloop

        if command == "raw":
            uvloop.run(raw(number))
            return
        others = {"urgent": noop.options(priority=9).enqueue, "retried": fails_once.enqueue}
        uvloop.run(
            enqueue_as(command, number, noop.enqueue, bulk, transactional=transactional, numbered=numbered, **others)
        )


if __name__ == "__main__":
    main()
