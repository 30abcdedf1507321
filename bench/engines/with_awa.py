"""awa-pg: see common.py. Bulk is its COPY."""

import asyncio
from dataclasses import dataclass

import awa
from common import arguments, enqueue_as, ran


@dataclass
class Noop:
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

        await client.start([("default", number)])
        await asyncio.Event().wait()
    else:
        await enqueue_as(
            command,
            number,
            lambda sent: client.insert(Noop(sent)),
            lambda many: client.insert_many_copy([Noop(0.0) for _ in range(many)]),
        )
    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
