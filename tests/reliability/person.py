"""`python -m tests.reliability.person` cancels and pauses jobs until SIGTERM, and writes down what it was told.

What it has paused it resumes in the end, and what nobody but a person ends it cancels.
"""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import asyncpg

from seawall.errors import SeawallError
from seawall.jobs import inspect
from seawall.jobs.desk import Kind
from seawall.jobs.store import StoreUnavailable
from seawall.runtime.database import close_all, database
from tests.reliability import journal, mutants, work

FAULTS: Final = (StoreUnavailable, SeawallError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)
CHOICE: Final = "select id from seawall.jobs where state = any ($1::smallint[]) order by random() limit $2"
ENDLESS: Final = """
    select id from seawall.jobs
    where args->>'conduct' = 'endless' and state in (0, 1, 2) and enqueued_at < now() - $1 * interval '1 second'
"""
RUNNING: Final = (1,)
WAITING: Final = (0, 2)
PAUSES: Final[tuple[tuple[Kind, str], ...]] = (("queue", work.SIDE), ("job", "threaded"))
PAUSED: Final = (1.6, 2.4)  # seconds: longer than a claim that had begun before
AGAIN: Final = 0.2


class Person:
    """Cancels some jobs, pauses now and then, and enqueues a job without an end, to cancel it."""

    def __init__(self) -> None:
        self._journal = journal.own()
        self._dice = random.Random(f"{os.environ['SEED']} {self._journal.name}")
        self._stopping = asyncio.Event()
        self._endless = 0

    async def run(self) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stopping.set)
        self._journal.write("up", pid=os.getpid())
        await asyncio.gather(
            self._often(self._cancel_some, 0.3), self._often(self._pause, 2), self._often(self._send, 1)
        )
        while await self._again(partial(self._cancel_endless, 0.0)):  # noqa: ASYNC110 - it is the database's
            await asyncio.sleep(AGAIN)
        await close_all()
        self._journal.write("down")

    async def _often(self, act: Callable[[], Awaitable[None]], apart: float) -> None:
        while not self._stopping.is_set():
            await act()
            try:
                async with asyncio.timeout(self._dice.uniform(0.5, 1.5) * apart):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    async def _again(self, act: Callable[[], Awaitable[bool]]) -> bool:
        """Until it can be done."""
        while True:
            try:
                return await act()
            except FAULTS:
                await asyncio.sleep(AGAIN)

    async def _cancel_some(self) -> None:
        states = self._dice.choice((RUNNING, WAITING))
        try:
            async with database().acquire() as connection:
                rows = await connection.fetch(CHOICE, states, self._dice.choice((1, 1, 3)))
            await self._cancel([row["id"] for row in rows])
        except FAULTS:
            return

    async def _cancel(self, jobs: list[int]) -> None:
        if jobs:
            self._journal.write("cancel?", jobs=jobs)
            told = await inspect.cancel(work.jobs, jobs)
            self._journal.write("cancel", told=[(job, state.label) for job, state in told.items()])

    async def _pause(self) -> None:
        kind, name = self._dice.choice(PAUSES)
        try:
            await inspect.pause(work.jobs, kind, name)
        except FAULTS:
            pass  # it may be paused, or not
        else:
            self._journal.write("paused", name=f"{kind} {name}")
        await asyncio.sleep(self._dice.uniform(*PAUSED))
        self._journal.write("resume?", name=f"{kind} {name}")
        await self._again(partial(inspect.resume, work.jobs, kind, name))

    async def _send(self) -> None:
        """A job that runs until somebody cancels it; what was sent a while ago is cancelled."""
        uid = f"{self._journal.name}.{self._endless}"
        self._endless += 1
        job = self._dice.choice((work.once, work.twice, work.inline))
        asked = {"uid": uid, "name": job.declared.name, "queue": job.declared.queue, "conduct": "endless"}
        self._journal.write("enq?", key=None, how="pool", **asked)
        try:
            found = await job.enqueue(uid=uid, conduct="endless", seconds=0.0)
            self._journal.write("enq!", uid=uid, job=found)
        except FAULTS as error:
            self._journal.write("enq~", uid=uid, error=f"{type(error).__name__}: {error}"[:200])
        try:
            await self._cancel_endless(1.0)
        except FAULTS:
            return

    async def _cancel_endless(self, age: float) -> bool:
        """Cancel all that are older than so many seconds; whether there were any."""
        async with database().acquire() as connection:
            rows = await connection.fetch(ENDLESS, age)
        await self._cancel([row["id"] for row in rows])
        return bool(rows)


if __name__ == "__main__":
    mutants.store(os.environ["MUTANT"])
    asyncio.run(Person().run())
