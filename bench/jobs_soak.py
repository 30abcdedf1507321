"""Thirty minutes at 500 jobs a second, five of them with a snapshot held: does anything grow, or slow down?

Run: `python bench/jobs_soak.py [MINUTES] [JOBS_A_SECOND]`. One producer here, one worker process; a line each half
minute: jobs done a second, how long jobs waited, the sizes of the live table and its indexes, dead rows, and the
worker's memory.
"""

import asyncio
import importlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import uvloop

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE / "engines")]

from tests.support.cluster import Server, free_port  # noqa: E402 - the folder had to be named first

application: Any = importlib.import_module("with_seawall")
MINUTES = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
RATE = int(sys.argv[2]) if len(sys.argv) > 2 else 500
SAMPLE_SECONDS, BATCH_SECONDS = 30.0, 0.05
HELD = (1 / 3, 1 / 2)  # of the time: the snapshot is held between them; five minutes of thirty
SIZES = """
    select pg_relation_size('seawall.jobs') / 1024 as table, pg_indexes_size('seawall.jobs') / 1024 as indexes,
        (select n_dead_tup from pg_stat_user_tables where relid = 'seawall.jobs'::regclass) as dead,
        (select count(*) from seawall.jobs where state in (0, 1, 2)) as waiting,
        (select count(*) from seawall.history) as done
"""
WAITED = """
    select percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from claimed_at - enqueued_at))
    from seawall.history where finished_at > now() - interval '30 s'
"""


async def produce(until: float) -> None:
    """Enqueue at the rate, in small batches, whatever the worker does."""
    due, number = time.monotonic(), round(RATE * BATCH_SECONDS)
    while time.monotonic() < until:
        await application.bulk(number)
        due += BATCH_SECONDS
        await asyncio.sleep(max(0.0, due - time.monotonic()))


async def hold(url: str, began: float) -> None:
    """Hold a snapshot, as a backup does."""
    await asyncio.sleep(began + MINUTES * 60 * HELD[0] - time.monotonic())
    connection = await asyncpg.connect(url)
    await connection.execute("begin isolation level repeatable read; select count(*) from seawall.workers")
    await asyncio.sleep((HELD[1] - HELD[0]) * MINUTES * 60)
    await connection.close()


async def watch(url: str, pid: int, began: float, until: float) -> None:
    connection = await asyncpg.connect(url)
    print("| minute | jobs/s | waited p50 ms | p99 ms | waiting | table KiB | indexes KiB | dead rows | worker MiB |")
    print("|---|---|---|---|---|---|---|---|---|")
    before = (time.monotonic(), 0)
    while time.monotonic() < until:
        await asyncio.sleep(SAMPLE_SECONDS)
        now = time.monotonic()
        (sizes,) = await connection.fetch(SIZES)
        waits = await connection.fetchval(WAITED) or [0.0, 0.0]
        rate = (sizes["done"] - before[1]) / (now - before[0])
        before = (now, sizes["done"])
        memory = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        shown = [
            f"{(now - began) / 60:.1f}",
            f"{rate:.0f}",
            *(f"{1000 * each:.1f}" for each in waits),
            sizes["waiting"],
        ]
        print("| " + " | ".join(map(str, [*shown, *list(sizes)[:3], f"{memory:.1f}"])) + " |", flush=True)
    await connection.close()


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server may run as another user
        server = Server(folder)
        server.start()
        url = os.environ["DATABASE_URL"] = f"{server.url}/postgres"
        script = [sys.executable, str(HERE / "engines" / "with_seawall.py")]
        subprocess.run([*script, "install", url], check=True)
        worker = subprocess.Popen([*script, "worker", url, "100"], env={**os.environ, "METRICS_PORT": str(free_port())})
        try:
            began = time.monotonic()
            until = began + MINUTES * 60
            await asyncio.gather(produce(until), hold(url, began), watch(url, worker.pid, began, until))
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait()
            server.stop(signal.SIGINT)


if __name__ == "__main__":
    uvloop.run(main())
