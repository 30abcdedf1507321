"""Going on behind the last claim, in a backlog or while an old snapshot is held."""

from datetime import UTC, datetime, timedelta

import pytest

from seawall.jobs.store import Claimed
from seawall.jobs.stores import resume
from seawall.jobs.stores.resume import Mark, Resume
from tests.jobs.stores import PostgresBench

THEN = datetime(2027, 1, 1, tzinfo=UTC)


def marks(*ids: int, priority: int = 0) -> list[Claimed]:
    return [Claimed(each, 1, "q", "a", "{}", None, priority, 1, 5, 0, THEN, None, "", THEN) for each in ids]


def slowed() -> Resume:
    """After many quick claims, three that took 40 ms; the last ended at 100."""
    made = Resume()
    for second in range(10):
        made.scanned(second, second + 0.001, 10)
    for end in (98.0, 99.0, 100.0):
        assert not made.slow
        made.scanned(end - 0.04, end, 10)
    assert made.slow
    made.claimed(marks(3, 5, 4), 3)
    return made


def test_in_a_backlog_claims_go_on_behind_the_last_until_there_may_be_something_before_it() -> None:
    made = Resume()
    made.scanned(0.0, 0.001, 3)
    made.claimed(marks(3, 5, 4), 3)
    assert not made.slow
    assert made.mark(0.5, anew=False) == Mark(0, THEN, 5)
    assert made.mark(0.5, anew=True) is None
    assert made.mark(1.1, anew=False) is None
    made.claimed(marks(7, 6), 3)  # there are no more
    assert made.mark(0.5, anew=False) is None


def test_slow_claims_go_on_behind_the_last_and_start_again_once_a_second() -> None:
    made = slowed()
    assert made.mark(100.5, anew=True) == Mark(0, THEN, 5)
    made.claimed(marks(9), 10)
    assert made.mark(100.6, anew=True) == Mark(0, THEN, 9)
    made.claimed([], 10)
    assert made.mark(100.7, anew=True) == Mark(0, THEN, 9)
    assert made.mark(101.0, anew=True) is None


def test_a_very_slow_start_is_made_more_rarely() -> None:
    made = slowed()
    made.scanned(101.0, 102.0, 10)
    made.claimed(marks(6), 10)
    assert made.mark(105.9, anew=True) is not None
    assert made.mark(106.1, anew=True) is None


def test_a_claim_of_many_may_take_its_time() -> None:
    made = Resume()
    made.scanned(0.0, 0.001, 1)
    for second in range(1, 9):
        made.scanned(second, second + 0.01, 500)
    assert not made.slow


def test_what_became_usual_is_not_slow_for_ever() -> None:
    made = slowed()
    for minute in range(60):
        made.scanned(200.0 + 60 * minute, 200.04 + 60 * minute, 10)
    assert not made.slow


def test_there_is_no_mark_among_jobs_of_different_priorities() -> None:
    made = slowed()
    made.claimed([*marks(1), *marks(2, priority=1)], 2)
    assert made.mark(100.1, anew=True) is None


@pytest.fixture
def slow(postgres_bench: PostgresBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a claim takes, it is slow."""
    assert postgres_bench is not None
    monkeypatch.setattr(resume, "SLOW_CLAIMS", 0)
    monkeypatch.setattr(resume, "SLOW", 0.0)
    monkeypatch.setattr(resume, "SLOW_SECONDS", 0.0)


@pytest.mark.usefixtures("slow")
async def test_claims_behind_the_mark_take_the_same_jobs_in_the_same_order(postgres_bench: PostgresBench) -> None:
    bench = postgres_bench
    me = await bench.worker()
    jobs = [await bench.send(key="k" if nth in (2, 3) else None) for nth in range(9)]
    await bench.send("b")
    await bench.store.desk.cancel([jobs[4]])
    claims = [[job.id for job in await bench.claim(me, 2)] for _ in range(5)]
    assert claims == [jobs[:2], [jobs[2], jobs[5]], jobs[6:8], jobs[8:], []]
    await bench.send()
    await bench.store.desk.pause("job", "a")
    assert await bench.claim(me) == []
    await bench.store.desk.pause("queue", "q")
    assert await bench.claim(me, names=("a", "b")) == []
    await bench.store.desk.resume("queue", "q")
    await bench.lose_workers()
    await bench.store.desk.resume("job", "a")
    assert await bench.claim(me) == []


async def test_in_a_backlog_the_next_claim_goes_on_and_takes_what_is_missing_from_the_start(
    postgres_bench: PostgresBench,
) -> None:
    bench, now = postgres_bench, datetime.now(UTC)
    me = await bench.worker()
    jobs = [await bench.send(run_at=now - timedelta(minutes=1)) for _ in range(5)]

    async def claim(limit: int, *, anew: bool) -> list[int]:
        return [job.id for job in await bench.store.claim(me, "q", ["a"], limit, anew=anew)]

    assert await claim(2, anew=True) == jobs[:2]
    late, urgent = await bench.send(run_at=now - timedelta(hours=1)), await bench.send(priority=1)
    assert await claim(2, anew=False) == jobs[2:4]
    assert await claim(2, anew=False) == [urgent, jobs[4]]
    assert await claim(2, anew=False) == [late]
    rest = [await bench.send() for _ in range(2)]
    assert await claim(2, anew=False) == rest
    urgent = await bench.send(priority=1)
    assert await claim(2, anew=True) == [urgent]


async def test_what_lies_before_the_mark_is_found_from_the_start(
    postgres_bench: PostgresBench, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert slow is None
    bench = postgres_bench
    me = await bench.worker()
    await bench.send()
    assert len(await bench.claim(me)) == 1
    late = await bench.send(run_at=datetime.now(UTC) - timedelta(hours=1))
    urgent = await bench.send(priority=1)
    assert await bench.claim(me) == []
    monkeypatch.setattr(Resume, "mark", lambda *_, **__: None)  # a second later
    assert [job.id for job in await bench.claim(me)] == [urgent, late]
