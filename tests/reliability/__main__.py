"""`python -m tests.reliability [SECONDS] [SEED] [MUTANT]`: one run, what happened in it, and what did not hold."""

import asyncio
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.reliability import nemesis
from tests.reliability.history import History
from tests.reliability.invariants import check, deaths
from tests.reliability.judge import bounds
from tests.reliability.run import Setting, run
from tests.support.cluster import Server


def main() -> None:
    seconds, seed, mutant = [*sys.argv[1:], *("60", "1", "")[len(sys.argv) - 1 :]]
    folder = Path(tempfile.mkdtemp(prefix="reliability-"))
    folder.chmod(0o755)
    setting = Setting(int(seed), float(seconds), nemesis.share(float(seconds)), mutant)
    server = Server(folder)
    server.start()
    began = time.monotonic()
    try:
        history = asyncio.run(run(setting, server, folder))
    finally:
        server.stop(signal.SIGQUIT)
    took = time.monotonic() - began
    history.save(folder / "history")
    sys.stdout.write("\n".join([f"{folder}: {took:.1f} s", *report(history, setting)]) + "\n")


def report(history: History, setting: Setting) -> Iterator[str]:
    yield f"{len(history.events)} events, {len(history.rows)} jobs, {len(history.steps)} steps"
    yield f"faults: {dict(Counter(event['name'] for event in history.of('fault')))}"
    yield f"failpoints: {dict(Counter(event['point'] for event in history.of('failpoint')))}"
    yield f"states: {dict(Counter(row.state.label for row in history.rows))}"
    yield f"started again: {sum(step.begins and step.claim > 1 for step in history.steps)}"
    yield f"rescued after: {sorted(round(step.at - dead, 2) for step, dead in deaths(history))[-12:]} s"
    began = time.monotonic()
    violations = check(history, bounds(setting))
    yield f"checked in {time.monotonic() - began:.2f} s: {len(violations)} violations"
    yield from map(str, violations[:40])


if __name__ == "__main__":
    main()
