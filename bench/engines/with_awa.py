"""awa-pg: see common.py. Bulk is its COPY; workers look each 10 ms (default 200), as not every enqueue wakes them."""

import asyncio
from dataclasses import dataclass

import awa
from common import RETRY_SECONDS, arguments, enqueue_as, numbers, ran


@dataclass
class Noop:
    sent: float


@dataclass
class FailsOnce:
    sent: float


async def main() -> None:
    command, url, number = arguments()
    client = awa.AsyncClient(url)
    if command == "install":
        await client.migrate()
    elif command == "worker":

        @client.task(Noop, queue="default")
        async def noop(job: awa.Job) -> None:
            ran(job.args.sent)

        @client.task(FailsOnce, queue="default")
        async def fails_once(job: awa.Job) -> awa.RetryAfter | None:
            if job.args.sent and job.attempt == 1:
                return awa.RetryAfter(RETRY_SECONDS)
            if job.args.sent:
                ran(job.args.sent + RETRY_SECONDS)
            return None

        await client.start([("default", number)], poll_interval_ms=10)
        await asyncio.Event().wait()
    else:

        async def transactional(sent: float) -> None:
            async with await client.transaction() as transaction:
                await transaction.fetch_one("select 1")
                await transaction.insert(Noop(sent))

        await enqueue_as(
            command,
            number,
            lambda sent: client.insert(Noop(sent)),
            lambda many: client.insert_many_copy([Noop(0.0) for _ in range(many)]),
            urgent=lambda sent: client.insert(Noop(sent), priority=1),
            retried=lambda sent: client.insert(FailsOnce(sent)),
            transactional=transactional,
            numbered=lambda many: client.insert_many_copy([Noop(each) for each in numbers(int(many))]),
        )
    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
