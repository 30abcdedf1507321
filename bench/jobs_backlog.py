"""Draining while very many jobs wait, and while somebody holds an old snapshot, as a backup does.

Run: `python bench/jobs_backlog.py [ROUNDS] [ENGINE ...]`. So many jobs are enqueued that they outlast the look: a
million (for engines that need minutes for that, fewer: see `WAITING`). One worker at concurrency 100 then runs 20 s,
without and with a snapshot held from before its start; its rate is that of the last third. Medians of the rounds.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import asyncpg
import uvloop

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from jobs import ENGINES, Engine, Places, ensure, spread  # noqa: E402 - the folders had to be named first

from tests.support.cluster import Server  # noqa: E402 - the same

CONCURRENCY, SECONDS, STARTED_WITHIN, AT_ONCE = 100, 20.0, 30.0, 100_000
WAITING = {"Chancy": 200_000, "Oban": 100_000, "Procrastinate": 100_000}
GOALS = "goals: 80 % of the rate with 40,000 waiting (bench/jobs.py), and with a snapshot held 70 % of that without"


async def rate(engine: Engine, places: Places, folder: Path, *, held: bool) -> float:
    """Jobs a second in the last third of `SECONDS`."""
    place = await places.new(engine)
    waiting = WAITING.get(engine.name, 1_000_000)
    for _ in range(waiting // AT_ONCE):
        place.run("bulk", AT_ONCE)
    counter, holder = await asyncpg.connect(place.url), await asyncpg.connect(place.url)
    await counter.execute("vacuum analyze")
    if held:
        await holder.execute("begin isolation level repeatable read; select count(*) from pg_class")
    with place.worker(CONCURRENCY, folder):
        deadline = time.monotonic() + STARTED_WITHIN
        while await counter.fetchval(engine.left) >= waiting and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(SECONDS * 2 / 3)
        marks = []
        for pause in (SECONDS / 3, 0.0):  # few looks: each counts all that waits
            marks.append((time.perf_counter(), await counter.fetchval(engine.left)))
            time.sleep(pause)
    await counter.close()
    await holder.close()
    (first, before), (last, after) = marks
    if not after:
        raise RuntimeError(f"{engine.name} was done too early: {waiting} jobs were too few")
    return float(before - after) / (last - first)


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    chosen = [each for each in ENGINES if each.left and each.name in (sys.argv[2:] or [each.name]) and ensure(each)]
    figures: dict[str, dict[str, list[float]]] = {each.name: defaultdict(list) for each in chosen}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server may run as another user
        server = Server(folder)
        server.start()
        places = Places(server.url, None)
        try:
            for _ in range(rounds):
                for engine in chosen:
                    measured = figures[engine.name]
                    try:
                        free = await rate(engine, places, folder, held=False)
                        under = await rate(engine, places, folder, held=True)
                    except (RuntimeError, subprocess.CalledProcessError) as error:
                        print(f"{engine.name}: {error} {getattr(error, 'stderr', '')}", file=sys.stderr)
                        continue
                    measured["jobs/s with a backlog"].append(free)
                    measured["with a snapshot held"].append(under)
                    measured["% of that without"].append(100 * under / free)
        finally:
            server.stop(signal.SIGINT)
    print(f"{rounds} rounds, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}\n")
    columns = list(dict.fromkeys(column for measured in figures.values() for column in measured))
    print("| | waiting | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 2))
    for name, measured in figures.items():
        cells = [spread(measured[column]) if measured[column] else "-" for column in columns]
        print(f"| {name} | {WAITING.get(name, 1_000_000):,} | " + " | ".join(cells) + " |")
    print(f"\n{GOALS}")


if __name__ == "__main__":
    uvloop.run(main())
