"""What any worker does for all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from seawall.jobs.caretaker import Caretaker
from seawall.jobs.store import Depth, Rescued, StoreUnavailable
from seawall.jobs.stores.memory import MemoryStore
from tests.jobs.stores import LEASE, PostgresBench
from tests.support.waiting import until


class Script(MemoryStore):
    """Notes what is asked of it; answers `settle` by the script, first with its first line."""

    def __init__(self, *answers: Exception | None) -> None:
        super().__init__()
        self.calls: list[str] = []
        self._answers = list(answers)

    async def settle(self) -> int:
        self.calls.append("settle")
        if self._answers and (error := self._answers.pop(0)) is not None:
            raise error
        return 0

    async def rescue(self) -> list[Rescued]:
        self.calls.append("rescue")
        return []

    async def depths(self, queues: object) -> list[Depth]:
        assert queues == ["q"]
        self.calls.append("depths")
        return []


@asynccontextmanager
async def looking(store: Script) -> AsyncIterator[Caretaker]:
    caretaker = Caretaker(store, ["q"], 0.12, lambda: None)
    task = asyncio.create_task(caretaker.run())
    try:
        yield caretaker
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def reach(store: Script, calls: int) -> None:
    async def there() -> bool:
        return len(store.calls) >= calls

    await until(there)


async def test_after_an_outage_the_living_are_given_time_before_anybody_is_taken_for_dead(
    caplog: pytest.LogCaptureFixture,
) -> None:
    away = StoreUnavailable("refused")
    store = Script(away, away, None, None)
    async with looking(store):
        await reach(store, 5)
    assert store.calls[:5] == ["settle", "settle", "settle", "settle", "rescue"]
    assert caplog.text.count("jobs wait for the database: refused") == 1
    assert caplog.text.count("the database is back") == 1


async def test_a_fault_of_one_look_does_not_prevent_the_next(caplog: pytest.LogCaptureFixture) -> None:
    store = Script(ZeroDivisionError(), None)
    async with looking(store):
        await reach(store, 3)
    assert store.calls[:3] == ["settle", "settle", "rescue"]
    assert "looking after the store failed" in caplog.text


async def test_the_queues_are_measured_at_once_and_then_rarely() -> None:
    store = Script()
    async with looking(store):
        await reach(store, 7)
    assert store.calls[:7] == ["settle", "rescue", "depths", "settle", "rescue", "settle", "rescue"]


async def test_it_ends_though_the_database_is_lost_as_it_is_cancelled(postgres_bench: PostgresBench, url: str) -> None:
    bench = postgres_bench
    dead = await bench.worker()
    await bench.later(LEASE + 1)
    holder = await asyncpg.connect(url)
    await holder.execute("begin")
    await holder.execute("select from seawall.workers where id = $1 for update", dead)
    task = asyncio.create_task(Caretaker(bench.store, ["q"], LEASE, lambda: None).run())

    async def waits() -> bool:
        waiting = (
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )
        return bool(await bench.connection.fetchval(waiting))

    await until(waits)
    assert bench.database._pool is not None
    task.cancel()
    bench.database._pool.terminate()
    await asyncio.wait({task}, timeout=20)
    assert task.cancelled()
    await holder.close()
