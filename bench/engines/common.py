"""What the script of each engine shares: its commands, and the job, which does nothing but say how long it waited.

`SCRIPT install URL`, `SCRIPT single URL N`, `SCRIPT producers URL N`, `SCRIPT bulk URL N`, `SCRIPT paced URL N`,
`SCRIPT worker URL CONCURRENCY`. Those that enqueue print the seconds that it took.
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable

PRODUCERS = 200
PACE_SECONDS = 0.02

_latencies = os.open(os.environ.get("LATENCIES", os.devnull), os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def ran(sent: float) -> None:
    """The body of the job; `sent` is 0 where the latency is not asked for."""
    if sent:
        os.write(_latencies, b"%.6f\n" % (time.time() - sent))


async def enqueue_as(command: str, number: int, single: Callable[[float], Awaitable[object]],
                     bulk: Callable[[int], Awaitable[object]]) -> None:  # fmt: skip
    """Carry out one of the commands that enqueue, after a little of it to warm up."""
    for _ in range(20 if command != "bulk" else 1):
        await single(0.0)
    began = time.perf_counter()
    if command == "single":
        for _ in range(number):
            await single(0.0)
    elif command == "producers":

        async def produce() -> None:
            for _ in range(number // PRODUCERS):
                await single(0.0)

        await asyncio.gather(*(produce() for _ in range(PRODUCERS)))
    elif command == "bulk":
        await bulk(number)
    else:  # paced
        for _ in range(number):
            await asyncio.sleep(PACE_SECONDS)
            await single(time.time())
    print(time.perf_counter() - began)


def arguments() -> tuple[str, str, int]:
    """The command, the URL, the number."""
    return sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0
