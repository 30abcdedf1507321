"""What the script of each engine shares: its commands, and the job, which does nothing but say how long it waited.

`SCRIPT install URL`, `SCRIPT single URL N`, `SCRIPT producers URL N`, `SCRIPT bulk URL N`, `SCRIPT paced URL N`,
`SCRIPT worker URL CONCURRENCY`. Those that enqueue print the seconds that it took. Some scripts know more ways, paced:
`transactional`, `urgent` and `retried`; and `numbered`, a bulk of jobs that can be told apart.
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable

PRODUCERS = 200
PACE_SECONDS = 0.02
RETRY_SECONDS = 0.1  # what a job of `retried` asks to wait, once

_latencies = os.open(os.environ.get("LATENCIES", os.devnull), os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def ran(sent: float) -> None:
    """The body of the job; `sent` is 0 where the latency is not asked for, and less where it is the job's number."""
    if sent:
        os.write(_latencies, b"%.6f\n" % (time.time() - sent) if sent > 0 else b"%d\n" % -sent)


def numbers(count: int) -> list[float]:
    """What tells the jobs of `numbered` apart: all of seven digits."""
    return [-1_000_000.0 - number for number in range(count)]


Single = Callable[[float], Awaitable[object]]


async def enqueue_as(command: str, number: int, single: Single, bulk: Callable[[int], Awaitable[object]],
                     **others: Single) -> None:  # fmt: skip
    """Carry out one of the commands that enqueue, after a little of it to warm up.

    `others` are paced like `single`; but for `numbered`, which enqueues many at once.
    """
    single = others.get(command, single)
    if command == "numbered":
        await single(number)
        return
    for _ in range(20 if command != "bulk" else 1):
        await single(0.0)
    began = time.perf_counter()
    if command == "single":
        await _produce(single, number)
    elif command == "producers":
        await asyncio.gather(*(_produce(single, number // PRODUCERS) for _ in range(PRODUCERS)))
    elif command == "bulk":
        await bulk(number)
    else:  # paced
        for _ in range(number):
            await asyncio.sleep(PACE_SECONDS)
            await single(time.time())
        await asyncio.sleep(PACE_SECONDS)  # what this process does after an enqueue is done
    print(time.perf_counter() - began)


async def _produce(single: Single, number: int) -> None:
    for _ in range(number):
        await single(0.0)


def arguments() -> tuple[str, str, int]:
    """The command, the URL, the number."""
    return sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0
