"""How long `seawall up` takes until everything is ready, part by part, beside `docker compose up --wait`.

Run: `python bench/up.py [ROUNDS]`. Both run the services of `examples/microstack`: PostgreSQL, its migrations, a
worker, an API and a front end behind Caddy. Cold is without data (Seawall's template of a database is cached, as it is
from the second project on; the images are built); warm is with the data of the last run. Rounds are interleaved.
Docker's part builds `bench/compose/` first; without Docker it is left out.

Prints medians of the rounds in seconds, and the spread from the quickest to the slowest in brackets.
"""

import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "examples" / "microstack"
COMPOSE = HERE / "compose" / "compose.yaml"
SEAWALL = Path(sys.executable).parent / "seawall"
ROUNDS = 10
PORTS = {
    "": "edge",
    "api-service": "api",
    "worker-service": "worker",
    "frontend-service": "front end",
    "postgres": "db",
}
# Inside one process, as `seawall up` does it before it starts anything.
BEFORE = """
import json, os, sys, time
moments = [time.perf_counter()]
import seawall.cli.main, seawall.cli.up, seawall.cli.load
moments.append(time.perf_counter())
loaded = seawall.cli.load.load()
system = loaded.resolve(None)
moments.append(time.perf_counter())
import seawall.local.up, asyncio
moments.append(time.perf_counter())
ports = dict(pair.split("=") for pair in sys.argv[1:])
seawall.local.up.prepare(system, loaded.file, os.environ, {name: int(port) for name, port in ports.items()})
moments.append(time.perf_counter())
print(json.dumps([b - a for a, b in zip(moments, moments[1:])]))
"""
BEFORE_PARTS = ("import the command line", "load and validate stack.py", "import the supervisor", "preflight")


@dataclass
class Table:
    """Seconds by line, one value a round."""

    lines: dict[str, list[float]] = field(default_factory=dict)

    def add(self, line: str, seconds: float) -> None:
        self.lines.setdefault(line, []).append(seconds)

    def median(self, line: str) -> float:
        return statistics.median(self.lines[line])

    def show(self, title: str) -> None:
        print(f"\n{title}")
        for line, values in self.lines.items():
            print(f"  {line:<46} {statistics.median(values):7.3f}   ({min(values):.3f} to {max(values):.3f})")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def chosen() -> list[str]:
    """Free ports for all services: other programs may have theirs."""
    ports = {name: free_port() for name in PORTS}
    return [word for name, port in ports.items() for word in ("--port", f"{name}={port}" if name else str(port))]


def timed(*words: str, cwd: Path | None = None) -> float:
    start = time.perf_counter()
    subprocess.run(words, check=True, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def up(folder: Path, table: Table, temperature: str) -> None:
    """One `seawall up` and its end; the moments of its events are counted from its start."""
    start = time.perf_counter()
    words = [str(SEAWALL), "up", "--json", *chosen()]
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    moments: dict[str, float] = {}
    try:
        for line in process.stdout:
            now = time.perf_counter() - start
            event: dict[str, Any] = json.loads(line)
            moments.setdefault(f"{event.get('event')} {event.get('name', '')}".strip(), now)
            if event.get("event") == "up":
                break
        else:
            raise SystemExit(f"seawall up ended: {moments}")
        asked = time.perf_counter()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        process.wait()
        stopped = time.perf_counter() - asked
    finally:
        process.kill()
        process.wait()
    table.add(f"{temperature}: until all is ready", moments["up"])
    parts(moments, table, temperature)
    table.add(f"{temperature}: from Ctrl-C until nothing is left", stopped)


def parts(moments: dict[str, float], table: Table, temperature: str) -> None:
    first = min(moments.values())
    table.add(f"{temperature}: - until the first child starts", first)
    table.add(f"{temperature}: - edge, from its start", moments["ready edge"] - moments["starting edge"])
    table.add(f"{temperature}: - data folder, from the first start", moments["starting postgres"] - first)
    for name in ("postgres", "postgres-migrate", "worker-service", "api-service"):
        table.add(f"{temperature}: - {name}, from its start", moments[f"ready {name}"] - moments[f"starting {name}"])


def before(folder: Path, table: Table) -> None:
    ports = [word for word in chosen() if word != "--port"]
    words = [word if "=" in word else f"edge={word}" for word in ports]
    done = subprocess.run(
        [sys.executable, "-c", BEFORE, *words], check=True, cwd=folder, capture_output=True, text=True
    )
    for name, seconds in zip(BEFORE_PARTS, json.loads(done.stdout), strict=True):
        table.add(name, seconds)


def small(folder: Path, table: Table) -> None:
    table.add("python -c pass", timed(sys.executable, "-c", "pass"))
    table.add("import seawall.stack (whole process)", timed(sys.executable, "-c", "import seawall.stack"))
    table.add("seawall --help", timed(str(SEAWALL), "--help"))
    before(folder, table)


def docker(*words: str) -> float:
    return timed("docker", "compose", "--file", str(COMPOSE), *words)


def has_docker() -> bool:
    """Whether Docker is here and builds the images; says so where not."""
    if shutil.which("docker") is None:
        print("docker is not here: its part is left out")
        return False
    build = ["docker", "compose", "--file", str(COMPOSE), "build", "--quiet"]
    done = subprocess.run(build, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"docker does not build bench/compose: its part is left out\n{done.stderr[-2000:]}")
    return done.returncode == 0


def compose(table: Table) -> None:
    docker("down", "--volumes")
    for temperature in ("cold", "warm"):
        table.add(f"{temperature}: until all is ready", docker("up", "--detach", "--wait"))
        table.add(f"{temperature}: down", docker("down", *(["--volumes"] if temperature == "warm" else [])))


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with_docker = has_docker()
    ours, theirs, little = Table(), Table(), Table()
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(shutil.copytree(EXAMPLE, Path(parent) / "microstack", ignore=shutil.ignore_patterns(".seawall")))
        os.environ["VIRTUAL_ENV"] = str(Path(sys.executable).parents[1])
        up(folder, Table(), "template")
        for _ in range(rounds):
            small(folder, little)
            both(folder, ours)
            if with_docker:
                compose(theirs)
    print(f"{rounds} rounds, {os.cpu_count()} cores, Python {sys.version.split()[0]}; load {os.getloadavg()[0]:.1f}")
    little.show("Before anything starts")
    ours.show("seawall up")
    if with_docker:
        theirs.show("docker compose up --wait")
        for temperature in ("cold", "warm"):
            line = f"{temperature}: until all is ready"
            print(f"  {temperature}: Seawall takes {ours.median(line) / theirs.median(line):.2f} of the time")


def both(folder: Path, table: Table) -> None:
    shutil.rmtree(folder / ".seawall")
    up(folder, table, "cold")
    up(folder, table, "warm")


if __name__ == "__main__":
    main()
