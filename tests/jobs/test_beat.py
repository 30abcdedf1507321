"""The beat, from its thread."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from seawall.jobs.beat import Beat
from seawall.jobs.store import Incarnation
from seawall.jobs.stores.memory import MemoryStore
from tests.support.waiting import until

LEASE = 0.6


class Heart(MemoryStore):
    """Counts the beats, and does with them what a test says."""

    def __init__(self) -> None:
        super().__init__()
        self.beats = 0
        self.hangs = False
        self.breaks = False

    async def beat(self, worker: uuid.UUID) -> bool:
        self.beats += 1
        if self.hangs:
            await asyncio.sleep(60)
        if self.breaks:
            raise ZeroDivisionError
        return await super().beat(worker)


class Case:
    def __init__(self) -> None:
        self.store = Heart()
        self.me = Incarnation(uuid.uuid4(), LEASE, 1)
        self.lost: list[str] = []

    async def is_lost(self) -> bool:
        return bool(self.lost)

    async def has_beaten(self, count: int = 2) -> bool:
        return self.store.beats >= count


@pytest.fixture
async def case() -> Case:
    return Case()


@asynccontextmanager
async def beating(case: Case) -> AsyncIterator[Beat]:
    await case.store.register(case.me)
    beat = Beat(case.store, case.me.id, LEASE, time.monotonic(), case.lost.append)
    beat.start()
    try:
        yield beat
    finally:
        await beat.stop()


async def test_it_beats_until_it_is_stopped(case: Case) -> None:
    async with beating(case):
        await until(lambda: case.has_beaten(8))
    beats = case.store.beats
    await asyncio.sleep(LEASE / 2)
    assert (case.store.beats, case.lost) == (beats, [])


async def test_it_learns_that_it_is_taken_for_dead(case: Case) -> None:
    async with beating(case):
        await until(case.has_beaten)
        await case.store.leave(case.me.id)
        await until(case.is_lost)
    assert case.lost == ["it was taken for dead"]


async def test_a_store_that_hangs_is_noticed_before_the_lease_is_over(case: Case) -> None:
    async with beating(case) as beat:
        await until(case.has_beaten)
        case.store.hangs = True
        await until(case.is_lost)
        assert LEASE * 4 / 6 < time.monotonic() - beat.last < LEASE
        assert not beat.stood_still
    assert case.lost == ["no beat reached the store in time"]


async def test_it_is_silent_while_the_event_loop_stands_still(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    async with beating(case) as beat:
        await until(case.has_beaten)
        time.sleep(LEASE * 2)  # noqa: ASYNC251 - that is the case
        assert time.monotonic() - beat.last > LEASE
        await until(case.is_lost)
        assert beat.stood_still
    assert "the event loop has not turned for" in caplog.text


async def test_a_busy_event_loop_that_still_turns_does_not_silence_it(case: Case) -> None:
    async with beating(case):
        for _ in range(20):
            time.sleep(LEASE / 12)  # noqa: ASYNC251 - that is the case
            await asyncio.sleep(0)
    assert case.lost == []


async def test_a_beat_that_breaks_is_a_lost_one(case: Case) -> None:
    async with beating(case):
        case.store.breaks = True
        await until(case.is_lost)
    assert case.lost == ["its beat failed"]
