"""From the call that enqueues to the start of the function, on a worker at rest; and the same of what is not plain.

Run: `python bench/jobs_pickup.py [ROUNDS] [ENGINE ...]`. 100 jobs, 20 ms apart: plain; in a transaction of the caller's
own connection; with a priority; and, of a job that fails once and asks to be tried again after 0.1 s, from that moment.
Then a worker is killed with SIGKILL amid 20,000 jobs, another one started at once with default settings: how long until
all are done, how many ran twice, and how many were lost. Prints medians of the rounds.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from pathlib import Path

import asyncpg
import uvloop

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from jobs import ENGINES, Engine, Place, Places, ensure, spread  # noqa: E402 - the folders had to be named first

from tests.support.cluster import Server  # noqa: E402 - the same

PACED, DRAINED, CONCURRENCY = 100, 20_000, 100
GIVEN_UP = 100.0  # seconds after the kill
WAYS = {"Seawall": ("paced", "transactional", "urgent", "retried"), "PgQueuer": ("paced", "transactional", "urgent")}


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


async def killed(place: Place, jobs: int, folder: Path) -> tuple[float, int, int]:
    """Seconds from the kill until all is done (or given up), jobs that ran twice, jobs that are not done."""
    runs = folder / f"runs-{uuid.uuid4().hex}"
    runs.touch()
    place.run("numbered", jobs)
    connection = await asyncpg.connect(place.url)
    with place.worker(CONCURRENCY, folder, LATENCIES=str(runs)):
        while len(runs.read_bytes()) < jobs // 4 * 8:  # a line of seven digits each
            time.sleep(0.01)
    at = last = time.monotonic()
    with place.worker(CONCURRENCY, folder, LATENCIES=str(runs)):
        left = -1
        while left and time.monotonic() - at < GIVEN_UP:
            now = await connection.fetchval(place.engine.left)
            if now != left:
                left, last = now, time.monotonic()
            time.sleep(0.1)
    await connection.close()
    twice = sum(count > 1 for count in Counter(runs.read_text().split()).values())
    return (last - at if not left else float("inf")), twice, left


async def round_of(engine: Engine, places: Places, folder: Path, figures: dict[str, list[float]]) -> None:
    for way in WAYS.get(engine.name, ("paced",)):
        waits = await pickup(await places.new(engine), way, folder)
        figures[f"{way} p50 ms"].append(statistics.median(waits))
        figures[f"{way} p99 ms"].append(statistics.quantiles(waits, n=100)[98])
    jobs = min(DRAINED, 2 * engine.jobs)
    names = ("killed: all done after s", "ran twice", "not done")
    for name, value in zip(names, await killed(await places.new(engine), jobs, folder), strict=True):
        figures[name].append(value)


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    names = sys.argv[2:] or ["Seawall", "PgQueuer", "Procrastinate"]
    chosen = [each for each in ENGINES if each.name in names and each.left and ensure(each)]
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
                    try:
                        await round_of(engine, places, folder, figures[engine.name])
                    except subprocess.CalledProcessError as error:
                        print(f"{engine.name}: {error} {error.stderr}", file=sys.stderr)
        finally:
            server.stop(signal.SIGINT)
    print(f"{rounds} rounds, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}\n")
    columns = list(dict.fromkeys(column for measured in figures.values() for column in measured))
    print("| | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for name, measured in figures.items():
        print(f"| {name} | " + " | ".join(spread(measured[c]) if measured[c] else "-" for c in columns) + " |")


if __name__ == "__main__":
    uvloop.run(main())
