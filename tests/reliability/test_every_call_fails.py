"""The n-th call to the database fails, for every n until a run sees no failure, as SQLite tests its own.

A call is lost on its way there, or its answer on the way back; the connection is gone either way.
"""

import asyncio
import gc
import itertools
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import pytest

from seawall import contract
from seawall.errors import SeawallError
from seawall.jobs import Backoff, Job, Jobs
from seawall.jobs.stores.postgres import PostgresStore
from seawall.jobs.worker import Terms, Worker
from seawall.runtime import migrator
from seawall.runtime.connect import connect
from seawall.runtime.database import Database
from tests.reliability.run import TABLES
from tests.reliability.work import EFFECT
from tests.support.cluster import Server

LEASE: Final = 1.0
WITHIN: Final = 40.0
AT_ONCE: Final = 6  # scenarios side by side: they mostly wait
WITNESS: Final = "witness"  # the name of the connections of which no call fails
FAULTS: Final = (SeawallError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(slots=True)
class Fault:
    """The call number `at` fails, of all to one database."""

    at: int
    answer: bool  # it is the answer that gets lost
    calls: int = 0

    @property
    def hit(self) -> bool:
        return self.calls >= self.at


faults: dict[str, Fault] = {}  # by the name of the database
opened: list[weakref.ref[asyncpg.Connection]] = []


@pytest.fixture(autouse=True)
def calls_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every statement of asyncpg, prepared or not, goes through one of these two."""
    monkeypatch.setattr(contract, "POLL_SECONDS", 0.2)
    kind: Any = asyncpg.Connection
    execute, prepared, begin = kind.execute, kind._execute, kind.__init__
    opened.clear()

    def opening(connection: Any, *args: Any, **options: Any) -> None:
        begin(connection, *args, **options)
        opened.append(weakref.ref(connection))

    async def failing_execute(connection: Any, query: str, *args: Any, **options: Any) -> Any:
        call: Callable[[], Any] = lambda: execute(connection, query, *args, **options)  # noqa: E731 - it is passed on
        return await (call() if args else _call(connection, call))

    async def failing_prepared(connection: Any, *args: Any, **options: Any) -> Any:
        return await _call(connection, lambda: prepared(connection, *args, **options))

    monkeypatch.setattr(kind, "__init__", opening)
    monkeypatch.setattr(kind, "execute", failing_execute)
    monkeypatch.setattr(kind, "_execute", failing_prepared)


async def _call(connection: Any, call: Callable[[], Any]) -> Any:
    fault = faults.get(connection._params.database)
    if fault is None or connection.get_settings().application_name == WITNESS:
        return await call()
    fault.calls += 1
    if fault.calls != fault.at:
        return await call()
    if fault.answer:
        await call()
    connection.terminate()
    raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")


class Stop:
    """When the worker is to stop; see `seawall.jobs.worker.Stop`."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self.expired = asyncio.Event()


def application(store: PostgresStore) -> Jobs:
    jobs = Jobs(store=store)
    soon = Backoff(first=0.01)

    @jobs.job(backoff=soon, max_attempts=10)
    async def plain(job: Job) -> None:
        if job.attempt == 1:
            raise RuntimeError("the first time")

    @jobs.job(backoff=soon, max_attempts=10)
    async def once(job: Job) -> None:
        async with job.complete_in_transaction() as db:
            await db.execute(EFFECT, job.id, job.claim)

    @jobs.job(backoff=soon, max_attempts=2)
    async def fails(job: Job) -> None:
        raise RuntimeError(f"attempt {job.attempt}")

    return jobs


async def scenario(url: str, fault: Fault) -> None:
    """A worker and some jobs; whatever call fails, they end as they should, and the worker stops in order."""
    name = url.rpartition("/")[2]
    engine, transactions = Database(url, limit=3, name="engine"), Database(url, limit=2, name="transactions")
    store = PostgresStore(lambda: engine, transactions=transactions, url=url)
    jobs = application(store)
    witness = await connect(url, name=WITNESS)
    faults[name] = fault
    stop = Stop()
    worker = Worker(jobs, store, Terms(concurrency=4, lease=LEASE))
    running = asyncio.create_task(worker.run(stop))
    try:
        acknowledged = [await _enqueue(jobs, worker, each) for each in ("plain", "once", "fails", "keyed", "keyed")]
        async with asyncio.timeout(WITHIN):
            while await witness.fetchval("select count(*) from seawall.jobs where state <> 3"):
                assert not running.done()
                await asyncio.sleep(0.01)
            stop.stopping.set()
            assert await running
        await _judge(witness, [each for each in acknowledged if each is not None])
    except TimeoutError:
        left = await witness.fetch("select id, name, state, attempt, crashes, worker from seawall.jobs")
        at = [f"{frame.f_code.co_qualname}:{frame.f_lineno}" for frame in running.get_stack()]
        raise AssertionError(f"the worker is at {at}; jobs: {[dict(row) for row in left]}") from None
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        for each in (witness, engine, transactions):
            await each.close()
        del faults[name]
    assert not _left_open(name)


def _left_open(database: str) -> list[str]:
    """The names of the connections to `database` that nobody has closed."""
    all_of_them: list[Any] = [ref() for ref in list(opened)]  # beats add to it from their threads
    left = (each for each in all_of_them if each is not None and not each.is_closed())
    return [each.get_settings().application_name for each in left if each._params.database == database]


async def _enqueue(jobs: Jobs, worker: Worker, what: str) -> int | None:
    """The job's id; None where nobody knows."""
    job = jobs.functions["once" if what == "keyed" else what]
    try:
        found: int = await job.options(key="k" if what == "keyed" else None).enqueue()
    except FAULTS:
        return None
    worker.wake()
    return found


async def _judge(witness: asyncpg.Connection, acknowledged: list[int]) -> None:
    columns = "id, name, state, attempt, max_attempts"
    rows: dict[int, Any] = {
        row["id"]: row
        for row in await witness.fetch(
            f"select {columns} from seawall.jobs union all select {columns} from seawall.history"
        )
    }
    assert set(acknowledged) <= set(rows), "an acknowledged job is lost"
    assert len(rows) <= 5
    effects = [row["job"] for row in await witness.fetch("select job from proof.effects")]
    for job, row in rows.items():
        assert row["state"] == (3 if row["name"] == "fails" else 4), dict(row)
        assert row["attempt"] <= row["max_attempts"]
        assert effects.count(job) == (row["name"] == "once"), dict(row)


@pytest.mark.reliability
@pytest.mark.timeout(600)
@pytest.mark.parametrize("answer", [False, True], ids=["call", "answer"])
async def test_whichever_call_fails_nothing_is_lost_and_all_comes_to_its_end(answer: bool, server: Server) -> None:
    template = f"{server.url}/every_call_{answer}".lower()
    await _prepare(server, template)
    over, numbers = asyncio.Event(), itertools.count(1)

    async def lane() -> None:
        while not over.is_set():
            fault = Fault(next(numbers), answer)
            try:
                await scenario(await _copy(server, template, fault.at), fault)
            except Exception as error:
                raise AssertionError(f"call {fault.at} of {fault.calls}: {error!r}") from error
            if not fault.hit:
                over.set()

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(lane())
    assert next(numbers) > 30  # it came that far
    gc.collect()  # a connection that was left open is told of here, and not in a later test


async def _prepare(server: Server, url: str) -> None:
    admin = await asyncpg.connect(f"{server.url}/postgres")
    await admin.execute(f'create database "{url.rpartition("/")[2]}"')
    await admin.close()
    await migrator.apply(url, [contract.JOBS_MIGRATIONS], pauses=())
    connection = await asyncpg.connect(url)
    await connection.execute(TABLES.read_text())
    await connection.close()


async def _copy(server: Server, template: str, number: int) -> str:
    name = template.rpartition("/")[2]
    admin = await asyncpg.connect(f"{server.url}/postgres")
    await admin.execute(f'create database "{name}_{number}" template "{name}"')
    await admin.close()
    return f"{template}_{number}"
