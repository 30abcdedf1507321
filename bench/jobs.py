"""The job engine beside its peers, interleaved: enqueueing, draining, latency. A backlog, and harm: see `jobs_*.py`.

Run: `python bench/jobs.py [ROUNDS] [ENGINE ...]`. Each engine lives in an environment of its own, made with pip in the
user's cache at the first run; those on Redis need a redis-server. All share one PostgreSQL 18 with fsync on. Prints
medians of the rounds with the lowest and the highest, each engine's share of Seawall round by round, and the goals.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import uvloop

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.support.cluster import Server, free_port  # noqa: E402 - the folder above had to be named first

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "seawall" / "bench"
SINGLE, PACED = 400, 200
CONCURRENCIES = (100, 200, 500)
DRAINED_WITHIN = 120.0
LOOK_SECONDS = 0.02  # each look counts the whole table
RAW_TURNS = 5  # each engine's single enqueues are measured once, the raw ones and ours so many times in turn


@dataclass(frozen=True)
class Engine:
    """One engine. `jobs` are drained in a round: so many that it takes a few seconds. `left` asks what is not done."""

    name: str
    needs: tuple[str, ...]
    jobs: int
    left: str = ""
    python: str = "python3"
    awaits: bool = True

    @property
    def script(self) -> str:
        return str(HERE / "engines" / f"with_{self.name.lower().partition('-')[0]}.py")

    @property
    def interpreter(self) -> str:
        return str(CACHE / self.name / "bin" / "python") if self.needs else sys.executable


ENGINES = (
    Engine("Seawall", (), 40_000, "select count(*) from seawall.jobs where state in (0, 1, 2)"),
    Engine("PgQueuer", ("pgqueuer[asyncpg]==1.6.0", "uvloop"), 40_000, "select count(*) from pgqueuer"),
    Engine("awa-pg", ("awa-pg==0.6.9",), 10_000,
           "select count(*) from awa.jobs where state::text in ('available', 'running', 'scheduled', 'retryable')"),
    Engine("Chancy", ("chancy==0.26.0", "uvloop"), 5_000,
           "select count(*) from chancy_jobs where state::text in ('pending', 'running', 'retrying')"),
    Engine("Oban", ("oban==0.7.0", "psycopg[binary]", "uvloop"), 5_000,
           "select count(*) from oban_jobs where state::text in ('available', 'executing', 'scheduled', 'retryable')",
           python="python3.13"),
    Engine("Procrastinate", ("procrastinate==3.10.0", "psycopg[binary]", "uvloop"), 2_000,
           "select count(*) from procrastinate_jobs where status::text in ('todo', 'doing')"),
    Engine("Celery", ("celery[redis]==5.7.0",), 3_000, awaits=False),
    Engine("Dramatiq", ("dramatiq[redis]==2.2.1",), 10_000, awaits=False),
)  # fmt: skip

GOALS = {
    "single": "85 % of the raw awaited insert",
    "producers": "60,000/s",
    "bulk": "1.5 times the best peer",
    "drain 100": "30,000/s, and twice PgQueuer's best",
    "p50": "3 ms",
    "p99": "6 ms",
}


class Place:
    """Where one engine keeps its jobs in one round."""

    def __init__(self, engine: Engine, url: str) -> None:
        self.engine = engine
        self.url = url

    def command(self, *words: object, **variables: str) -> list[str]:
        del variables
        return [self.engine.interpreter, self.engine.script, *map(str, words[:1]), self.url, *map(str, words[1:])]

    def run(self, name: str, number: int, **variables: str) -> float:
        """Carry out a command of the engine's script; returns the seconds that it says."""
        done = subprocess.run(
            self.command(name, number), env={**os.environ, **variables}, check=True, capture_output=True, text=True
        )
        return float(done.stdout.split()[-1]) if name not in {"install", "numbered"} else 0.0

    @contextmanager
    def worker(self, concurrency: int, folder: Path, **variables: str) -> Iterator["subprocess.Popen[bytes]"]:
        with (folder / f"{self.engine.name}.log").open("ab") as log:
            process = subprocess.Popen(
                self.command("worker", concurrency),
                env={**os.environ, "METRICS_PORT": str(free_port()), **variables},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[Callable[[], Awaitable[int]]]:
        """What tells how many jobs are not done, over one connection: a new one each time would cost a process each."""
        if not self.engine.left:

            async def left() -> int:
                return redis_left(self.url)

            yield left
            return
        connection = await asyncpg.connect(self.url)

        async def counted() -> int:
            return int(await connection.fetchval(self.engine.left))

        try:
            yield counted
        finally:
            await connection.close()

    async def left(self) -> int:
        """Jobs that are not done."""
        async with self.counting() as left:
            return await left()


def redis_left(url: str) -> int:
    """What Celery and Dramatiq have in their lists, and what their workers have taken and not acknowledged."""
    total = 0
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2].partition("/")[0]))) as client:
        reader = client.makefile("rb")
        for words in (("LLEN", "celery"), ("HLEN", "unacked"), ("HLEN", "dramatiq:default.msgs")):
            client.sendall(b"*2\r\n" + b"".join(b"$%d\r\n%s\r\n" % (len(word), word.encode()) for word in words))
            total += int(reader.readline()[1:])
    return total


async def drain(place: Place, concurrency: int, jobs: int, folder: Path) -> float:
    """Jobs a second, from the first that is seen to be done to the last."""
    async with place.counting() as count:
        with place.worker(concurrency, folder) as process:
            return await watched(place, count, jobs, process, folder)


async def watched(place: Place, count: Callable[[], Awaitable[int]], jobs: int, process: "subprocess.Popen[bytes]",
                  folder: Path) -> float:  # fmt: skip
    deadline = time.monotonic() + DRAINED_WITHIN
    first: tuple[float, int] | None = None
    while (left := await count()) or first is None:
        now = time.perf_counter()
        if first is None and left < jobs:
            first = (now, left)
        if time.monotonic() > deadline or process.poll() is not None:
            raise RuntimeError(f"{place.engine.name} does not drain: {left} left, see {folder}")
        if not left:
            break
        time.sleep(LOOK_SECONDS)
    assert first is not None
    return first[1] / max(time.perf_counter() - first[0], 1e-3)


async def latencies(place: Place, folder: Path) -> list[float]:
    """Milliseconds from the call that enqueues to the start of the job, one after the other, on a worker at rest."""
    found = folder / f"latencies-{uuid.uuid4().hex}"
    found.touch()
    with place.worker(10, folder, LATENCIES=str(found)):
        place.run("single", 50)
        while await place.left():
            time.sleep(0.05)
        place.run("paced", PACED)
        deadline = time.monotonic() + 30
        while len(found.read_text().split()) < PACED and time.monotonic() < deadline:
            time.sleep(0.05)
    return [float(line) * 1000 for line in found.read_text().split()]


async def round_of(engine: Engine, places: "Places", folder: Path, measured: dict[str, list[float]]) -> None:
    """Measure everything of one engine once."""
    place = await places.new(engine)
    measured["single"].append(SINGLE / place.run("single", SINGLE))
    if engine.awaits:
        produced = engine.jobs // 400 * 200  # the same number by each of 200
        measured["producers"].append(produced / place.run("producers", produced))
    for concurrency in CONCURRENCIES:
        place = await places.new(engine)
        seconds = place.run("bulk", engine.jobs)
        if concurrency == CONCURRENCIES[0]:
            measured["bulk"].append(engine.jobs / seconds)
        measured[f"drain {concurrency}"].append(await drain(place, concurrency, engine.jobs, folder))
    waits = sorted(await latencies(await places.new(engine), folder))
    measured["p50"].append(statistics.median(waits))
    measured["p99"].append(statistics.quantiles(waits, n=100)[98])


class Places:
    """Makes a new database, or an empty Redis, for each measurement."""

    def __init__(self, postgres: str, redis: int | None) -> None:
        self._postgres = postgres
        self._redis = redis

    def serves(self, engine: Engine) -> bool:
        return bool(engine.left) or self._redis is not None

    async def new(self, engine: Engine) -> Place:
        if not engine.left:
            subprocess.run(["redis-cli", "-p", str(self._redis), "flushall"], check=True, capture_output=True)
            return Place(engine, f"redis://127.0.0.1:{self._redis}/0")
        name = f"bench_{uuid.uuid4().hex[:12]}"
        admin = await asyncpg.connect(f"{self._postgres}/postgres")
        await admin.execute(f'create database "{name}"')
        await admin.close()
        place = Place(engine, f"{self._postgres}/{name}")
        place.run("install", 0)
        return place


async def raw_share(places: Places) -> float:
    """Our awaited enqueues in percent of the same row inserted by one connection without Seawall, in turn."""
    place = await places.new(ENGINES[0])
    raw, ours = [], []
    for _ in range(RAW_TURNS):
        raw.append(place.run("raw", SINGLE))
        ours.append(place.run("single", SINGLE))
    return 100 * statistics.median(raw) / statistics.median(ours)


def ensure(engine: Engine) -> bool:
    """Make the engine's environment, unless it is there; False where this machine cannot."""
    if not engine.needs or Path(engine.interpreter).exists():
        return True
    print(f"installing {engine.name} into {CACHE}", file=sys.stderr)
    try:
        subprocess.run([engine.python, "-m", "venv", str(CACHE / engine.name)], check=True)
        pip = [engine.interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *engine.needs], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"without {engine.name}: {error}", file=sys.stderr)
        return False
    return True


@contextmanager
def redis(folder: Path) -> Iterator[int | None]:
    """A Redis for the engines that need one; None where there is none."""
    port = free_port()
    try:
        server = subprocess.Popen(
            ["redis-server", "--port", str(port), "--save", "", "--dir", str(folder)], stdout=subprocess.DEVNULL
        )
    except OSError:
        yield None
        return
    try:
        yield port
    finally:
        server.terminate()
        server.wait()


@contextmanager
def servers() -> Iterator[tuple[Places, Path, int]]:
    """A PostgreSQL, and a Redis if there is one: where engines keep their jobs, a folder, the server's process id."""
    with tempfile.TemporaryDirectory() as name, redis(Path(name)) as port:
        folder = Path(name)
        folder.chmod(0o755)  # the server may run as another user
        server = Server(folder)
        server.start()
        try:
            yield Places(server.url, port), folder, server.pid
        finally:
            server.stop(signal.SIGINT)


Figures = dict[str, list[float]]
Measure = Callable[[Engine, Places, Path, Figures], Awaitable[None]]


async def in_turn(measure: Measure, rounds: int, engines: Iterable[Engine], goals: str = "") -> None:
    """Measure each engine in each round, and print the medians."""
    with servers() as (places, folder, _):
        figures: dict[str, Figures] = {
            each.name: defaultdict(list) for each in engines if places.serves(each) and ensure(each)
        }
        for engine in [each for _ in range(rounds) for each in ENGINES if each.name in figures]:
            try:
                await measure(engine, places, folder, figures[engine.name])
            except (RuntimeError, subprocess.CalledProcessError) as error:
                print(f"{engine.name}: {error} {getattr(error, 'stderr', '')}", file=sys.stderr)
    print(f"{rounds} rounds, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}\n")
    columns = list(dict.fromkeys(column for measured in figures.values() for column in measured))
    print("| | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for name, measured in figures.items():
        print(f"| {name} | " + " | ".join(spread(measured[c]) if measured[c] else "-" for c in columns) + " |")
    print(f"\n{goals}" if goals else "")


def asked(*, on_postgres: bool = True) -> list[Engine]:
    """The engines that the command line names, or all; those `on_postgres` only."""
    return [each for each in ENGINES if each.name in (sys.argv[2:] or [each.name]) and (each.left or not on_postgres)]


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    chosen = [each for each in ENGINES if not sys.argv[2:] or each.name in (*sys.argv[2:], "Seawall")]
    figures: dict[str, dict[str, list[float]]] = {each.name: defaultdict(list) for each in chosen}
    shares: list[float] = []
    with servers() as (places, folder, _):
        there = [each for each in chosen if places.serves(each) and ensure(each)]
        for _ in range(rounds):
            shares.append(await raw_share(places))
            for engine in list(there):
                try:
                    await round_of(engine, places, folder, figures[engine.name])
                except (RuntimeError, subprocess.CalledProcessError) as error:
                    print(f"without {engine.name}: {error} {getattr(error, 'stderr', '')}", file=sys.stderr)
                    there.remove(engine)
    report(figures, shares, rounds)


def spread(values: list[float]) -> str:
    digits = 0 if statistics.median(values) >= 20 else 1
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def report(figures: dict[str, dict[str, list[float]]], shares: list[float], rounds: int) -> None:
    columns = ["single", "producers", "bulk", *(f"drain {each}" for each in CONCURRENCIES), "p50", "p99"]
    print(f"{rounds} rounds, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}\n")
    print("| | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for name, measured in figures.items():
        print(f"| {name} | " + " | ".join(spread(measured[c]) if measured[c] else "-" for c in columns) + " |")
    print("| goal | " + " | ".join(GOALS.get(column, "") for column in columns) + " |")
    ours = figures["Seawall"]
    print("\nSeawall's multiple of each peer, round by round:\n")
    print("| | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for name, measured in figures.items():
        if name != "Seawall":
            cells = [
                spread([a / b for a, b in zip(ours[c], measured[c], strict=False)]) if measured[c] else "-"
                for c in columns
            ]
            print(f"| {name} | " + " | ".join(cells) + " |")
    print(f"\nsingle, % of a raw awaited insert: {spread(shares)}; goal: {GOALS['single']}")


if __name__ == "__main__":
    uvloop.run(main())
