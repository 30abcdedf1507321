"""Oban for Python: see common.py. Needs Python 3.12."""

import asyncio

import uvloop
from common import arguments, enqueue_as, numbers, ran
from oban import Oban, worker
from oban.schema import install


@worker(queue="default")
class Noop:
    async def process(self, job):
        ran(job.args["sent"])


async def main() -> None:
    command, url, number = arguments()
    pool = await Oban.create_pool(url, min_size=10, max_size=10)
    if command == "install":
        await install(pool)
    elif command == "worker":
        async with Oban(pool=pool, queues={"default": number}):
            await asyncio.Event().wait()
    else:
        oban = Oban(pool=pool)

        async def transactional(sent: float) -> None:
            async with pool.connection() as connection, connection.transaction():
                await connection.execute("select 1")
                await oban.enqueue(Noop.new({"sent": sent}), conn=connection)

        async with oban:
            await enqueue_as(
                command,
                number,
                lambda sent: oban.enqueue(Noop.new({"sent": sent})),
                lambda many: oban.enqueue_many([Noop.new({"sent": 0.0}) for _ in range(many)]),
                urgent=lambda sent: oban.enqueue(Noop.new({"sent": sent}, priority=0)),
                transactional=transactional,
                numbered=lambda many: oban.enqueue_many([Noop.new({"sent": each}) for each in numbers(int(many))]),
            )
    await pool.close()


if __name__ == "__main__":
    uvloop.run(main())
