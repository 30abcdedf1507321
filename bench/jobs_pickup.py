"""From the call that enqueues to the start of the function, on a worker at rest; and the same of what is not plain.

Run: `python bench/jobs_pickup.py [ROUNDS] [ENGINE ...]`. 500 jobs, 20 ms apart: plain; in a transaction of the caller's
own connection; with a priority; and, of a job that fails once and asks to be tried again after 0.1 s, from that moment.
Prints medians of the rounds.
"""

import statistics
import sys
import time
import uuid
from pathlib import Path

import uvloop

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from jobs import Engine, Place, Places, asked, in_turn  # noqa: E402 - the folders had to be named first

PACED = 500
WAYS = ("paced", "transactional", "urgent", "retried")
LACKS = {"Chancy": ("retried",), "Oban": ("retried",), "Procrastinate": ("retried",)}  # none of a fraction of a second


async def pickup(place: Place, way: str, folder: Path) -> list[float]:
    """Milliseconds of each job, in order of size."""
    found = folder / f"latencies-{uuid.uuid4().hex}"
    found.touch()
    with place.worker(10, folder, LATENCIES=str(found)):
        place.run("single", 50)
        while await place.left():
            time.sleep(0.05)
        place.run(way, PACED)
        deadline = time.monotonic() + 30
        while len(found.read_text().split()) < PACED and time.monotonic() < deadline:
            time.sleep(0.05)
    return sorted(float(line) * 1000 for line in found.read_text().split())


async def round_of(engine: Engine, places: Places, folder: Path, figures: dict[str, list[float]]) -> None:
    for way in (each for each in WAYS if each not in LACKS.get(engine.name, ())):
        waits = await pickup(await places.new(engine), way, folder)
        figures[f"{way} p50 ms"].append(statistics.median(waits))
        figures[f"{way} p99 ms"].append(statistics.quantiles(waits, n=100)[98])


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    await in_turn(round_of, rounds, asked())


if __name__ == "__main__":
    uvloop.run(main())
