"""What one job costs: processor time of its worker and of PostgreSQL, transactions, WAL; beside PgQueuer, in turn.

Run: `python bench/jobs_cost.py [ROUNDS] [ENGINE ...]`. Rates depend on what else a machine does; processor time hardly
does. A drain is counted from its first finished job to its last, enqueueing without the start of Python. Prints
medians.
"""

import asyncio
import os
import resource
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import asyncpg

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from jobs import ENGINES, Engine, Place, Places, ensure, servers  # noqa: E402 - the folders had to be named first

TICKS = os.sysconf("SC_CLK_TCK")
JOBS, PRODUCED, SINGLE = 40_000, 20_000, 1_000
CONCURRENCY = 100
LOOK_SECONDS = 0.3  # each look counts the whole table
USED = "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn, sum(xact_commit) from pg_stat_database"


def processor(pid: int) -> float:
    """Seconds of processor time of one process, and of those children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def tree(pid: int) -> float:
    """The same of a process and all its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    total = processor(pid)
    for child in children:
        try:
            total += tree(int(child))
        except FileNotFoundError:  # it has ended meanwhile
            continue
    return total


@dataclass(frozen=True)
class Reading:
    """What was used until a moment."""

    at: float
    jobs: int
    client: float
    server: float
    wal: int
    transactions: int

    def since(self, before: "Reading") -> dict[str, float]:
        """Per job."""
        jobs = before.jobs - self.jobs
        return {
            "jobs/s": jobs / (self.at - before.at),
            "client us": 1e6 * (self.client - before.client) / jobs,
            "server us": 1e6 * (self.server - before.server) / jobs,
            "WAL bytes": (self.wal - before.wal) / jobs,
            "transactions of 1,000": 1000 * (self.transactions - before.transactions) / jobs,
        }


class Meter:
    """Reads what the server has used."""

    def __init__(self, server: int, connection: asyncpg.Connection) -> None:
        self._server = server
        self._connection = connection

    async def read(self, left: int, client: float) -> Reading:
        ((wal, transactions),) = await self._connection.fetch(USED)
        return Reading(time.perf_counter(), left, client, tree(self._server), int(wal), int(transactions))


async def drain(place: Place, meter: Meter, connection: asyncpg.Connection, folder: Path) -> dict[str, float]:
    """Drain at concurrency 100."""
    with place.worker(CONCURRENCY, folder) as process:
        first: Reading | None = None
        while True:
            left = await connection.fetchval(place.engine.left)
            if first is None and left < JOBS:
                first = await meter.read(left, tree(process.pid))
            if not left and first is not None:
                break
            if process.poll() is not None:
                raise RuntimeError(f"the worker of {place.engine.name} ended, see {folder}")
            await asyncio.sleep(LOOK_SECONDS if first else LOOK_SECONDS / 10)
        return (await meter.read(0, tree(process.pid))).since(first)


async def enqueue(place: Place, meter: Meter, command: str, jobs: int) -> dict[str, float]:
    """One of the commands that enqueue, less what its first job takes."""
    readings: list[Reading] = []
    for number in (0 if command != "bulk" else 1, jobs):
        before = await meter.read(number, resource_of_children())
        seconds = place.run(command, number)
        after = await meter.read(0, resource_of_children())
        readings.append(
            Reading(seconds, number, *(getattr(after, f) - getattr(before, f) for f in
                    ("client", "server", "wal", "transactions")))
        )  # fmt: skip
    idle, full = readings
    spent = {f: getattr(full, f) - getattr(idle, f) for f in ("client", "server", "wal", "transactions")}
    return Reading(full.at, 0, **spent).since(Reading(0.0, jobs, 0.0, 0.0, 0, 0))


def resource_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def round_of(engine: Engine, places: Places, pid: int, folder: Path) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    place = await places.new(engine)
    connection = await asyncpg.connect(place.url)
    meter = Meter(pid, connection)
    found["single"] = await enqueue(place, meter, "single", SINGLE)
    found["producers"] = await enqueue(place, meter, "producers", PRODUCED)
    await connection.close()
    place = await places.new(engine)
    connection = await asyncpg.connect(place.url)
    meter = Meter(pid, connection)
    found["bulk"] = await enqueue(place, meter, "bulk", JOBS)
    found["drain"] = await drain(place, meter, connection, folder)
    await connection.close()
    return found


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    names = sys.argv[2:] or ["Seawall", "PgQueuer"]
    chosen = [each for each in ENGINES if each.name in names and each.left and ensure(each)]
    figures: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with servers() as (places, folder, pid):
        for engine in [each for _ in range(rounds) for each in chosen]:
            for what, measured in (await round_of(engine, places, pid, folder)).items():
                for column, value in measured.items():
                    figures[what, engine.name][column].append(value)
    columns = list(next(iter(figures.values())))
    print(f"{rounds} rounds, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}; per job\n")
    print("| | | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 2))
    for (what, name), found in sorted(figures.items()):
        print(f"| {what} | {name} | " + " | ".join(f"{statistics.median(found[c]):,.1f}" for c in columns) + " |")


if __name__ == "__main__":
    asyncio.run(main())
