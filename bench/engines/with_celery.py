"""Celery on Redis: see common.py. Results are ignored, the pool is of threads, jobs are acknowledged late."""

import asyncio
import os
import sys

from celery import Celery
from common import arguments, enqueue_as, numbers, ran

app = Celery("bench", broker=os.environ.get("BROKER", ""))
app.conf.update(task_ignore_result=True, task_acks_late=True, worker_prefetch_multiplier=4)


@app.task(name="noop")
def noop(sent):
    ran(sent)


async def main() -> None:
    command, url, number = arguments()
    os.environ["BROKER"] = url
    if command == "install":
        return
    if command == "worker":
        os.chdir(os.path.dirname(os.path.abspath(__file__)))
        words = ["-m", "celery", "-A", "with_celery", "worker", "--pool=threads", f"--concurrency={number}",
                 "--loglevel=ERROR", "--without-gossip", "--without-mingle"]  # fmt: skip
        os.execv(sys.executable, [sys.executable, *words])
    app.conf.broker_url = url

    async def single(sent: float) -> None:
        noop.delay(sent)

    async def numbered(many: float, sent: list[float] | None = None) -> None:
        with app.producer_pool.acquire(block=True) as producer:
            for each in sent or numbers(int(many)):
                noop.apply_async((each,), producer=producer)

    async def bulk(many: int) -> None:
        await numbered(many, [0.0] * many)

    await enqueue_as(command, number, single, bulk, numbered=numbered)


if __name__ == "__main__":
    asyncio.run(main())
