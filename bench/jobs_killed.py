"""A worker is killed with SIGKILL amid its jobs, and another one started at once, with default settings.

Run: `python bench/jobs_killed.py [ROUNDS] [ENGINE ...]`: of 20,000 jobs (4,000 for a slow engine), seconds from the
kill until all are done, how many ran twice, and how many are not done when it is given up. Medians of the rounds.
"""

import sys
import time
import uuid
from collections import Counter
from pathlib import Path

import uvloop

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from jobs import Engine, Place, Places, asked, in_turn  # noqa: E402 - the folders had to be named first

DRAINED, CONCURRENCY = 20_000, 100
GIVEN_UP = 400.0  # seconds after the kill


async def killed(place: Place, jobs: int, folder: Path) -> tuple[float, int, int]:
    """Seconds from the kill until all is done (or given up), jobs that ran twice, jobs that are not done."""
    runs = folder / f"runs-{uuid.uuid4().hex}"
    runs.touch()
    place.run("numbered", jobs)
    with place.worker(CONCURRENCY, folder, LATENCIES=str(runs)):
        while len(runs.read_bytes()) < jobs // 4 * 8:  # a line of seven digits each
            time.sleep(0.01)
    at = last = time.monotonic()
    left = -1
    async with place.counting() as count:
        with place.worker(CONCURRENCY, folder, LATENCIES=str(runs)):
            while left and time.monotonic() - at < GIVEN_UP:
                now = await count()
                if now != left:
                    left, last = now, time.monotonic()
                time.sleep(0.1)
    twice = sum(count > 1 for count in Counter(runs.read_text().split()).values())
    return (last - at if not left else float("inf")), twice, left


async def round_of(engine: Engine, places: Places, folder: Path, figures: dict[str, list[float]]) -> None:
    jobs = min(DRAINED, 2 * engine.jobs)
    names = ("all done after s", "ran twice", "not done")
    for name, value in zip(names, await killed(await places.new(engine), jobs, folder), strict=True):
        figures[name].append(value)


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    await in_turn(round_of, rounds, asked(on_postgres=False))


if __name__ == "__main__":
    uvloop.run(main())
