"""When a worker process has done enough."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from seawall.jobs import renewal
from seawall.jobs.renewal import Renewal
from tests.support.waiting import until

MIB = 1024 * 1024


@asynccontextmanager
async def watched(
    made: Renewal, stopping: asyncio.Event, expired: asyncio.Event, finished: Callable[[], int] = lambda: 0
) -> AsyncIterator[None]:
    task = asyncio.create_task(made.watch(stopping, expired, finished))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def is_set(event: asyncio.Event) -> None:
    async def there() -> bool:
        return event.is_set()

    await until(there)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "LOOK_SECONDS", 0.01)


async def test_it_stops_after_so_many_jobs_and_lets_what_runs_end_in_time() -> None:
    made, done = Renewal(3, 0, 0.05), 2
    stopping, expired = asyncio.Event(), asyncio.Event()
    async with watched(made, stopping, expired, lambda: done):
        await asyncio.sleep(0.05)
        assert not made.stopping.is_set()
        done = 3
        await is_set(made.stopping)
        await is_set(made.expired)
    assert not stopping.is_set()


async def test_it_stops_at_so_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    takes = 99 * MIB
    monkeypatch.setattr(renewal, "resident", lambda: takes)
    made = Renewal(0, 100, 0.05)
    async with watched(made, asyncio.Event(), asyncio.Event()):
        await asyncio.sleep(0.05)
        assert not made.stopping.is_set()
        takes = 100 * MIB
        await is_set(made.stopping)


async def test_without_a_limit_it_does_what_the_process_is_told() -> None:
    made, stopping, expired = Renewal(0, 0, 60.0), asyncio.Event(), asyncio.Event()
    async with watched(made, stopping, expired, lambda: 10**9):
        await asyncio.sleep(0.05)
        assert not made.stopping.is_set()
        stopping.set()
        await is_set(made.stopping)
        assert not made.expired.is_set()
        expired.set()
        await is_set(made.expired)


async def test_a_process_that_is_told_to_stop_meanwhile_has_its_own_time() -> None:
    made, stopping, expired = Renewal(1, 0, 60.0), asyncio.Event(), asyncio.Event()
    async with watched(made, stopping, expired, lambda: 1):
        await is_set(made.stopping)
        stopping.set()
        await asyncio.sleep(0.05)
        assert not made.expired.is_set()
        expired.set()
        await is_set(made.expired)


def test_the_memory_of_a_process_is_more_than_nothing_and_less_than_all() -> None:
    before = renewal.resident()
    kept = bytes(64 * MIB).replace(b"\0", b"x")
    assert MIB < before < 64 * 1024 * MIB
    assert renewal.resident() - before > 32 * MIB
    assert len(kept) == 64 * MIB
