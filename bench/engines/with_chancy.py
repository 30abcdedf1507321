"""Chancy: see common.py. Jobs run in its asyncio executor, with eager polling."""

import uvloop
from chancy import Chancy, Queue, Worker, job
from common import arguments, enqueue_as, ran


@job()
async def noop(*, sent: float) -> None:
    ran(sent)


async def bulk(chancy: Chancy, number: int) -> None:
    jobs = [noop.job.with_kwargs(sent=0.0) for _ in range(number)]
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
            await enqueue_as(
                command,
                number,
                lambda sent: chancy.push(noop.job.with_kwargs(sent=sent)),
                lambda many: bulk(chancy, many),
            )


if __name__ == "__main__":
    uvloop.run(main())
