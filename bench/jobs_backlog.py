"""Draining while very many jobs wait, and while somebody holds an old snapshot, as a backup does.

Run: `python bench/jobs_backlog.py [ROUNDS] [ENGINE ...]`. So many jobs are enqueued that they outlast the look: a
million (for engines that need minutes for that, fewer: see `WAITING`). One worker at concurrency 100 then runs 20 s,
without and with a snapshot held from before its start; its rate is that of the last third. Medians of the rounds.
"""

import sys
import time
from pathlib import Path

import asyncpg
import uvloop

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from jobs import Engine, Figures, Places, asked, in_turn  # noqa: E402 - the folders had to be named first

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


async def round_of(engine: Engine, places: Places, folder: Path, figures: Figures) -> None:
    free = await rate(engine, places, folder, held=False)
    under = await rate(engine, places, folder, held=True)
    figures["jobs waiting"].append(WAITING.get(engine.name, 1_000_000))
    figures["jobs/s"].append(free)
    figures["with a snapshot held"].append(under)
    figures["% of that without"].append(100 * under / free)


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    await in_turn(round_of, rounds, asked(), GOALS)


if __name__ == "__main__":
    uvloop.run(main())
