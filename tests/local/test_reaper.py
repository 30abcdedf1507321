"""A supervisor that is killed leaves nothing behind, and one that ends well leaves no watchdog."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seawall.local import procfs, reaper

# A supervisor in a process of its own, with a child that obeys, one that ignores SIGTERM and has a child, and one whose
# child has a session of its own. It says the ids of all of them once they are up.
SUPERVISOR = """
import asyncio, sys
from seawall.local.events import Output, Starting
from seawall.local.spec import ExitProbe, ProcessSpec
from seawall.local.supervisor import Supervisor

def listen(event):
    if isinstance(event, Output):
        print(event.line, flush=True)

def child(name, script):
    return ProcessSpec(name, ("/bin/sh", "-c", script), {"PATH": "/usr/bin:/bin"}, "/", ExitProbe(), grace=0.5)

specs = [
    child("obeys", "echo $$; exec sleep 600"),
    child("ignores", "trap '' TERM; echo $$; sh -c 'echo $$; sleep 600; true' & exec sleep 600"),
    child("strays", "echo $$; setsid sh -c 'echo $$; exec sleep 600' & wait"),
]
stop = asyncio.Event()

async def main():
    import signal
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    await Supervisor(specs, listen).run(stop)

asyncio.run(main())
"""


@pytest.fixture
def supervisor() -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen([sys.executable, "-c", SUPERVISOR], stdout=subprocess.PIPE, text=True) as running:
        yield running
        running.kill()


def _lines(running: "subprocess.Popen[str]", number: int) -> list[str]:
    assert running.stdout is not None
    return [running.stdout.readline().strip() for _ in range(number)]


def _alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if (found := procfs.stat(pid)) is not None and found.alive]


def _until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nothing_survives_a_supervisor_that_is_killed(supervisor: "subprocess.Popen[str]") -> None:
    pids = [int(line) for line in _lines(supervisor, 5)]
    watchdog = [pid for pid in procfs.descendants(supervisor.pid) if os.getsid(pid) == pid and pid not in pids]
    assert len(_alive(pids)) == 5
    supervisor.send_signal(signal.SIGKILL)
    _until(lambda: not _alive(pids), seconds=6)  # the aim is 2 s
    _until(lambda: not _alive(watchdog), seconds=6)


def test_nothing_stays_after_a_good_end(supervisor: "subprocess.Popen[str]") -> None:
    pids = [int(line) for line in _lines(supervisor, 5)]
    everybody = list(procfs.descendants(supervisor.pid))
    assert set(pids) < set(everybody)
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(40) == 0
    assert _alive(everybody) == []


def test_the_watchdog_does_not_hear_ctrl_c_and_keeps_nothing_open() -> None:
    with reaper.running() as registry:
        watchdog = registry.watchdog
        _until(lambda: _ignores(watchdog, signal.SIGTERM), seconds=10)  # then it has opened all that it opens
        files = {str(link.readlink()) for link in Path(f"/proc/{watchdog}/fd").iterdir()}
        os.killpg(os.getpgid(watchdog), signal.SIGINT)
        os.kill(watchdog, signal.SIGTERM)
        assert os.getsid(watchdog) == watchdog
        assert len([name for name in files if name.startswith("pipe:")]) <= 1
        assert _alive([watchdog])
    assert not _alive([watchdog])


def test_a_process_that_got_the_id_of_a_child_is_spared() -> None:
    with subprocess.Popen(["/bin/sleep", "600"], start_new_session=True) as other:
        with reaper.running() as registry:
            registry._tell(f"+ {other.pid} {procfs.start_time(other.pid) - 1} {int(signal.SIGTERM)}\n")
        assert other.poll() is None
        other.kill()


def test_a_child_that_has_ended_is_nobody_the_watchdog_ends() -> None:
    with subprocess.Popen(["/bin/sleep", "600"], start_new_session=True) as other:
        with reaper.running() as registry:
            registry.add(other.pid, signal.SIGTERM)
            registry.remove(other.pid)
        assert other.poll() is None
        other.kill()


def test_a_watchdog_that_was_killed_does_not_hurt_the_supervisor() -> None:
    with reaper.running() as registry:
        os.kill(registry.watchdog, signal.SIGKILL)
        _until(lambda: not _alive([registry.watchdog]), seconds=5)
        registry.add(os.getpid(), signal.SIGTERM)


def _ignores(pid: int, number: signal.Signals) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    ignored = next(line.split()[1] for line in status.splitlines() if line.startswith("SigIgn:"))
    return bool(int(ignored, 16) >> (number - 1) & 1)
