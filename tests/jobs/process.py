"""A worker as a process of its own, as a container or `seawall up` runs it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support.cluster import free_port

APPS = Path(__file__).parent / "apps"
PATIENCE = 20.0
LEASE = 2.0


class Worker:
    """One worker process, with what it says over HTTP and in its log."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, output: Path) -> None:
        self.process = process
        self.pid = process.pid
        self._url = f"http://127.0.0.1:{port}"
        self._output = output

    @property
    def output(self) -> str:
        return self._output.read_text()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]

    @property
    def messages(self) -> list[str]:
        return [line["message"] for line in self.lines]

    @property
    def environ(self) -> bytes:
        """What everybody on this machine may see of its environment."""
        return Path(f"/proc/{self.pid}/environ").read_bytes()

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        self.send(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self._url + path, timeout=PATIENCE)

    def wait_until(self, path: str, status: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.output
            try:
                if self.get(path).status_code == status:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.02)
        raise AssertionError(f"{path} did not answer {status}: {self.output}")


def environment(url: str, **variables: str) -> dict[str, str]:
    """What a worker inherits: nothing of the contract but this."""
    return {
        "PATH": os.environ["PATH"],
        "LOG_FORMAT": "json",
        "DRAIN_TIMEOUT": "5",
        "WORKER_LEASE": str(LEASE),
        "METRICS_PORT": str(free_port()),
        "DATABASE_URL": url,
        **variables,
    }


@contextmanager
def worker(
    folder: Path, url: str, reference: str = "work:jobs", *, until: str = "/ready", **variables: str
) -> Iterator[Worker]:
    """Run a worker until the block ends; at its beginning `until` answers 200 (empty: it is not asked)."""
    everything = environment(url, **variables)
    output = folder / f"worker-{everything['METRICS_PORT']}"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "seawall.jobs", reference],
            cwd=APPS,
            env=everything,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    running = Worker(process, int(everything["METRICS_PORT"]), output)
    try:
        if until:
            running.wait_until(until, 200)
        yield running
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)


def launch(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run the launcher to its end."""
    return subprocess.run(
        [sys.executable, "-m", "seawall.jobs", *arguments],
        cwd=APPS,
        env={"PATH": os.environ["PATH"], "LOG_FORMAT": "json", **variables},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
