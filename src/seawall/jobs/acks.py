"""Completions, gathered: while one batch commits, the next one collects. At most one batch is in doubt at a time."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from seawall.jobs.store import Held, Store, StoreUnavailable

if TYPE_CHECKING:
    from seawall.jobs.run import Run

logger: Final = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 0.2  # between tries while the store is away
MOST: Final = 500  # in a batch: larger ones gain nothing

Told = Callable[["list[Run]", "set[int] | Exception"], None]


class Acks:
    """Completes jobs in batches; `run` must be running.

    `told` is called with each batch, once the store knows, and with the ids of those that it let pass. A run that is no
    longer `pending` does not wait for that any more. `quiet` is set while nothing waits.
    """

    def __init__(self, store: Store, told: Told) -> None:
        self.quiet = asyncio.Event()
        self.quiet.set()
        self._store = store
        self._told = told
        self._waiting: list[Run] = []
        self._wake = asyncio.Event()

    def put(self, run: "Run") -> None:
        """Complete the job of a run together with others, as soon as the store can be used."""
        run.pending = True
        self._waiting.append(run)
        self._wake.set()
        self.quiet.clear()

    async def complete(self, held: Held) -> bool:
        """Complete one job at once and for itself; False where the fence refuses. Waits until the store can be used."""
        while True:
            try:
                return held.id in await self._store.complete([held])
            except StoreUnavailable as error:
                logger.debug("a completion waits: %s", error)
                await asyncio.sleep(AGAIN_SECONDS)

    async def run(self) -> None:
        """Send batches until it is cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            if self._waiting:
                self._wake.set()
            try:
                finished = await self._send(batch)
            except Exception as error:  # noqa: BLE001 - told to each that waits
                self._told(batch, error)
            else:
                self._told(batch, finished)
            if not self._waiting:
                self.quiet.set()

    async def _send(self, batch: "list[Run]") -> set[int]:
        """Try until it works, or until nobody waits any more: a worker that lost its jobs cancels those who wait."""
        while waiting := [run.claimed.held for run in batch if run.pending]:
            try:
                return await self._store.complete(waiting)
            except StoreUnavailable as error:
                logger.debug("completions wait: %s", error)
                await asyncio.sleep(AGAIN_SECONDS)
        return set()
