"""The engine's own migrations: forward from every earlier state with data in it, while the previous release runs."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from shutil import copy
from typing import Any

import asyncpg
import pytest

from seawall import contract
from seawall.jobs.desk import Filter
from seawall.jobs.states import State
from seawall.jobs.stores.postgres import PostgresStore
from seawall.runtime import migrations, migrator
from seawall.runtime.database import Database
from tests.jobs.stores import LEASE, PostgresBench
from tests.support.waiting import until

KNOWN = migrations.read([contract.JOBS_MIGRATIONS]).migrations
RELEASES = Path(__file__).parent / "releases"


def statements(release: str) -> dict[str, str]:
    """What an earlier release said to the database, by name."""
    _, *parts = re.split(r"^-- name: (\w+)\n", (RELEASES / release).read_text(), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


class Earlier:
    """A worker of the release that knew migration 0001 alone."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.id = uuid.uuid4()
        self.said = statements("0001.sql")
        self.connection = connection

    async def fetch(self, name: str, *args: object) -> list[Any]:
        return list(await self.connection.fetch(self.said[name], *args))

    async def register(self, crons: str = "{}") -> None:
        await self.fetch("register", self.id, timedelta(seconds=LEASE), 1, 10, "", "old", crons)

    async def enqueue(self, count: int = 1) -> list[int]:
        many: list[list[object]] = [
            [value] * count for value in ("q", "a", "{}", 0, None, timedelta(0), 5, False, "old", None)
        ]
        return [row["id"] for row in await self.fetch("enqueue", *many, True, contract.JOBS_CHANNEL)]

    async def enqueue_keyed(self, key: str) -> int:
        async with self.connection.transaction():
            await self.fetch("lock_key", key)
            args = ("q", "a", "{}", 0, key, None, timedelta(0), 5, False, "old", None, True, contract.JOBS_CHANNEL)
            return int((await self.fetch("enqueue_keyed", *args))[0]["id"])

    async def claim(self, limit: int = 10) -> list[tuple[int, int]]:
        rows = await self.fetch("claim", self.id, "q", ["a"], limit, contract.LONE_AFTER_CRASHES)
        return sorted((row["id"], row["claim"]) for row in rows)

    async def complete(self, *held: tuple[int, int]) -> list[int]:
        ids, claims = [job for job, _ in held], [claim for _, claim in held]
        rows = await self.fetch("complete", ids, claims)
        await self.fetch("unblock", [row["key"] for row in rows if row["key"] is not None])
        return sorted(row["id"] for row in rows)


async def migrate(url: str, folder: Path, last: int) -> None:
    """Bring a database to migration number `last`, as an earlier release did."""
    part = folder / f"until-{last}" / "sql"
    part.mkdir(parents=True)
    for each in KNOWN:
        if each.version <= last:
            copy(each.path, part)
    await migrator.apply(url, [str(part)], pauses=())
    # Its name in the ledger is that of the package.
    connection = await asyncpg.connect(url)
    await connection.execute("update seawall.migrations set source = 'seawall.jobs'")
    await connection.close()


async def migrate_fully(url: str) -> None:
    await migrator.apply(url, [contract.JOBS_MIGRATIONS], pauses=())


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    made = await asyncpg.connect(database_url)
    yield made
    await made.close()


@pytest.mark.parametrize("number", [each.version for each in KNOWN[:-1]])
async def test_from_each_earlier_state_with_data_in_it(
    database_url: str, connection: asyncpg.Connection, tmp_path: Path, number: int
) -> None:
    await migrate(database_url, tmp_path, number)
    old = Earlier(connection)
    await old.register()
    done, running, ready = await old.enqueue(3)
    blocked = [await old.enqueue_keyed("k") for _ in range(2)]
    dead = (await old.enqueue())[0]
    claims = dict(await old.claim())
    if number == 1:
        await old.complete((done, claims[done]))
    await old.fetch("fail", dead, claims[dead], None, "boom")
    await old.fetch("fail", ready, claims[ready], timedelta(0), "once")
    before = await connection.fetch("select * from seawall.jobs order by id")
    await migrate_fully(database_url)
    after = await connection.fetch("select * from seawall.jobs order by id")
    for earlier, row in zip(before, after, strict=True):
        assert dict(row).items() >= dict(earlier).items()
    bench = PostgresBench(database_url, connection)
    expected = {running: State.RUNNING, ready: State.READY, blocked[0]: State.RUNNING, blocked[1]: State.BLOCKED}
    expected |= {dead: State.DEAD, done: State.DONE if number == 1 else State.RUNNING}
    found = {each.id: each.state for each in await bench.store.desk.find(Filter())}
    assert found == expected
    # The new release does with them what it does with its own.
    await bench.later(LEASE + 1)
    await bench.store.rescue()
    await bench.store.desk.retry([dead])
    me = await bench.worker()
    for _ in range(2):
        claimed = await bench.claim(me)
        assert await bench.store.complete([each.held for each in claimed]) == {each.id for each in claimed}
    assert {each.state for each in await bench.store.desk.find(Filter())} == {State.DONE}
    await bench.database.close()


async def test_the_previous_release_works_on_while_the_tables_change(
    database_url: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await migrate(database_url, tmp_path, 1)
    old = Earlier(connection)
    await old.register()
    finished: list[int] = []
    sent: list[int] = []
    over = asyncio.Event()

    async def work() -> None:
        while not over.is_set() or len(finished) < len(sent):
            if not over.is_set():
                sent.extend(await old.enqueue(5))
            claimed = await old.claim(5)
            finished.extend(await old.complete(*claimed))

    working = asyncio.create_task(work())

    async def goes_on(beyond: int) -> bool:
        return len(finished) >= beyond + 20

    await until(partial(goes_on, 0))
    await migrate_fully(database_url)
    await until(partial(goes_on, len(finished)))
    over.set()
    await working
    assert sorted(finished) == sorted(sent)
    database = Database(database_url)
    store = PostgresStore(lambda: database)
    history = await store.desk.find(Filter(limit=len(sent) + 1))
    assert {each.id for each in history} == set(sent)
    assert {each.state for each in history} == {State.DONE}
    await database.close()


@pytest.fixture
async def two(url: str) -> AsyncIterator[tuple[Earlier, PostgresBench]]:
    """A worker of each release on the new tables."""
    connections = [await asyncpg.connect(url) for _ in range(2)]
    old, bench = Earlier(connections[0]), PostgresBench(url, connections[1])
    await old.register()
    yield old, bench
    await bench.database.close()
    for each in connections:
        await each.close()


async def test_two_releases_share_the_jobs_and_respect_each_others_claims(two: tuple[Earlier, PostgresBench]) -> None:
    old, bench = two
    me = await bench.worker()
    jobs = [*(await old.enqueue(4)), *[await bench.send() for _ in range(4)]]
    theirs, mine = await old.claim(3), await bench.claim(me, 3)
    rest = await old.claim()
    claimed = [job for job, _ in (*theirs, *rest)] + [each.id for each in mine]
    assert sorted(claimed) == jobs
    # Neither ends what the other holds under a claim that is not its last.
    assert await old.complete(*[(each.id, each.claim + 1) for each in mine]) == []
    assert await old.complete(*theirs, *rest) == sorted(job for job, _ in (*theirs, *rest))
    assert await bench.store.complete([each.held for each in mine]) == {each.id for each in mine}
    assert {each.state for each in await bench.store.desk.find(Filter())} == {State.DONE}


async def test_each_release_takes_the_jobs_of_a_dead_worker_of_the_other(two: tuple[Earlier, PostgresBench]) -> None:
    old, bench = two
    me = await bench.worker()
    jobs = await old.enqueue(2)
    await old.claim(1)
    (stale,) = await bench.claim(me, 1)
    await bench.later(LEASE + 1)
    assert sorted(each.id for each in await bench.store.rescue()) == jobs
    new = await bench.worker()
    assert len(await bench.claim(new)) == 2
    await bench.later(LEASE + 1)
    assert sorted(row["id"] for row in await old.fetch("rescue", contract.MAX_CRASHES)) == jobs
    assert await bench.store.complete([stale.held]) == set()
    assert not await bench.beat(new)


async def test_a_key_keeps_its_order_over_two_releases(two: tuple[Earlier, PostgresBench]) -> None:
    old, bench = two
    me = await bench.worker()
    first = await old.enqueue_keyed("k")
    second = await bench.send(key="k")
    third = await old.enqueue_keyed("k")
    (head,) = await bench.claim(me)
    assert (head.id, await old.claim()) == (first, [])
    await bench.store.complete([head.held])
    (following,) = await old.claim()
    assert (following[0], await bench.claim(me)) == (second, [])
    await old.complete(following)
    assert [each.id for each in await bench.claim(me)] == [third]


async def test_what_is_cancelled_while_the_earlier_release_runs_it_does_not_run_again(
    two: tuple[Earlier, PostgresBench],
) -> None:
    old, bench = two
    returns, fails = await old.enqueue(2)
    claims = dict(await old.claim())
    assert await bench.store.desk.cancel([returns, fails]) == dict.fromkeys((returns, fails), State.RUNNING)
    assert await old.complete((returns, claims[returns])) == [returns]
    await old.fetch("fail", fails, claims[fails], timedelta(0), "x")
    assert await bench.claim(await bench.worker()) == []
    await bench.store.settle()
    assert [await bench.state(job) for job in (returns, fails)] == [State.DONE, State.CANCELLED]
