"""The store of a worker, with a journal and with points at which the process may stop or die."""

import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from uuid import UUID

from seawall.jobs.store import Claimed, Heart, Held, Incarnation, LeaseLost, Rescued
from seawall.jobs.stores.postgres import PostgresStore
from tests.reliability import journal
from tests.reliability.failpoints import Failpoints

if TYPE_CHECKING:
    from asyncpg import Connection

written: Final = journal.own()
failpoints: Final = Failpoints(written)


class RecordedStore(PostgresStore):
    """What is asked of the store is written down before, what came of it afterwards."""

    async def register(self, worker: Incarnation) -> None:
        await super().register(worker)
        written.write("up", worker=worker.id, pid=os.getpid())

    def heart(self) -> Heart:
        return RecordedHeart(super().heart())

    async def claim(
        self, worker: UUID, queue: str, names: Sequence[str], limit: int, *, anew: bool = True
    ) -> list[Claimed]:
        claimed = await super().claim(worker, queue, names, limit, anew=anew)
        if claimed:
            written.write("claim", worker=worker, held=[(each.id, each.claim) for each in claimed])
            failpoints.pass_by("after_claim")
        return claimed

    async def complete(self, held: Sequence[Held]) -> set[int]:
        written.write("done?", held=[(each.id, each.claim) for each in held])
        failpoints.pass_by("before_complete")
        finished = await super().complete(held)
        failpoints.pass_by("after_commit_before_log")
        written.write("done", held=[(each.id, each.claim) for each in held if each.id in finished])
        return finished

    @asynccontextmanager
    async def completing(self, held: Held, committed: Callable[[], None]) -> "AsyncGenerator[Connection, None]":
        def note() -> None:
            failpoints.pass_by("after_commit_before_log")
            written.write("done", held=[(held.id, held.claim)])
            committed()

        try:
            async with super().completing(held, note) as connection:
                yield connection
                written.write("done?", held=[(held.id, held.claim)])
                failpoints.pass_by("between_tx")
        except LeaseLost:
            written.write("lease_lost", held=[(held.id, held.claim)])
            raise

    async def _complete_or_refuse(self, connection: "Connection", held: Held) -> None:
        await super()._complete_or_refuse(connection, held)
        failpoints.pass_by("before_commit")  # here its transaction locks the job's row

    async def fail(self, held: Held, error: str, delay: float | None) -> bool:
        written.write("fail?", held=[(held.id, held.claim)])
        accepted = await super().fail(held, error, delay)
        if accepted:
            written.write("fail", held=[(held.id, held.claim)], dead=delay is None)
        return accepted

    async def release(self, worker: UUID, keep: Sequence[int] = ()) -> int:
        count = await super().release(worker, keep)
        written.write("release", worker=worker, count=count)
        return count

    async def rescue(self) -> list[Rescued]:
        rescued = await super().rescue()
        if rescued:
            written.write("rescue", held=[(each.id, each.claim) for each in rescued])
        return rescued


class RecordedHeart:
    """Writes down each beat, and each refusal."""

    def __init__(self, heart: Heart) -> None:
        self._heart = heart

    async def beat(self, worker: UUID) -> bool:
        alive = await self._heart.beat(worker)
        written.write("beat" if alive else "lease_lost", worker=worker)
        return alive

    async def close(self) -> None:
        await self._heart.close()
