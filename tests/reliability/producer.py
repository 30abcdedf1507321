"""`python -m tests.reliability.producer` enqueues by the public API until SIGTERM, and writes down what it was told."""

import asyncio
import itertools
import os
import random
import signal
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from seawall.errors import SeawallError
from seawall.jobs.function import JobFunction
from seawall.runtime.database import close_all, database
from tests.reliability import journal, mutants, work

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
        """One enqueue: of one job in one of several ways, or of many in one statement."""
        how = self._dice.choices(("pool", "own", "rolled back", "many"), (0.52, 0.3, 0.1, 0.08))[0]
        orders = [self._order() for _ in range(self._dice.randint(2, 6) if how == "many" else 1)]
        for each in orders:
            batch = orders[0].uid if how == "many" else None
            job, conduct = each.job.declared, each.conduct
            asked = {"name": job.name, "queue": job.queue, "conduct": conduct, "key": each.key, "batch": batch}
            self._journal.write("enq?", uid=each.uid, how=how, **asked)
        try:
            found = await (_enqueue_many(orders) if how == "many" else _enqueue(orders[0], how))
        except FAULTS as error:
            for each in orders:
                self._journal.write("enq~", uid=each.uid, error=f"{type(error).__name__}: {error}"[:200])
        else:
            for each, job_id in zip(orders, found, strict=True):
                self._journal.write("enq0" if how == "rolled back" else "enq!", uid=each.uid, job=job_id)

    def _order(self) -> "Order":
        dice, uid = self._dice, f"{self._journal.name}.{next(self._numbers)}"
        key = f"key {dice.randrange(KEYS)}" if dice.random() < 0.3 else None
        conducts = self._free if key is None else self._keyed
        conduct = dice.choices(tuple(conducts), tuple(conducts.values()))[0]
        slow = conduct == SLOW
        # Many are so short that a worker claims ahead.
        seconds = work.LEASE * dice.uniform(0.5, 1.5) if slow else dice.choice((0, 0, dice.uniform(0, 0.08)))
        arguments: dict[str, object] = {"uid": uid, "seconds": round(seconds, 4)}
        if dice.random() < (0.5 if slow else 0.05):
            return Order(uid, work.threaded, arguments, key, "works")
        job = dice.choices((work.once, work.twice, work.inline), (0.4, 0.4, 0.2))[0]
        return Order(uid, job, {**arguments, "conduct": conduct}, key, conduct)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be enqueued."""

    uid: str
    job: JobFunction[Any, Any, Any]
    arguments: dict[str, object]
    key: str | None
    conduct: str


async def _enqueue(order: Order, how: str) -> list[int]:
    if how == "pool":
        return [await order.job.options(key=order.key).enqueue(**order.arguments)]
    async with database().acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("insert into proof.orders (uid) values ($1)", order.uid)
        found = await order.job.options(connection=connection, key=order.key).enqueue(**order.arguments)
        await (transaction.commit() if how == "own" else transaction.rollback())
        return [found]


async def _enqueue_many(orders: list[Order]) -> list[int]:
    return await work.jobs.enqueue_many([each.job.options(key=each.key).message(**each.arguments) for each in orders])


if __name__ == "__main__":
    mutants.store(os.environ["MUTANT"])
    asyncio.run(Producer().run())
