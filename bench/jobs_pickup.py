"""From the call that enqueues to the start of the function, on a worker at rest; and the same of what is not plain.

Run: `python bench/jobs_pickup.py [ROUNDS] [ENGINE ...]`. 500 jobs, 20 ms apart: plain; in a transaction of the caller's
own connection; with a priority; and, of a job that fails once and asks to be tried again after 0.1 s, from that moment.
Prints medians of the rounds.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from pathlib import Path

import uvloop

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from jobs import ENGINES, Engine, Place, Places, ensure, spread  # noqa: E402 - the folders had to be named first

from tests.support.cluster import Server  # noqa: E402 - the same

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
