"""Single enqueues of many callers at once: while one statement is under way, the next ones gather for the following.

Whoever comes alone waits for nobody: a call finds its statement at once, and only what comes meanwhile is gathered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import asyncpg

from seawall.jobs.store import Message
from seawall.runtime.database import outage_of

MOST: Final = 1_000  # messages in one statement

_Waiting = tuple[Message, bool, "asyncio.Future[int]"]
Insert = Callable[[Sequence[Message], bool], Awaitable[list[int]]]


class Gathering:
    """Takes messages one by one; `insert` adds many in one statement, and wakes workers if so told."""

    def __init__(self, insert: Insert) -> None:
        self._insert = insert
        self._waiting: list[_Waiting] = []
        self._busy = False
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def add(self, message: Message, *, wake: bool) -> int:
        """Add one job; returns its id once it is committed. Raises what `insert` raises because of it."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()  # to ask for it each time costs a system call
        if self._busy:
            future: asyncio.Future[int] = self._loop.create_future()
            self._waiting.append((message, wake, future))
            return await future
        self._busy = True
        try:
            (job,) = await self._insert([message], wake)
            return job
        finally:
            self._go_on()

    def _go_on(self) -> None:
        self._busy = bool(self._waiting)
        if self._busy:
            self._task = asyncio.get_running_loop().create_task(self._flush(), name="enqueue")

    async def _flush(self) -> None:
        try:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            if batch := [each for each in batch if not each[2].done()]:  # others have been cancelled
                await self._send(batch)
        finally:
            self._go_on()

    async def _send(self, batch: "list[_Waiting]") -> None:
        try:
            jobs = await self._insert([message for message, _, _ in batch], any(wake for _, wake, _ in batch))
        except Exception as error:  # noqa: BLE001 - told to each that waits
            if len(batch) > 1 and _blames_one(error):
                for each in batch:
                    await self._send([each])
            else:
                failure = error
                _tell(batch, lambda future, _: future.set_exception(failure))
        except asyncio.CancelledError:
            _tell(batch, lambda future, _: future.cancel())
            raise
        else:
            _tell(batch, lambda future, nth: future.set_result(jobs[nth]))


def _tell(batch: "list[_Waiting]", tell: "Callable[[asyncio.Future[int], int], object]") -> None:
    """Tell all who still wait; `tell` gets their place in the batch, too."""
    for nth, (_, _, future) in enumerate(batch):
        if not future.done():
            tell(future, nth)


def _blames_one(error: Exception) -> bool:
    """Whether it may be one message that cannot be stored; then nothing of the statement was."""
    return isinstance(error, (ValueError, asyncpg.PostgresError, asyncpg.InterfaceError)) and outage_of(error) is None
