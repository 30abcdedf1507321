"""How large the rendered images are, how soon they answer, and what they hold in memory, beside a plain image.

Run: `python bench/images.py [ROUNDS]`, with Docker. All three hold the API of `examples/microstack` with the same
locked packages: as `seawall render` writes its Dockerfile, the same with `minimal_images=True`, and `PLAIN`, as most
people begin. Each is run read-only, as user 10001, without capabilities, in 128 MB, beside one migrated database.

Start is from `docker start` of a container that is there to the first 200 of its readiness, with the processor time it
took; idle is what `docker stats` says some seconds later; stop is from SIGTERM to the end. Rounds are interleaved.
Prints medians, spreads in brackets.
"""

import gzip
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "microstack"
ROUNDS = 8
PATIENCE = 60.0
SETTLED = 3.0  # seconds after which an idle process has what it needs
PORT = "3000"
ENGINE = "/var/run/docker.sock"
PASSWORD = "bench"
PLAIN = """FROM python:3.13-slim
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
RUN pip install --no-cache-dir --no-deps wheels/seawall-*.whl
CMD ["python", "-m", "seawall.service", "api.main:app"]
"""
CONFINED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "10001:10001",
            "--memory", "128m", "--tmpfs", "/tmp:mode=1777")  # fmt: skip
VARIABLES = {
    "HOST": "0.0.0.0",
    "PORT": PORT,
    "LOG_FORMAT": "json",
    "DRAIN_DELAY": "0",
    "WORKER_SERVICE_URL": "http://worker:8080",
    "PGSSLMODE": "disable",
    "DATABASE_URL": f"postgresql://postgres:{PASSWORD}@db:5432/postgres",
}


@dataclass
class Measured:
    """One image, and what was seen of it."""

    title: str
    image: str
    megabytes: tuple[float, float] = (0.0, 0.0)
    start: list[float] = field(default_factory=list)
    used: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    stop: list[float] = field(default_factory=list)


def main() -> None:
    """Build, run, print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as name:
        images = list(built(Path(name)))
        for each in images:
            each.megabytes = sizes(each.image, Path(name))
    with database(images[0].image) as network:
        for number in range(rounds):
            for each in images:
                run(each, network)
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    print(f"load {os.getloadavg()[0]:.1f}, {rounds} rounds\n")
    print("| image | MB raw | MB gzip | first answer, s | processor until then, s | idle, MiB | stop, s |")
    print("|---|---|---|---|---|---|---|")
    for each in images:
        columns = (shown(each.start, 2), shown(each.used, 2), shown(each.idle, 1), shown(each.stop, 2))
        print(f"| {each.title} | {each.megabytes[0]:.1f} | {each.megabytes[1]:.1f} | {' | '.join(columns)} |")


def shown(values: list[float], digits: int) -> str:
    """The median, and from the least to the most."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def docker(*words: str) -> str:
    """What a command of Docker's says."""
    done = subprocess.run(["docker", *words], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"docker {' '.join(words)}\n{done.stderr[-3000:]}")
    return done.stdout.strip()


def built(folder: Path) -> Iterator[Measured]:
    """The three images, each built from a copy of the example of its own."""
    wheel = made_wheel(folder)
    variants = (("slim", "rendered"), ("minimal", "rendered, minimal"), ("plain", "plain `python:3.13-slim`"))
    for variant, title in variants:
        project = folder / variant
        shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns(".seawall", "deploy", "tests", "__pycache__"))
        (project / "wheels").mkdir()
        shutil.copy(wheel, project / "wheels")
        image = f"seawall-bench-image:{variant}"
        if variant == "plain":
            (project / "Dockerfile").write_text(PLAIN)
            docker("build", "--quiet", "--tag", image, str(project))
        else:
            stack = project / "stack.py"
            minimal = f'@stack("microstack", minimal_images={variant == "minimal"}, '
            stack.write_text(stack.read_text().replace('@stack("microstack", ', minimal))
            seawall = Path(sys.executable).parent / "seawall"
            subprocess.run([seawall, "render"], cwd=project, check=True, capture_output=True)
            file = str(project / "deploy" / "images" / "microstack.Dockerfile")
            docker("build", "--quiet", "--file", file, "--target", "api-service", "--tag", image, str(project))
        yield Measured(title, image)


def made_wheel(folder: Path) -> Path:
    """This checkout as a wheel."""
    source = folder / "seawall"
    shutil.copytree(ROOT / "src", source / "src")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (wheel,) = (source / "dist").glob("*.whl")
    return wheel


def sizes(image: str, folder: Path) -> tuple[float, float]:
    """Of all layers in 10^6 bytes: as they are, and each compressed as a registry keeps it."""
    saved = folder / "saved.tar"
    docker("save", "--output", str(saved), image)
    raw = compressed = 0
    with tarfile.open(saved) as archive:
        [manifest] = json.load(archive.extractfile("manifest.json") or sys.exit("no manifest"))
        for name in manifest["Layers"]:
            layer = archive.extractfile(name)
            content = layer.read() if layer else b""
            raw += len(content)
            compressed += len(gzip.compress(content, 6))
    return raw / 1e6, compressed / 1e6


@contextmanager
def database(image: str) -> Iterator[str]:
    """A migrated database called ``db`` on a network of its own; yields the network's name."""
    network = f"seawall-bench-{os.getpid()}"
    server = f"{network}-db"
    docker("network", "create", network)
    try:
        secret = f"POSTGRES_PASSWORD={PASSWORD}"
        attached = ("--network", network, "--network-alias", "db")
        docker("run", "--detach", "--name", server, *attached, "--env", secret, "postgres:18")
        migrate = ("python", "-m", "seawall.runtime.migrate", "--patience", "60", "seawall.jobs:sql/migrations")
        docker("run", "--rm", "--network", network, *passed(), image, *migrate, "migrations")
        yield network
    finally:
        subprocess.run(["docker", "rm", "--force", "--volumes", server], check=False, capture_output=True)
        docker("network", "rm", network)


def passed() -> list[str]:
    """The variables as options."""
    return [word for name, value in VARIABLES.items() for word in ("--env", f"{name}={value}")]


def run(each: Measured, network: str) -> None:
    """One container from its start to its end."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    published = ("--publish", f"127.0.0.1:{port}:{PORT}")
    container = docker("create", "--network", network, *published, *CONFINED, *passed(), each.image)
    try:
        began = time.perf_counter()
        docker("start", container)
        while not is_ready(port):
            if time.perf_counter() - began > PATIENCE:
                sys.exit(f"{each.title} does not answer\n{docker('logs', container)}")
            time.sleep(0.005)
        each.start.append(time.perf_counter() - began)
        each.used.append(processor_time(container))
        time.sleep(SETTLED)
        used = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", container).partition("MiB")[0]
        each.idle.append(float(used))
        began = time.perf_counter()
        docker("stop", "--time", "30", container)
        each.stop.append(time.perf_counter() - began)
        status = docker("inspect", "--format", "{{.State.ExitCode}}", container)
        if status != "0":
            sys.exit(f"{each.title} ended with {status}")
    finally:
        docker("rm", "--force", container)


def processor_time(container: str) -> float:
    """Seconds of processor time that a container has used, which other work on the machine does not change."""
    connection = http.client.HTTPConnection("docker")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(ENGINE)
    connection.request("GET", f"/containers/{container}/stats?stream=false&one-shot=true")
    found = json.load(connection.getresponse())["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9
    connection.close()
    return float(found)


def is_ready(port: int) -> bool:
    """Whether its readiness is 200; asked without a client that would take its own time."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /ready HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


if __name__ == "__main__":
    main()
