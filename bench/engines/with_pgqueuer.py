"""PgQueuer: see common.py. Its benchmark's settings: a batch of the concurrency, uvloop."""

import json
from datetime import timedelta

import asyncpg
import uvloop
from common import RETRY_SECONDS, arguments, enqueue_as, numbers, ran
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job
from pgqueuer.queries import Queries


async def main() -> None:
    command, url, number = arguments()
    if command == "producers":
        from pgqueuer.db import AsyncpgPoolDriver

        pool = await asyncpg.create_pool(url, min_size=10, max_size=10)
        queries = Queries(AsyncpgPoolDriver(pool))
    else:
        connection = await asyncpg.connect(url)
        queries = Queries(AsyncpgDriver(connection))
    if command == "install":
        await queries.install()
    elif command == "worker":
        worker = PgQueuer(AsyncpgDriver(connection))

        @worker.entrypoint("noop")
        async def noop(job: Job) -> None:
            ran(json.loads(job.payload or b"0"))

        @worker.entrypoint("fails_once")
        async def fails_once(job: Job) -> None:
            sent = json.loads(job.payload or b"0")
            if sent and not job.attempts:
                raise RetryRequested(timedelta(seconds=RETRY_SECONDS))
            if sent:
                ran(sent + RETRY_SECONDS)

        await worker.run(batch_size=number, dequeue_timeout=timedelta(seconds=1))
    else:

        async def transactional(sent: float) -> None:
            async with connection.transaction():
                await connection.fetchval("select 1")
                await queries.enqueue("noop", json.dumps(sent).encode())

        async def numbered(number: float) -> None:
            many = [json.dumps(each).encode() for each in numbers(int(number))]
            await queries.enqueue(["noop"] * len(many), many, [0] * len(many))

        await enqueue_as(
            command,
            number,
            lambda sent: queries.enqueue("noop", json.dumps(sent).encode()),
            lambda many: queries.enqueue(["noop"] * many, [b"0"] * many, [0] * many),
            urgent=lambda sent: queries.enqueue("noop", json.dumps(sent).encode(), 9),
            retried=lambda sent: queries.enqueue("fails_once", json.dumps(sent).encode()),
            transactional=transactional,
            numbered=numbered,
        )


if __name__ == "__main__":
    uvloop.run(main())
