"""Dramatiq on Redis: see common.py. One process of threads."""

import asyncio
import os
import sys

import dramatiq
from common import arguments, enqueue_as, numbers, ran
from dramatiq.brokers.redis import RedisBroker

dramatiq.set_broker(RedisBroker(url=os.environ.get("BROKER") or sys.argv[2]))


@dramatiq.actor
def noop(sent):
    ran(sent)


async def main() -> None:
    command, url, number = arguments()
    os.environ["BROKER"] = url
    if command == "install":
        return
    if command == "worker":
        os.chdir(os.path.dirname(os.path.abspath(__file__)))
        words = ["-m", "dramatiq", "with_dramatiq", "--processes", "1", "--threads", str(number)]
        os.execv(sys.executable, [sys.executable, *words])

    async def single(sent: float) -> None:
        noop.send(sent)

    async def bulk(many: int) -> None:
        for _ in range(many):
            noop.send(0.0)

    async def numbered(many: float) -> None:
        for each in numbers(int(many)):
            noop.send(each)

    await enqueue_as(command, number, single, bulk, numbered=numbered)


if __name__ == "__main__":
    asyncio.run(main())
