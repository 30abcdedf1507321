"""`python -m tests.reliability.producer` enqueues by the public API until SIGTERM, and writes down what it was told."""

import asyncio
import itertools
import os
import random
import signal
from typing import Any, Final

import asyncpg

from seawall.errors import SeawallError
from seawall.jobs.function import JobFunction
from seawall.runtime.database import close_all, database
from tests.reliability import journal, work

LANES: Final = 3  # that enqueue side by side
KEYS: Final = 12
FAULTS: Final = (SeawallError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)
# Rare is what costs time: the event loop that stands still, the worker that dies thrice, a key that waits for retries.
SLOW: Final = "runs past the lease"
FREE: Final = {
    "works": 0.79, SLOW: 0.01, "fails once": 0.12, "always fails": 0.07, "blocks the loop": 0.004, "kills": 0.006,
}  # fmt: skip
KEYED: Final = {"works": 0.93, SLOW: 0.01, "fails once": 0.05, "always fails": 0.01}


class Producer:
    """Its lanes share a journal and the dice."""

    def __init__(self) -> None:
        self._journal = journal.own()
        self._dice = random.Random(f"{os.environ['SEED']} {self._journal.name}")
        self._rate = float(os.environ["RATE"])
        slow = float(os.environ.get("SLOW", FREE[SLOW]))
        self._free, self._keyed = {**FREE, SLOW: slow}, {**KEYED, SLOW: slow}
        self._numbers = itertools.count()
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.stopping.set)
        self._journal.write("up", pid=os.getpid())
        await asyncio.gather(*(self._lane() for _ in range(LANES)))
        await close_all()
        self._journal.write("down")

    async def _lane(self) -> None:
        while not self.stopping.is_set():
            await self._one()
            try:
                async with asyncio.timeout(self._dice.expovariate(self._rate / LANES)):
                    await self.stopping.wait()
            except TimeoutError:
                continue

    async def _one(self) -> None:
        dice, uid = self._dice, f"{self._journal.name}.{next(self._numbers)}"
        key = f"key {dice.randrange(KEYS)}" if dice.random() < 0.3 else None
        conducts = self._free if key is None else self._keyed
        conduct = dice.choices(tuple(conducts), tuple(conducts.values()))[0]
        slow = conduct == SLOW
        # Many are so short that a worker claims ahead.
        seconds = work.LEASE * dice.uniform(0.5, 1.5) if slow else dice.choice((0, 0, dice.uniform(0, 0.08)))
        job: JobFunction[Any, Any, Any]
        arguments: dict[str, object] = {"uid": uid, "seconds": round(seconds, 4)}
        if dice.random() < (0.5 if slow else 0.05):
            job, conduct = work.threaded, "works"
        else:
            job, arguments["conduct"] = dice.choice((work.once, work.twice)), conduct
        how = dice.choices(("pool", "own", "rolled back"), (0.6, 0.3, 0.1))[0]
        self._journal.write("enq?", uid=uid, name=job.declared.name, conduct=conduct, key=key, how=how)
        try:
            found = await self._enqueue(job, arguments, uid, key, how)
        except FAULTS as error:
            self._journal.write("enq~", uid=uid, error=f"{type(error).__name__}: {error}"[:200])
        else:
            self._journal.write("enq0" if how == "rolled back" else "enq!", uid=uid, job=found)

    async def _enqueue(
        self, job: JobFunction[Any, Any, Any], arguments: dict[str, object], uid: str, key: str | None, how: str
    ) -> int:
        if how == "pool":
            return await job.options(key=key).enqueue(**arguments)
        async with database().acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("insert into proof.orders (uid) values ($1)", uid)
            found = await job.options(connection=connection, key=key).enqueue(**arguments)
            await (transaction.commit() if how == "own" else transaction.rollback())
            return found


if __name__ == "__main__":
    asyncio.run(Producer().run())
