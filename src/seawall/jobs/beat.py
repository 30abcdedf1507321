"""The sign of life of a worker, from a thread of its own: handlers that are busy do not delay it.

It speaks for the event loop, too: while that does not turn, the thread stays silent, and others take the jobs over. It
is the one who notices that this worker is taken for dead, or is about to be, so that its handlers can be cancelled.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final
from uuid import UUID

from seawall import contract
from seawall.jobs.store import Heart, Store, StoreUnavailable
from seawall.jobs.waiting import end
from seawall.jobs.watchdog import LOOK_SECONDS, Watchdog

logger: Final = logging.getLogger(__name__)

LOOP_SHARE: Final = 0.5  # of the lease that the event loop may stand still
JOIN_SECONDS: Final = 2.0


class Beat:
    """Beats for one incarnation, from `start` to `stop`, and calls `on_lost` in the event loop, once, if it is lost.

    `since` is the monotonic time just before the registration: a beat is as old as the moment before it was sent.
    `stood_still` says of a lost one that it was so because the process or its event loop did not go on.
    """

    def __init__(self, store: Store, worker: UUID, lease: float, since: float, on_lost: Callable[[str], None]) -> None:
        self.last = since
        self.stood_still = False
        self._store = store
        self._worker = worker
        self._lease = lease
        self._interval = lease / contract.BEATS_PER_LEASE
        self._on_lost = on_lost
        self._main = asyncio.get_running_loop()
        self._watchdog = Watchdog(since)
        self._quiet = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="seawall beat", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    async def stop(self) -> None:
        """Beat no more; returns when the thread has ended, or hangs in the store."""
        self._stopped.set()
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join, JOIN_SECONDS)

    def _work(self) -> None:
        try:
            asyncio.run(self._beat())
        except Exception:  # the worker must not go on in the belief that somebody beats for it
            logger.exception("the beat failed")
            self._lose("its beat failed")

    async def _beat(self) -> None:
        heart = self._store.heart()
        due = self.last + self._interval
        try:
            # The wait blocks this thread's event loop, in which nothing else runs.
            while not self._stopped.wait(max(0.0, min(due - time.monotonic(), self._step))):
                now = time.monotonic()
                still = self._look()
                if now >= self._deadline:
                    self.stood_still = still > self._lease * LOOP_SHARE
                    self._lose("no beat reached the store in time")
                    return
                if now >= due:
                    alive = await self._once(heart, now, still)
                    if alive is False:
                        self._lose("it was taken for dead")
                        return
                    due = now + (self._interval if alive else self._interval / 4)
        finally:
            await heart.close()

    async def _once(self, heart: Heart, now: float, still: float) -> bool | None:
        """Whether the store knows this worker as alive; None if it was not asked or gave no answer."""
        if still > self._lease * LOOP_SHARE:
            self._be_quiet(f"the event loop has not turned for {still:.1f} s: {self._watchdog.culprit()}")
            return None
        asked = asyncio.ensure_future(heart.beat(self._worker))
        try:
            while not asked.done() and time.monotonic() < self._deadline:
                await asyncio.wait({asked}, timeout=self._step)
                self._look()
            alive = await asked if asked.done() else None
        except StoreUnavailable as error:
            self._be_quiet(f"the store does not answer: {error}")
            return None
        finally:
            await end(asked)
        if alive:
            self.last, self._quiet = now, False
        elif alive is None:
            self._be_quiet("the store does not answer")
        return alive

    @property
    def _step(self) -> float:
        return min(self._interval / 4, LOOK_SECONDS)

    def _look(self) -> float:
        """For how long the event loop has stood still."""
        try:
            return self._watchdog.look()
        except RuntimeError:  # the event loop is closed: the process ends
            self._stopped.set()
            return 0.0

    @property
    def _deadline(self) -> float:
        """A sixth of the lease before this worker can be declared dead."""
        return self.last + self._lease - self._interval

    def _be_quiet(self, reason: str) -> None:
        if not self._quiet:
            self._quiet = True
            logger.warning("no beat: %s", reason)

    def _lose(self, reason: str) -> None:
        if not self._stopped.is_set():
            with suppress(RuntimeError):  # the event loop is closed: the process ends
                self._main.call_soon_threadsafe(self._on_lost, reason)
