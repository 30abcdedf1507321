"""Enqueueing on callers' own connections, of every driver, awaited and blocking."""

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from seawall import contract
from seawall.errors import SeawallError
from seawall.jobs import Jobs
from seawall.jobs.states import State
from seawall.runtime import logs
from tests.jobs.callers import KINDS, Caller, OfAsyncpg
from tests.jobs.queue import Queue
from tests.support.waiting import until

jobs = Jobs()
TRACE = {"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7"}


@jobs.job(queue="mail", priority=3, max_attempts=7, on_dead="skip")
async def send(to: str, copies: int = 1) -> None: ...


@pytest.fixture(params=KINDS)
async def caller(request: pytest.FixtureRequest, url: str) -> AsyncIterator[Caller]:
    async with KINDS[request.param](url) as made:
        yield made


class Ear:
    """What is heard of the doorbell; `quiet` waits until all that was rung before has come."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.rings = 0
        self._connection = connection
        self._last = ""

    async def listen(self) -> None:
        await self._connection.add_listener(contract.JOBS_CHANNEL, self._hear)

    def _hear(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._last = str(payload)
        self.rings += not payload

    async def quiet(self) -> int:
        await self._connection.execute("select pg_notify($1, 'last')", contract.JOBS_CHANNEL)

        async def heard() -> bool:
            return self._last == "last"

        await until(heard)
        self._last = ""
        return self.rings


@pytest.fixture
async def ear(url: str) -> AsyncIterator[Ear]:
    connection = await asyncpg.connect(url)
    made = Ear(connection)
    await made.listen()
    yield made
    await connection.close()


async def test_a_job_is_there_when_the_callers_transaction_is_committed_and_wakes_workers_then(
    caller: Caller, queue: Queue, ear: Ear
) -> None:
    job = await caller.enqueue(send, "ada")
    assert await queue.state(job) is None
    assert await ear.quiet() == 0
    await caller.commit()
    assert await queue.state(job) is State.READY
    assert await ear.quiet() == 1


async def test_a_job_goes_with_a_transaction_that_is_rolled_back(caller: Caller, queue: Queue, ear: Ear) -> None:
    await caller.enqueue(send, "ada", key="k")
    await caller.rollback()
    assert await queue.value("select count(*) from seawall.jobs") == 0
    assert await ear.quiet() == 0


async def test_workers_are_not_woken_where_nobody_wants_it(caller: Caller, queue: Queue, ear: Ear) -> None:
    jobs_made = [await caller.enqueue(send, "ada", wake=False), await caller.enqueue(send, "ada", key="k", wake=False)]
    jobs_made += await caller.enqueue_many(jobs, [send.message("grace")], wake=False)
    await caller.commit()
    assert await ear.quiet() == 0
    assert [await queue.state(job) for job in jobs_made] == [State.READY] * 3


async def row(queue: Queue, job: int) -> dict[str, Any]:
    found = dict(await queue.row(job))
    assert timedelta(0) <= datetime.now(UTC) - found["enqueued_at"] < timedelta(minutes=1)
    found["run_at"] -= found["enqueued_at"]
    return {name: value for name, value in found.items() if name not in {"id", "enqueued_at"}}


@pytest.mark.parametrize("key", [None, "käy", "".join(map(chr, range(256, 768)))])
async def test_every_connection_writes_the_same_row(
    caller: Caller, queue: Queue, key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.outbox, "release", "3f9a")
    token = logs.bind(**TRACE)
    wait = timedelta(days=40, microseconds=7)
    options: dict[str, Any] = {"key": key, "delay": wait, "priority": -9}
    mine = await caller.enqueue(send, "ünï\0\N{SNOWMAN}'\"\\:x%s$1", 2, **options)
    await caller.commit()
    found = await row(queue, mine)
    await queue.connection.execute("delete from seawall.jobs")
    theirs = await send.options(connection=queue.connection, **options).enqueue("ünï\0\N{SNOWMAN}'\"\\:x%s$1", 2)
    logs.unbind(token)
    assert found == await row(queue, theirs)
    assert (found["run_at"], found["key"], found["release"]) == (wait, key, "3f9a")
    assert found["traceparent"] == f"00-{TRACE['trace_id']}-{TRACE['span_id']}-01"


async def test_a_time_to_run_is_kept_to_the_microsecond(caller: Caller, queue: Queue) -> None:
    moment = datetime(2100, 2, 3, 4, 5, 6, 789, tzinfo=UTC)
    job = await caller.enqueue(send, "ada", run_at=moment)
    await caller.commit()
    assert (await queue.row(job))["run_at"] == moment


async def test_many_keep_their_order_and_their_keys(caller: Caller, queue: Queue) -> None:
    messages = [send.options(key=f"k{n % 3}" if n % 4 else None).message(str(n)) for n in range(100)]
    made = await caller.enqueue_many(jobs, messages)
    await caller.commit()
    rows = await queue.connection.fetch("select id, args ->> 'to' as to, key, state from seawall.jobs order by id")
    assert [(each["id"], each["to"]) for each in rows] == [(job, str(n)) for n, job in enumerate(made)]
    heads: set[str] = set()
    for each in rows:
        first = each["key"] is None or each["key"] not in heads
        heads.add(each["key"])
        assert each["state"] == (State.READY if first else State.BLOCKED)


async def test_none_of_many_is_none(caller: Caller) -> None:
    assert await caller.enqueue_many(jobs, []) == []


async def test_where_each_statement_commits_by_itself_keys_are_kept_too(url: str, queue: Queue) -> None:
    message = send.options(key="k").message("x")
    with psycopg.connect(url, autocommit=True) as plain:
        first, second = jobs.enqueue_many_sync([message, message], connection=plain)
        third = send.options(connection=plain, key="k").enqueue_sync("x")
    assert [await queue.state(each) for each in (first, second, third)] == [State.READY, State.BLOCKED, State.BLOCKED]
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        fourth = await send.options(connection=connection, key="k").enqueue("x")
        assert await queue.state(fourth) is State.BLOCKED
    await engine.dispose()


async def test_the_order_of_a_key_is_the_order_of_commits_whatever_the_drivers(url: str, queue: Queue) -> None:
    async with KINDS["psycopg-async"](url) as early, KINDS["sqlalchemy-async-asyncpg"](url) as late:
        first = await early.enqueue(send, "ada", key="k")
        waiting = asyncio.create_task(late.enqueue(send, "grace", key="k"))
        blocked = "select count(*) from pg_locks where locktype = 'advisory' and not granted"

        async def waits() -> bool:
            return int(await queue.value(blocked)) == 1

        await until(waits)
        await early.commit()
        second = await waiting
        await late.commit()
    assert first < second
    assert [await queue.state(first), await queue.state(second)] == [State.READY, State.BLOCKED]


async def test_those_who_enqueue_under_the_same_keys_do_not_wait_for_each_other_in_a_circle(url: str) -> None:
    keys = ["b", "a", "B", "ä", "a b", "-", "_", "\N{SNOWMAN}", "\N{GRINNING FACE}", "z"]

    async def enqueue(kind: str) -> None:
        async with KINDS[kind](url) as caller:
            for n in range(30):
                mixed = [send.options(key=key).message(key) for key in random.Random(f"{kind}{n}").sample(keys, 6)]
                await caller.enqueue_many(jobs, mixed)
                await caller.commit()
                if isinstance(caller, OfAsyncpg):
                    await caller.begin()

    await asyncio.gather(
        *(enqueue(kind) for kind in KINDS if kind not in {"psycopg", "sqlalchemy", "sqlalchemy-session"})
    )


async def test_the_orm_commits_a_job_with_its_objects(url: str, queue: Queue) -> None:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with Session(engine) as session, session.begin():
        session.execute(text("insert into effects (job, claim) values (1, 1)"))
        with session.begin_nested() as savepoint:
            send.options(connection=session).enqueue_sync("never")
            savepoint.rollback()
        job = send.options(connection=session).enqueue_sync("ada")
    engine.dispose()
    assert await queue.value("select array_agg(id) from seawall.jobs") == [job]
    assert await queue.value("select count(*) from effects") == 1


# --- What is refused -------------------------------------------------------------------------------------------------


async def test_a_connection_of_no_known_driver_is_refused() -> None:
    unknown = r"asynchronous one of asyncpg, psycopg 3 or SQLAlchemy, saw sqlite3\.Connection"
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(TypeError, match=unknown):
        await send.options(connection=connection).enqueue("ada")
    with pytest.raises(TypeError, match=r"a blocking one of psycopg 3 or SQLAlchemy, saw builtins\.object"):
        send.options(connection=object()).enqueue_sync("ada")  # type: ignore[arg-type]


async def test_what_only_makes_connections_is_none(url: str) -> None:
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    for what in (engine, engine.sync_engine):
        with pytest.raises(TypeError, match=r"saw sqlalchemy\.[\w.]+Engine$"):
            await send.options(connection=what).enqueue("ada")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"saw sqlalchemy\.[\w.]+Engine$"):
            send.options(connection=what).enqueue_sync("ada")  # type: ignore[arg-type]
    async with asyncpg.create_pool(url, min_size=0) as pool:
        with pytest.raises(TypeError, match=r"saw asyncpg\.pool\.Pool$"):
            await send.options(connection=pool).enqueue("ada")  # type: ignore[arg-type]


async def test_blocking_and_asynchronous_connections_are_not_mixed_up(url: str) -> None:
    with psycopg.connect(url) as blocking, pytest.raises(TypeError, match="enqueue_sync"):
        await send.options(connection=blocking).enqueue("ada")
    async with await psycopg.AsyncConnection.connect(url) as awaited:
        with pytest.raises(TypeError, match="await enqueue"):
            send.options(connection=awaited).enqueue_sync("ada")
    connection = await asyncpg.connect(url)
    with pytest.raises(TypeError, match="await enqueue"):
        send.options(connection=connection).enqueue_sync("ada")
    await connection.close()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "asyncpg" not in kind or "sql" in kind])
async def test_a_database_without_the_tables_says_what_to_do(database_url: str, kind: str) -> None:
    async with KINDS[kind](database_url) as caller:
        with pytest.raises(SeawallError, match=r"SW509.*(?s:.)*python -m seawall\.runtime\.migrate") as caught:
            await caller.enqueue(send, "ada")
        assert type(caught.value.__cause__).__module__.partition(".")[0] in {"psycopg", "sqlalchemy"}
        await caller.rollback()


async def test_what_the_driver_says_of_anything_else_is_the_callers(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        with pytest.raises(psycopg.errors.DivisionByZero):
            await connection.execute("select 1 / 0")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            await send.options(connection=connection).enqueue("ada")


# --- Callers that do not await ---------------------------------------------------------------------------------------

SCRIPT = """
import os, sys
from seawall.jobs import Jobs
jobs = Jobs()

@jobs.job
def work(number: int) -> None: ...

first = work.enqueue_sync(1)
many = jobs.enqueue_many_sync([work.message(2), work.options(delay=60).message(3)])
child = os.fork()
if child == 0:
    work.enqueue_sync(4)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
work.enqueue_sync(5)
print(len({first, *many}), sorted({"psycopg", "sqlalchemy", "pydantic", "uvicorn"} & set(sys.modules)))
"""


async def test_code_that_does_not_await_enqueues_without_a_connection_of_its_own(url: str, queue: Queue) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-c", SCRIPT],  # of fork, since 3.12
        env={**os.environ, contract.DATABASE_URL: url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("3 []\n", "")
    numbers = "select array_agg((args ->> 'number')::int order by id) from seawall.jobs where name = 'work'"
    assert await queue.value(numbers) == [1, 2, 3, 4, 5]
    # It has said goodbye to the database.
    mine = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"

    async def gone() -> bool:
        return int(await queue.value(mine)) == 0

    await until(gone)


async def test_blocking_without_a_connection_is_refused_where_an_event_loop_runs() -> None:
    with pytest.raises(RuntimeError, match="await enqueue"):
        send.enqueue_sync("ada")


def test_a_fault_of_the_database_reaches_the_blocking_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(contract.DATABASE_URL, raising=False)
    with pytest.raises(SeawallError, match="DATABASE_URL is not set"):
        send.enqueue_sync("ada")
