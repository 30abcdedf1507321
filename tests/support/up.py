"""`seawall up` as a process, and what it says."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.cluster import free_port

SEAWALL = Path(sys.executable).parent / "seawall"
Event = dict[str, Any]


class Running:
    """One `seawall up --json`: its events as they come, and its end."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.events: list[Event] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.events.append(json.loads(line))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def wait_for(self, wanted: Callable[[Event], bool], *, since: int = 0, timeout: float = 60) -> Event:
        """The first event, from number `since` on, that is wanted."""
        deadline = time.monotonic() + timeout
        with self._news:
            while True:
                if found := next((event for event in self.events[since:] if wanted(event)), None):
                    return found
                left = deadline - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self._reader.is_alive()):
                    tail = "\n".join(map(str, self.events[-30:]))
                    raise AssertionError(f"the event did not come; the last ones were\n{tail}")
                self._news.wait(min(left, 0.5))

    @property
    def urls(self) -> dict[str, str]:
        """Where things are, once everything is ready."""
        urls: dict[str, str] = self.wait_for(lambda event: event.get("event") == "up")["urls"]
        return urls

    def pid(self, name: str) -> int:
        """The process of a service, as it was started or replaced last."""
        kinds = ("starting", "replaced")
        return int([event["pid"] for event in self.events if event.get("event") in kinds and event["name"] == name][-1])

    def stop(self, timeout: float = 30) -> int:
        """Ctrl-C; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        status = self.process.wait(timeout)
        self._reader.join(10)
        return status


@contextmanager
def up(folder: Path, *options: str, edge: bool = True, **variables: str) -> Iterator[Running]:
    """Run `seawall up` on the stack in `folder`, with `variables` beside this shell's.

    Its edge, which a stack has where something in it has a path, gets a free port.
    """
    port = ["--port", str(free_port())] if edge else []
    words = [str(SEAWALL), "up", "--json", *port, *options]
    process = subprocess.Popen(
        words,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment(), **variables},
    )
    running = Running(process)
    try:
        yield running
    finally:
        try:
            running.stop()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            process.stderr.close()


def environment() -> dict[str, str]:
    """This shell's variables, with the interpreter of the tests as the one in use."""
    return {**os.environ, "VIRTUAL_ENV": str(Path(sys.executable).parents[1])}
