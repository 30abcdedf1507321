"""When runs have taken too long."""

import asyncio
from datetime import UTC, datetime

from seawall.jobs.deadlines import Deadlines
from seawall.jobs.run import Run
from seawall.jobs.store import Claimed
from tests.support.waiting import until

NOW = datetime.now(UTC)


def run(number: int) -> Run:
    return Run(Claimed(number, 1, "q", "a", "{}", None, 0, 1, 5, 0, NOW, None, "", NOW), lambda *_: None)


async def test_each_run_is_late_after_its_own_limit_and_one_that_has_ended_never() -> None:
    deadlines, long, ended, first, second = Deadlines(), run(1), run(2), run(3), run(4)
    deadlines.begin(long, 60.0)
    deadlines.begin(ended, 0.05)
    deadlines.begin(first, 0.05)
    deadlines.end(ended, 0.05)
    began = asyncio.get_running_loop().time()

    async def late() -> bool:
        return first.late

    await until(late)
    assert asyncio.get_running_loop().time() - began >= 0.04
    deadlines.begin(second, 0.05)

    async def second_late() -> bool:
        return second.late

    await until(second_late)
    deadlines.end(first, 0.05)  # it takes notice of it only now
    assert not any(each.late for each in (long, ended))
    deadlines.end(long, 60.0)


async def test_what_begins_later_is_late_later() -> None:
    deadlines, runs = Deadlines(), [run(number) for number in range(3)]
    late: list[int] = []
    for each in runs:
        each.task = asyncio.create_task(note(late, each))
        deadlines.begin(each, 0.05)
        await asyncio.sleep(0.02)
    await asyncio.gather(*(each.task for each in runs if each.task is not None))
    assert late == [0, 1, 2]


async def note(late: list[int], each: Run) -> None:
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        late.append(each.claimed.id)
