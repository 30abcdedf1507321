"""The processes of a run: started, started again when they end, hurt by the nemesis, woken when they stand still."""

import asyncio
import os
import random
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from tests.reliability import journal
from tests.reliability.work import LEASE
from tests.support.cluster import free_port

ROOT: Final = Path(__file__).parents[2]
FAKETIME: Final = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
WORKER: Final = ("tests.reliability.worker", "tests.reliability.work:jobs")
SCHEDULER: Final = ("tests.reliability.worker", "tests.reliability.clock:jobs")
PRODUCER: Final = ("tests.reliability.producer",)
PERSON: Final = ("tests.reliability.person",)
WAKE_SECONDS: Final = 0.1


@dataclass(slots=True)
class Member:
    """One place in the fleet, and the process that fills it now."""

    role: str
    number: int
    command: tuple[str, ...]
    variables: dict[str, str]
    generation: int = 0
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return f"{self.role}-{self.number}.{self.generation}"

    @property
    def pid(self) -> int:
        """0 while nothing runs."""
        return 0 if self.process is None or self.process.returncode is not None else self.process.pid

    def send(self, number: int) -> bool:
        """Whether there was somebody to send it to."""
        if not self.pid:
            return False
        try:
            os.kill(self.pid, number)  # the process' own way would take its exit status away from who waits for it
        except ProcessLookupError:
            return False
        return True


class Fleet:
    """Keeps its members running until it is told to stop them; `shared` are the variables of all."""

    def __init__(self, folder: Path, shared: dict[str, str], written: journal.Journal, dice: random.Random) -> None:
        self.members: list[Member] = []
        self.faults: list[str] = []  # of those who ended by themselves, as nobody should
        self._keep = True
        self._folder = folder
        self._shared = shared
        self._written = written
        self._dice = dice
        self._tasks: list[asyncio.Task[None]] = []
        self._waking = asyncio.create_task(self._watch())
        self._down: set[str] = set()  # roles that are not to be started again for now

    def add(self, role: str, command: tuple[str, ...], **variables: str) -> None:
        number = len(self.of(role))
        self.members.append(Member(role, number, command, variables))
        self._tasks.append(asyncio.create_task(self._tend(self.members[-1])))

    def of(self, role: str) -> list[Member]:
        return [each for each in self.members if each.role == role]

    def hold_down(self, role: str) -> None:
        """Kill all of a role, and leave them dead."""
        self._down.add(role)
        for each in self.of(role):
            each.send(signal.SIGKILL)

    def let_up(self) -> None:
        self._down.clear()

    async def end(self, role: str, within: float) -> bool:
        """SIGTERM to all of a role, until each has ended; whether they did in time."""
        self._down.add(role)
        told: set[int] = set()
        deadline = time.monotonic() + within
        while left := [each for each in self.of(role) if each.pid]:
            if time.monotonic() > deadline:
                return False
            for each in left:
                if each.pid not in told and each.send(signal.SIGTERM):
                    told.add(each.pid)
            await asyncio.sleep(WAKE_SECONDS)
        return True

    async def kill_all(self) -> None:
        self._keep = False
        while not all(task.done() for task in self._tasks):
            for each in self.members:
                each.send(signal.SIGKILL)
            await asyncio.wait(self._tasks, timeout=WAKE_SECONDS)
        self._waking.cancel()
        await asyncio.gather(self._waking, return_exceptions=True)

    async def _watch(self) -> None:
        """Wake whoever stands still, half a lease to three leases after it has been seen so."""
        since: dict[int, float] = {}
        while True:
            now = time.monotonic()
            for each in self.members:
                if not _stands_still(each.pid):
                    since.pop(each.pid, None)
                elif now >= since.setdefault(each.pid, now + LEASE * self._dice.uniform(0.5, 3)):
                    each.send(signal.SIGCONT)
            await asyncio.sleep(WAKE_SECONDS)

    async def _tend(self, member: Member) -> None:
        while self._keep:
            if member.role in self._down:
                await asyncio.sleep(WAKE_SECONDS)
                continue
            member.generation += 1
            process = member.process = await self._start(member)
            status = await process.wait()
            self._written.write("died", process=member.name, status=status)
            if status > 0:
                log = (self._folder / f"{member.name}.log").read_text()
                self.faults.append(f"{member.name} ended with status {status}: {log[-2000:]}")

    async def _start(self, member: Member) -> asyncio.subprocess.Process:
        variables = {
            "PATH": os.environ["PATH"],
            "METRICS_PORT": str(free_port()),
            journal.NAME: member.name,
            **self._shared,
            **member.variables,
        }
        with (self._folder / f"{member.name}.log").open("wb") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", *member.command, cwd=ROOT, env=variables, stdout=log, stderr=log
            )


def clock_ahead(hours: int) -> dict[str, str]:
    """Variables by which a process' wall clock is wrong, where libfaketime is installed."""
    if FAKETIME is None:
        return {}
    return {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"{hours:+d}h", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1"}  # fmt: skip


def _stands_still(pid: int) -> bool:
    try:
        return pid > 0 and psutil.Process(pid).status() == psutil.STATUS_STOPPED
    except psutil.NoSuchProcess:
        return False
