"""Completions, gathered: while one batch commits, the next one collects. At most one batch is in doubt at a time."""

import asyncio
import logging
from typing import Final

from seawall.jobs.store import Held, Store, StoreUnavailable

logger: Final = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 0.2  # between tries while the store is away


class Acks:
    """Completes jobs in batches; `run` must be running."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Held, asyncio.Future[bool]]] = []
        self._wake = asyncio.Event()

    async def complete(self, held: Held, *, inline: bool = False) -> bool:
        """Complete one job; False where the fence refuses. Waits until the store can be used.

        `inline`: at once and for itself, whatever else is under way.
        """
        if inline:
            return await self._complete_alone(held)
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((held, future))
        self._wake.set()
        return await future

    async def _complete_alone(self, held: Held) -> bool:
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
            batch, self._waiting = self._waiting, []
            try:
                finished = await self._send(batch)
            except Exception as error:  # noqa: BLE001 - told to each that waits
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for held, future in batch:
                if not future.done():
                    future.set_result(held.id in finished)

    async def _send(self, batch: list[tuple[Held, asyncio.Future[bool]]]) -> set[int]:
        """Try until it works, or until nobody waits any more: a worker that lost its jobs cancels those who wait."""
        while waiting := [held for held, future in batch if not future.done()]:
            try:
                return await self._store.complete(waiting)
            except StoreUnavailable as error:
                logger.debug("completions wait: %s", error)
                await asyncio.sleep(AGAIN_SECONDS)
        return set()
