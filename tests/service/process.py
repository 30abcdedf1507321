"""A service as a process of its own, as a container or `seawall up` runs it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support.cluster import free_port

APPS = Path(__file__).parent / "apps"
PATIENCE = 15.0


class Running:
    """A service that answers on `port`; `lines` are what it has logged."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, metrics_port: int, output: Path) -> None:
        self.process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.metrics_url = f"http://127.0.0.1:{metrics_port}"
        self._output = output

    @property
    def output(self) -> str:
        return self._output.read_text()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]

    def stop(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        return self.process.wait(PATIENCE)

    def wait_until(self, path: str, status: int) -> None:
        """Wait until `path` answers with `status`."""
        deadline = time.monotonic() + PATIENCE
        with httpx.Client(base_url=self.url, timeout=PATIENCE) as http:
            while time.monotonic() < deadline:
                assert self.process.poll() is None, self.output
                try:
                    if http.get(path).status_code == status:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.01)
        raise AssertionError(f"{path} did not answer {status}: {self.output}")


def environment(**variables: str) -> dict[str, str]:
    """What a child inherits: nothing of the contract but `variables`."""
    return {"PATH": os.environ["PATH"], "LOG_FORMAT": "json", "DRAIN_DELAY": "0", "DRAIN_TIMEOUT": "5", **variables}


@contextmanager
def running(
    folder: Path,
    reference: str,
    *,
    under: str = "seawall.service",
    until: str = "/ready",
    variables: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """Run `reference` until the block ends; `under` is the module that serves it. At the beginning `until` is 200."""
    port, metrics_port = free_port(), free_port()
    arguments = [reference] if under == "seawall.service" else [reference, "--port", str(port)]
    everything = environment(**{"PORT": str(port), "METRICS_PORT": str(metrics_port), **(variables or {})})
    output = folder / f"output-{port}"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", under, *arguments], cwd=APPS, env=everything, stdout=log, stderr=subprocess.STDOUT
        )
    service = Running(process, port, metrics_port, output)
    try:
        service.wait_until(until, 200)
        yield service
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)


def launch(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run the launcher to its end."""
    return subprocess.run(
        [sys.executable, "-m", "seawall.service", *arguments],
        cwd=APPS,
        env=environment(**{"PORT": str(free_port()), "METRICS_PORT": str(free_port()), **variables}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
