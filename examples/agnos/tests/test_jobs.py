"""The worker's function, called as a plain function, on a real PostgreSQL."""

from datetime import timedelta

import asyncpg
import pytest

from agnos.jobs import jobs, make_report
from seawall.jobs import Discard, Job
from seawall.jobs.states import State
from seawall.jobs.testing import in_memory


async def made(database: asyncpg.Connection, text: str) -> tuple[int, int, list[str]]:
    report = await database.fetchval("insert into reports (text) values ($1) returning id", text)
    await make_report(Job(), report)
    row = await database.fetchrow("select lines, words, most_used from reports where made_at is not null")
    return row["lines"], row["words"], row["most_used"]


@pytest.mark.parametrize(
    ("text", "report"),
    [
        ("one", (1, 1, ["one"])),
        ("b a\na b\nB", (3, 5, ["b", "a"])),
        ("1 2 3 4 5 6 6", (1, 7, ["6", "1", "2", "3", "4"])),
        ("Straße STRASSE", (1, 2, ["strasse"])),
        ("...", (1, 0, [])),
        ("' or 1 = 1; drop table reports; --", (1, 6, ["1", "or", "drop", "table", "reports"])),
    ],
)
async def test_a_report_counts_lines_and_words_and_names_the_most_used(
    database: asyncpg.Connection, text: str, report: tuple[int, int, list[str]]
) -> None:
    assert await made(database, text) == report


@pytest.mark.usefixtures("database")
async def test_a_report_that_was_deleted_is_given_up() -> None:
    with pytest.raises(Discard):
        await make_report(Job(), 12345)


async def test_what_fails_is_tried_again_a_few_times_and_not_without_end(database: asyncpg.Connection) -> None:
    report = await database.fetchval("insert into reports (text) values ('a text') returning id")
    await database.execute("alter table reports rename to elsewhere")
    with in_memory(jobs, connection=database) as queue:
        began = queue.now
        await make_report.enqueue(report)
        runs = await queue.drain()
        assert [run.state for run in runs] == [State.READY] * 4 + [State.DEAD]
        assert queue.now - began == timedelta(seconds=5 + 10 + 20 + 40)
