"""Many callers, few statements."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import asyncpg
import pytest

from seawall.jobs.store import Message
from seawall.jobs.stores import gathering
from seawall.jobs.stores.gathering import Gathering
from seawall.jobs.stores.postgres import PostgresStore
from seawall.runtime.database import Database


class Table:
    """Takes statements, each when it is let through."""

    def __init__(self) -> None:
        self.statements: list[list[str]] = []
        self.wakes: list[bool] = []
        self.through = asyncio.Event()
        self.error: Exception | None = None
        self.bad = ""
        self._rows = 0

    async def insert(self, messages: Sequence[Message], wake: bool) -> list[int]:
        self.statements.append([each.args for each in messages])
        self.wakes.append(wake)
        await self.through.wait()
        if self.error is not None:
            raise self.error
        if self.bad in {each.args for each in messages}:
            raise asyncpg.CheckViolationError("not JSON")
        self._rows += len(messages)
        return list(range(self._rows - len(messages) + 1, self._rows + 1))


def message(args: str) -> Message:
    return Message("q", "a", args, 5)


async def begin(gathered: Gathering, count: int) -> list[asyncio.Task[int]]:
    """Let as many callers come while the first statement is under way."""
    tasks = [asyncio.create_task(gathered.add(message(str(n)), wake=n == 1)) for n in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_what_comes_while_a_statement_is_under_way_shares_the_next() -> None:
    table = Table()
    tasks = await begin(Gathering(table.insert), 5)
    assert table.statements == [["0"]]
    table.through.set()
    assert await asyncio.gather(*tasks) == [1, 2, 3, 4, 5]
    assert table.statements == [["0"], ["1", "2", "3", "4"]]
    assert table.wakes == [False, True]


async def test_a_statement_takes_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST", 2)
    table = Table()
    gathered = Gathering(table.insert)
    tasks = await begin(gathered, 6)
    table.through.set()
    assert await asyncio.gather(*tasks) == [1, 2, 3, 4, 5, 6]
    assert [len(each) for each in table.statements] == [1, 2, 2, 1]
    assert await gathered.add(message("x"), wake=True) == 7


async def test_who_is_cancelled_before_the_statement_leaves_nothing() -> None:
    table = Table()
    tasks = await begin(Gathering(table.insert), 3)
    tasks[1].cancel()
    await asyncio.sleep(0)
    table.through.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert table.statements == [["0"], ["2"]]


async def test_who_is_cancelled_first_holds_nobody_up() -> None:
    table = Table()
    gathered = Gathering(table.insert)
    tasks = await begin(gathered, 3)
    tasks[0].cancel()
    table.through.set()
    assert await asyncio.gather(*tasks[1:]) == [1, 2]


async def test_one_that_cannot_be_stored_fails_alone() -> None:
    table = Table()
    table.bad = "2"
    tasks = await begin(Gathering(table.insert), 4)
    table.through.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in outcomes] == [int, int, asyncpg.CheckViolationError, int]


async def test_an_outage_is_told_to_all_and_nothing_is_sent_twice() -> None:
    table = Table()
    table.error = ConnectionResetError()
    tasks = await begin(Gathering(table.insert), 4)
    table.through.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in outcomes] == [ConnectionResetError] * 4
    assert len(table.statements) == 2


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    made = Database(url, limit=2, reset=False)
    yield made
    await made.close()


async def test_a_message_that_postgres_refuses_fails_alone(database: Database, url: str) -> None:
    store = PostgresStore(lambda: database, lane=lambda: database)
    args = ['{"n":1}', '{"n":2}', "not json", '{"n":"\0"}', '{"n":5}']
    outcomes = await asyncio.gather(*(store.enqueue([message(each)]) for each in args), return_exceptions=True)
    assert [isinstance(each, list) for each in outcomes] == [True, True, False, False, True]
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("select count(*) from seawall.jobs") == 3
    await connection.close()


async def test_many_under_keys_are_one_statement_and_keep_their_order(database: Database, url: str) -> None:
    store = PostgresStore(lambda: database)
    messages = [Message("q", "a", "{}", 5, key=key) for key in ("k", None, "l", "k", "k", None)]
    ids = await store.enqueue(messages)
    assert ids == sorted(ids)
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("select key, state from seawall.jobs order by id")
    assert [(row["key"], row["state"]) for row in rows] == [
        ("k", 0), (None, 0), ("l", 0), ("k", 2), ("k", 2), (None, 0)
    ]  # fmt: skip
    assert await connection.fetchval("select count(distinct xmin::text) from seawall.jobs") == 1
    await connection.close()


async def test_many_that_differ_in_more_than_their_arguments_are_stored_as_they_are(
    database: Database, url: str
) -> None:
    store = PostgresStore(lambda: database)
    alike = [Message("q", "a", f'{{"n":{n}}}', 5, priority=2, release="r") for n in range(3)]
    different = [Message("q", "b", "{}", 3), Message("other", "a", "{}", 5, skip_dead=True)]
    assert await store.enqueue([]) == []
    ids = [*await store.enqueue(alike), *await store.enqueue([*alike[:1], *different])]
    connection = await asyncpg.connect(url)
    columns = "queue, name, args, max_attempts, priority, skip_dead, release"
    rows = [tuple(row) for row in await connection.fetch(f"select {columns} from seawall.jobs order by id")]
    await connection.close()
    expected = [(m.queue, m.name, m.args, m.max_attempts, m.priority, m.skip_dead, m.release) for m in
                [*alike, *alike[:1], *different]]  # fmt: skip
    assert rows == expected
    assert ids == sorted(ids)
