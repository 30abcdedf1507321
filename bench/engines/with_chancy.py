"""Chancy: see common.py. Jobs run in its asyncio executor, with eager polling."""

import uvloop
from chancy import Chancy, Queue, Worker, job
from common import arguments, enqueue_as, numbers, ran
from psycopg.rows import dict_row


@job()
async def noop(*, sent: float) -> None:
    ran(sent)


async def bulk(chancy: Chancy, sent: list[float]) -> None:
    jobs = [noop.job.with_kwargs(sent=each) for each in sent]
    async for _ in chancy.push_many(jobs):
        pass


async def main() -> None:
    command, url, number = arguments()
    async with Chancy(url) as chancy:
        if command == "install":
            await chancy.migrate()
        elif command == "worker":
            queue = Queue("default", concurrency=number, executor=Chancy.Executor.Async, polling_interval=1,
                          eager_polling=True)  # fmt: skip
            await chancy.declare(queue, upsert=True)
            async with Worker(chancy) as worker:
                await worker.wait_for_shutdown()
        else:

            async def transactional(sent: float) -> None:
                async with chancy.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
                    await cursor.execute("select 1")
                    await chancy.push_many_ex(cursor, [noop.job.with_kwargs(sent=sent)])

            await enqueue_as(
                command,
                number,
                lambda sent: chancy.push(noop.job.with_kwargs(sent=sent)),
                lambda many: bulk(chancy, [0.0] * many),
                urgent=lambda sent: chancy.push(noop.job.with_kwargs(sent=sent).with_priority(9)),
                transactional=transactional,
                numbered=lambda many: bulk(chancy, numbers(int(many))),
            )


if __name__ == "__main__":
    uvloop.run(main())
