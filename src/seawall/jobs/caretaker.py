"""What any worker does for all: take the jobs of the dead, free what waits for nobody, measure, forget."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from seawall import contract
from seawall.jobs import meters
from seawall.jobs.outage_log import OutageLog
from seawall.jobs.states import State
from seawall.jobs.store import Depth, Store, StoreUnavailable

logger: Final = logging.getLogger(__name__)

KEEP: Final = timedelta(days=7)  # finished jobs
PRUNE_SECONDS: Final = 600.0


class Caretaker:
    """Looks after the store every sixth of the lease, until it is cancelled; calls `wake` when there is something new.

    `may_reserve` is set when it is time to ask whether a suspect waits. `depths` is the last sample of the queues.
    """

    def __init__(self, store: Store, queues: Sequence[str], lease: float, wake: Callable[[], None]) -> None:
        self.outage = OutageLog()
        self.may_reserve = False
        self.depths: list[Depth] = []
        self._store = store
        self._queues = queues
        self._interval = lease / contract.BEATS_PER_LEASE
        self._wake = wake
        self._away = False
        self._sampled = -contract.QUEUE_SAMPLE_SECONDS
        self._pruned = time.monotonic()

    async def run(self) -> None:
        """Go on until cancelled; what fails is tried again the next time."""
        while True:
            try:
                await self._look()
            except StoreUnavailable as error:
                self.outage.note(str(error))
                self._away = True
            except Exception:
                logger.exception("looking after the store failed")
            await asyncio.sleep(self._interval * random.uniform(0.7, 1.0))  # noqa: S311 - jitter

    async def _look(self) -> None:
        freed = await self._store.settle()
        self.outage.over()
        if self._away:
            # Nobody could beat. Those who live give back what they hold by themselves, and it is no crash of theirs.
            self._away = False
            return
        rescued = await self._store.rescue()
        for job in rescued:
            if job.state is State.DEAD:
                meters.dead.child(job.name).inc()
            what = f"job {job.id} ({job.name})"
            logger.warning("took %s from a dead worker: now %s, %d crashes", what, job.state.label, job.crashes)
        if any(job.state is State.DEAD for job in rescued):
            freed += await self._store.settle()
        self.may_reserve = True
        if rescued or freed:
            self._wake()
        now = time.monotonic()
        if now - self._sampled >= contract.QUEUE_SAMPLE_SECONDS:
            self._sampled = now
            self.depths = await self._store.depths(self._queues)
            meters.sample(self.depths)
        if now - self._pruned >= PRUNE_SECONDS and await self._store.prune(KEEP) == 0:
            self._pruned = now
