"""What only the store on PostgreSQL does: transactions of callers, commits in doubt, the bell, plans."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import asyncpg
import pytest
from asyncpg.transaction import Transaction

from seawall import contract
from seawall.errors import SeawallError
from seawall.jobs import Job, Jobs, LeaseLost, doorbell
from seawall.jobs.cron import Due
from seawall.jobs.listen import Listening
from seawall.jobs.states import State
from seawall.jobs.store import Message, StoreUnavailable
from seawall.jobs.stores import postgres
from seawall.jobs.stores.queries import PLANNING, QUERIES
from seawall.runtime.connect import connect
from seawall.runtime.database import Database, close_all
from tests.jobs.process import worker
from tests.jobs.queue import Queue
from tests.jobs.stores import LEASE, PostgresBench
from tests.support.waiting import until

jobs = Jobs()


@jobs.job()
async def record(job: Job, text: str) -> None:
    async with job.complete_in_transaction() as db:
        await db.execute("insert into notes (job, text) values ($1, $2)", job.id, text)


@pytest.fixture
async def here(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """This process enqueues in the test's database."""
    monkeypatch.setenv(contract.DATABASE_URL, url)
    yield url
    await close_all()


async def test_what_workers_send_all_the_time_is_planned_once(postgres_bench: PostgresBench) -> None:
    bench = postgres_bench
    bench.database.limit = 1
    me = await bench.worker()
    for _ in range(10):
        await bench.store.enqueue([Message("q", "a", "{}", 5)] * 3)
        await bench.store.complete([job.held for job in await bench.claim(me)])
    async with bench.database.acquire() as connection:
        planned = await connection.fetch("select statement from pg_prepared_statements where custom_plans > 0")
    assert [row["statement"] for row in planned if "seawall." in row["statement"]] == []


# --- In the caller's transaction -------------------------------------------------------------------------------------


async def test_rolled_back_enqueues_leave_nothing_and_never_run(queue: Queue, url: str, tmp_path: Path) -> None:
    with worker(tmp_path, url) as running:
        for number in range(100):
            transaction = queue.connection.transaction()
            await transaction.start()
            await record.options(connection=queue.connection, key="k" if number % 2 else None).enqueue("never")
            await transaction.rollback()
        last = await record.options(connection=queue.connection, key="k").enqueue("once")
        await queue.wait(last, State.DONE)
        assert running.stop() == 0
    assert await queue.notes() == ["once"]
    count = "select (select count(*) from seawall.jobs) + (select count(*) from seawall.history)"
    assert await queue.value(count) == 1


async def test_the_tables_survive_a_crash_of_the_server(queue: Queue) -> None:
    kinds = "select array_agg(distinct relpersistence::text) from pg_class where relnamespace = 'seawall'::regnamespace"
    assert await queue.value(kinds) == ["p"]


async def test_a_process_enqueues_through_its_own_pool(here: str, queue: Queue) -> None:
    assert here
    ids = await asyncio.gather(*(record.enqueue(str(number)) for number in range(50)))
    assert len(set(ids)) == 50
    assert await queue.value("select count(*) from seawall.jobs") == 50
    keyed = await asyncio.gather(*(record.options(key="k").enqueue("x") for _ in range(10)))
    order = "select array_agg(id order by id) from seawall.jobs where key = 'k'"
    assert await queue.value(order) == sorted(keyed)
    ready = "select array_agg(id) from seawall.jobs where key = 'k' and state = 0"
    assert await queue.value(ready) == [min(keyed)]


async def test_a_message_of_many_is_one_transaction(postgres_bench: PostgresBench) -> None:
    bad = Message("q", "a", "not json", 5)
    with pytest.raises(asyncpg.PostgresError):
        await postgres_bench.store.enqueue([Message("q", "a", "{}", 5), Message("q", "a", "{}", 5, key="k"), bad])
    assert await postgres_bench.connection.fetchval("select count(*) from seawall.jobs") == 0


async def test_the_order_of_a_key_is_the_order_of_commits(postgres_bench: PostgresBench, url: str) -> None:
    store = postgres_bench.store
    first, second = await asyncpg.connect(url), await asyncpg.connect(url)
    try:
        early = first.transaction()
        await early.start()
        late = second.transaction(isolation="repeatable_read")
        await late.start()
        await second.fetchval("select count(*) from seawall.jobs")  # its snapshot is older than what `first` commits
        (one,) = await store.enqueue([Message("q", "a", "{}", 5, key="k")], first)
        waiting = asyncio.create_task(store.enqueue([Message("q", "a", "{}", 5, key="k")], second))
        beside = await store.enqueue([Message("q", "a", "{}", 5, key="other")])
        assert not waiting.done()
        await early.commit()
        (two,) = await waiting
        await late.commit()
    finally:
        await first.close()
        await second.close()
    assert one < two
    me = await postgres_bench.worker()
    assert {job.id for job in await postgres_bench.claim(me)} == {one, *beside}
    assert await postgres_bench.claim(me) == []  # although the second took itself for the first


async def test_a_database_without_the_tables_says_what_to_do(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    with pytest.raises(SeawallError, match=r"SW509.*(?s:.)*python -m seawall\.runtime\.migrate") as caught:
        await record.options(connection=connection).enqueue("x")
    await connection.close()
    assert caught.value.problems[0].code == "SW509"


async def test_claimers_and_rescuers_at_the_same_time_never_share_a_job(postgres_bench: PostgresBench) -> None:
    bench = postgres_bench
    jobs = await bench.store.enqueue([Message("q", "a", "{}", 5, priority=each % 2) for each in range(200)])
    taken: list[int] = []

    async def work() -> None:
        me = await bench.worker()
        while claimed := await bench.claim(me, 7):
            taken.extend(job.id for job in claimed)

    await asyncio.gather(*(work() for _ in range(8)))
    assert sorted(taken) == jobs
    await bench.later(LEASE + 1)
    rescued = await asyncio.gather(*(bench.store.rescue() for _ in range(8)))
    assert sorted(job.id for some in rescued for job in some) == jobs
    counts = "select array_agg(distinct (attempt, crashes)::text) from seawall.jobs"
    assert await bench.connection.fetchval(counts) == ["(0,1)"]  # each rescuer saw that none had been alone


async def test_a_job_that_a_paused_worker_has_locked_holds_no_other_up(postgres_bench: PostgresBench, url: str) -> None:
    bench = postgres_bench
    locked, free = await bench.send(), await bench.send()
    await bench.claim(await bench.worker())
    await bench.later(LEASE + 1)
    paused = await asyncpg.connect(url)
    async with paused.transaction():
        await paused.execute("select from seawall.jobs where id = $1 for update", locked)
        assert [each.id for each in await bench.store.rescue()] == [free]
        assert await bench.store.rescue() == []
    await paused.close()
    assert [each.id for each in await bench.store.rescue()] == [locked]
    # It had company when its worker died, although it is rescued alone.
    assert await bench.look(locked) == await bench.look(free) == (State.READY, 0, 1, "its worker died in attempt 1")
    assert await bench.connection.fetchval("select count(*) from seawall.workers") == 0


# --- The bell --------------------------------------------------------------------------------------------------------


class Ear:
    """Counts the rings in a database."""

    def __init__(self) -> None:
        self.rings: list[object] = []

    def hear(self, *ring: object) -> None:
        self.rings.append(ring[-1])

    async def rang(self, count: int) -> None:
        async def there() -> bool:
            return len(self.rings) >= count

        await until(there)


@pytest.fixture
async def ear(queue: Queue) -> Ear:
    found = Ear()
    await queue.connection.add_listener(contract.JOBS_CHANNEL, found.hear)
    return found


async def test_the_bell_rings_at_the_commit_on_a_foreign_connection(ear: Ear, url: str) -> None:
    connection = await asyncpg.connect(url)
    transaction = connection.transaction()
    await transaction.start()
    await record.options(connection=connection).enqueue("x")
    assert ear.rings == []
    await transaction.commit()
    await ear.rang(1)
    await connection.close()


async def test_the_bell_rings_at_the_commit_and_for_many_once_their_connection_is_back(
    ear: Ear, here: str, queue: Queue
) -> None:
    database = Database(here)
    async with database.acquire() as connection:
        async with connection.transaction():
            for _ in range(5):
                await record.options(connection=connection).enqueue("x")
            await queue.value("select 1")
            assert ear.rings == []
        await ear.rang(1)
    await database.close()
    await asyncio.sleep(0.05)
    assert len(ear.rings) <= 2


async def test_a_ring_that_is_rolled_back_silences_no_other(
    ear: Ear, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "APART_SECONDS", 0.5)
    database = Database(here)
    async with database.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await record.options(connection=connection).enqueue("never")
        await record.enqueue("x")  # too soon to ring itself
        await transaction.rollback()
    await ear.rang(1)
    await database.close()


async def test_a_ring_that_is_due_is_sent_before_connections_are_closed_and_opens_none_after(
    ear: Ear, here: str, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert here
    monkeypatch.setattr(doorbell, "APART_SECONDS", 0.2)
    others = "select count(*) from pg_stat_activity where datname = current_database()"
    before = await queue.value(others)
    await record.enqueue("x")
    await record.enqueue("y")  # too soon to ring itself
    await close_all()
    await ear.rang(2)

    async def as_before() -> bool:
        return bool(await queue.value(others) == before)

    await until(as_before)


async def test_many_enqueues_ring_few_times(ear: Ear, here: str) -> None:
    assert here
    loop = asyncio.get_running_loop()
    started = loop.time()
    for _ in range(4):
        await asyncio.gather(*(record.enqueue("x") for _ in range(50)))
    took = loop.time() - started
    await ear.rang(1)
    await asyncio.sleep(0.05)
    assert len(ear.rings) <= took / 0.005 + 2


async def test_a_listener_proves_that_it_hears_and_comes_back(url: str, queue: Queue) -> None:
    database = Database(url)
    store = postgres.PostgresStore(lambda: database)
    heard: list[bool] = []
    task = asyncio.create_task(Listening(url, lambda _ring: heard.append(True), store.ring).run())

    async def hears(count: int) -> bool:
        return len(heard) >= count

    await until(lambda: hears(1))  # once it is proved: what came before may be waiting
    await store.ring()
    await until(lambda: hears(2))
    cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'seawall listen'"
    assert await queue.value(cut) == 1
    await until(lambda: hears(3))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await database.close()


async def test_a_deaf_listener_is_said_once(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("seawall.jobs.listen.PROOF_SECONDS", 0.05)
    monkeypatch.setattr("seawall.jobs.listen.DEAF_SECONDS", 0.05)
    rings: list[str] = []

    async def ring(text: str) -> None:  # as through a pooler: it rings, and nobody hears it
        rings.append(text)

    task = asyncio.create_task(Listening(url, lambda _ring: None, ring).run())

    async def tried() -> bool:
        return len(rings) >= 3

    await until(tried)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert caplog.text.count("LISTEN unavailable, polling every 1 s") == 1


# --- Completing in a transaction -------------------------------------------------------------------------------------


class Bench:
    """A job that runs, and the effects of those who complete it."""

    def __init__(self, bench: PostgresBench) -> None:
        self.bench = bench
        self.store = bench.store
        self.committed = 0

    async def start(self) -> None:
        await self.bench.connection.execute("create table effects (job bigint)")
        self.job = await self.bench.send()
        self.held = (await self.bench.take(await self.bench.worker(), self.job)).held

    def note(self) -> None:
        self.committed += 1

    async def complete(self) -> None:
        async with self.store.completing(self.held, self.note) as db:
            await db.execute("insert into effects values ($1)", self.job)

    async def effects(self) -> int:
        return int(await self.bench.connection.fetchval("select count(*) from effects"))


@pytest.fixture
async def completing(postgres_bench: PostgresBench) -> Bench:
    made = Bench(postgres_bench)
    await made.start()
    return made


async def test_effect_and_completion_commit_together(completing: Bench) -> None:
    await completing.complete()
    assert (await completing.effects(), completing.committed) == (1, 1)
    assert await completing.bench.state(completing.job) is State.DONE


async def test_a_lost_lease_rolls_the_effect_back(completing: Bench) -> None:
    await completing.bench.lose_workers()
    await completing.store.rescue()
    with pytest.raises(LeaseLost):
        await completing.complete()
    assert (await completing.effects(), completing.committed) == (0, 0)


def commit_as(monkeypatch: pytest.MonkeyPatch, commit: Callable[[Any, Callable[..., Any]], Any]) -> None:
    """Let the next commit be done by `commit`, which gets the transaction and the real commit."""
    real = Transaction.commit

    async def once(transaction: Any) -> None:
        monkeypatch.setattr(Transaction, "commit", real)
        await commit(transaction, real)

    monkeypatch.setattr(Transaction, "commit", once)


async def test_a_commit_whose_answer_got_lost_is_read_back(completing: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lose_the_answer(transaction: Any, real: Callable[..., Any]) -> None:
        await real(transaction)
        raise ConnectionResetError

    commit_as(monkeypatch, lose_the_answer)
    await completing.complete()
    assert (await completing.effects(), completing.committed) == (1, 1)


async def test_a_commit_that_did_not_reach_the_server_is_a_failure(
    completing: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(transaction: Any, real: Callable[..., Any]) -> None:
        del real
        transaction._connection.terminate()
        raise ConnectionResetError

    commit_as(monkeypatch, cut)
    with pytest.raises(ConnectionResetError):
        await completing.complete()
    assert (await completing.effects(), completing.committed) == (0, 0)
    assert await completing.bench.state(completing.job) is State.RUNNING


async def test_a_commit_still_under_way_is_waited_for(completing: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    later: list[asyncio.Task[None]] = []

    async def lose_sight(transaction: Any, real: Callable[..., Any]) -> None:
        async def arrive() -> None:
            async def waited_for() -> bool:
                waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                return bool(await completing.bench.connection.fetchval(waiting))

            await until(waited_for)
            await real(transaction)

        later.append(asyncio.create_task(arrive()))
        raise ConnectionResetError

    commit_as(monkeypatch, lose_sight)
    # The connection goes back to its pool while the commit is on its way: that is what a proxy would do.
    monkeypatch.setattr(Database, "give_back", _keep)
    await completing.complete()
    await later[0]
    assert (await completing.effects(), completing.committed) == (1, 1)


async def _keep(_self: Database, _connection: object, _error: object = None) -> None: ...


async def test_a_cancelled_commit_that_took_place_is_known(completing: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cancelled(transaction: Any, real: Callable[..., Any]) -> None:
        await real(transaction)
        raise asyncio.CancelledError

    commit_as(monkeypatch, cancelled)
    with pytest.raises(asyncio.CancelledError):
        await completing.complete()
    assert (await completing.effects(), completing.committed) == (1, 1)


# --- Trouble, plans --------------------------------------------------------------------------------------------------


async def test_a_server_that_is_away_is_said_as_such(postgres_bench: PostgresBench) -> None:
    store = postgres.PostgresStore(lambda: Database("postgresql://u:hunter2@127.0.0.1:1/x"))
    with pytest.raises(StoreUnavailable, match="refused") as caught:
        await store.rescue()
    assert "hunter2" not in str(caught.value)
    me = await postgres_bench.worker()
    await postgres_bench.connection.execute("alter table seawall.workers rename to elsewhere")
    with pytest.raises(StoreUnavailable, match="UndefinedTableError"):
        await postgres_bench.store.leave(me)


WEEKDAY = "select extract(dow from clock_timestamp() at time zone 'UTC')::int"


async def test_a_day_of_history_is_emptied_before_its_weekday_comes_again(postgres_bench: PostgresBench) -> None:
    bench = postgres_bench
    for _ in range(2):
        await bench.send()
    me = await bench.worker()
    await bench.store.complete([job.held for job in await bench.claim(me)])
    today = await bench.connection.fetchval(WEEKDAY)
    columns = (
        "id, run_at, enqueued_at, claim, state, priority, attempt, max_attempts, crashes, queue, name, release, args"
    )
    for day in {*range(7)} - {today}:
        await bench.connection.execute(
            f"insert into seawall.history_{day} ({columns}) select {100 + day}, {columns.partition(', ')[2]} "
            f"from seawall.history_{today} limit 1"
        )
    await bench.connection.execute("insert into seawall.cron_ticks values ('a', now(), now() - interval '8 days', 1)")
    assert await bench.store.prune(timedelta(days=7)) == 0
    kept = {row["id"] for row in await bench.connection.fetch("select id from seawall.history where id >= 100")}
    assert kept == {100 + day for day in range(7) if day not in (today, (today + 1) % 7)}
    assert await bench.connection.fetchval("select count(*) from seawall.history where id < 100") == 2
    assert await bench.connection.fetchval("select count(*) from seawall.cron_ticks") == 0


async def test_history_is_not_emptied_where_midnight_passes_meanwhile(
    postgres_bench: PostgresBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = postgres_bench
    await bench.connection.execute("create sequence days minvalue 0")
    monkeypatch.setitem(cast("dict[str, str]", QUERIES), "weekday", "select nextval('days')::int % 7")
    columns = (
        "id, run_at, enqueued_at, claim, state, priority, attempt, max_attempts, crashes, queue, name, release, args"
    )
    await bench.connection.execute(
        f"insert into seawall.history_1 ({columns}) values (1, now(), now(), 1, 4, 0, 1, 5, 0, 'q', 'a', '', '{{}}')"
    )
    await bench.store.prune(timedelta(days=7))  # it is day 0 when it looks, and day 1 when it has the lock
    assert await bench.connection.fetchval("select count(*) from seawall.history") == 1
    await bench.connection.execute("alter sequence days restart; alter sequence days maxvalue 2 increment 7 cycle")
    await bench.store.prune(timedelta(days=7))
    assert await bench.connection.fetchval("select count(*) from seawall.history") == 0


async def test_a_reader_of_old_history_delays_its_end_and_nobody_else(postgres_bench: PostgresBench, url: str) -> None:
    bench = postgres_bench
    me = await bench.worker()
    tomorrow = (await bench.connection.fetchval(WEEKDAY) + 1) % 7
    await bench.send()
    (job,) = await bench.claim(me)
    await bench.store.complete([job.held])
    await bench.connection.execute(
        f"with gone as (delete from seawall.history_{(tomorrow - 1) % 7} returning *) "
        f"insert into seawall.history_{tomorrow} select * from gone"
    )
    reader = await asyncpg.connect(url)
    async with reader.transaction():
        assert await reader.fetchval("select count(*) from seawall.history") == 1
        assert await bench.store.prune(timedelta(days=7)) == 0
        await bench.send()
        (job,) = await bench.claim(me)
        assert await bench.store.complete([job.held]) == {job.id}
    await reader.close()
    assert await bench.connection.fetchval("select count(*) from seawall.history") == 2
    await bench.store.prune(timedelta(days=7))
    assert await bench.connection.fetchval("select count(*) from seawall.history") == 1


async def test_the_history_of_the_release_before_is_pruned_too(postgres_bench: PostgresBench) -> None:
    bench = postgres_bench
    for _ in range(3):
        await bench.send()
    me = await bench.worker()
    await bench.store.complete([job.held for job in await bench.claim(me)])
    day = await bench.connection.fetchval(WEEKDAY)
    await bench.connection.execute(
        f"with gone as (delete from seawall.history_{day} returning *) "
        "insert into seawall.job_history select id, run_at, enqueued_at, claimed_at, now() - interval '4 days' * id, "
        "tick, claim, worker, state, priority, attempt, max_attempts, crashes, queue, name, key, release, traceparent, "
        "last_error, args from gone"
    )
    assert await bench.store.prune(timedelta(days=7)) == 2
    assert await bench.connection.fetchval("select count(*) from seawall.history") == 1


# --- What people and workers read ------------------------------------------------------------------------------------


def test_the_guide_says_what_the_numbers_of_the_states_mean() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "jobs.md").read_text()
    assert ", ".join(f"{state.value} {state.label}" for state in State) in guide


async def test_a_tick_that_was_forgotten_does_not_come_again(postgres_bench: PostgresBench) -> None:
    bench = postgres_bench
    await bench.worker({"nightly": "x"})
    now: list[datetime] = []

    def decide(last: datetime, moment: datetime) -> Due:
        now.append(last)
        return Due((moment,) if len(now) == 1 else (), moment)

    def message(tick: datetime) -> Message:
        return Message("q", "a", "{}", 1, tick=tick)

    done = await bench.store.tick("nightly", "x", decide, message)
    await bench.store.tick("nightly", "x", decide, message)
    assert now[0] < done.ticks[0] == now[1]


# The indexes that each statement must use, and the values of its parameters.
HOT = {
    "claim": (["jobs_ready", "jobs_pkey"], "('{me}', 'q', array['a'], 10, 2)"),
    "claim_from": (["jobs_ready", "jobs_pkey"], "('{me}', 'q', array['a'], 10, 2, 0::smallint, now(), 1)"),
    "finish_0": (["jobs_pkey"], "(array[1, 2, 3], array[1, 1, 1], 4, null)"),
    "put_back": (["jobs_pkey"], "(array[1, 2, 3], array[1, 1, 1])"),
    "unblock": (["jobs_pkey", "jobs_blocked", "jobs_key"], "(array['k200', 'k600'])"),
    "fail": (["jobs_pkey"], "(1, 1, null, 'x')"),
    "mourn": (["jobs_running"], ""),
    "rescue": (["jobs_running", "jobs_pkey"], "(3)"),
    "reserve": (["jobs_suspect"], "('{me}', array['q'], array['a'])"),
    "blocked_keys": (["jobs_blocked"], ""),
    "oldest": (["jobs_ready"], "(array['q'])"),
}


FILL = """
    insert into seawall.jobs (queue, name, args, state, max_attempts, key, worker)
    select 'q', 'a', '{}', case when n % 100 = 0 then n / 100 % 4 else 0 end, 5,
        case when n % 100 = 0 then 'k' || n end, case when n % 100 = 0 and n / 100 % 4 = 1 then $1::uuid end
    from generate_series(1, 20000) n
"""


async def test_plans_that_were_made_while_there_were_no_jobs_serve_for_many(
    postgres_bench: PostgresBench, url: str
) -> None:
    me = await postgres_bench.worker()
    await postgres_bench.connection.execute("vacuum analyze seawall.jobs")
    connection = await connect(url, planning=PLANNING)
    for name, (_, values) in HOT.items():
        await connection.execute(f"prepare {name} as {QUERIES[name]}")
        await connection.execute(f"explain execute {name} {values.format(me=me)}")
    await postgres_bench.connection.execute(FILL, me)
    for name, (_, values) in HOT.items():
        transaction = connection.transaction()
        await transaction.start()
        rows = await connection.fetch(f"explain (analyze, buffers) execute {name} {values.format(me=me)}")
        await transaction.rollback()
        plan = "\n".join(row[0] for row in rows)
        assert "Seq Scan on jobs" not in plan, f"{name}: {plan}"
        read = max(int(pages) for pages in re.findall(r"shared hit=(\d+)", plan))
        assert read < 2_000, f"{name}: {plan}"  # to read all by an index takes as many pages as there are jobs
    await connection.close()


@pytest.mark.parametrize("name", HOT)
async def test_no_hot_statement_reads_the_whole_table(postgres_bench: PostgresBench, name: str) -> None:
    bench = postgres_bench
    me = await bench.worker()
    await bench.connection.execute(FILL, me)
    await bench.connection.execute("analyze seawall.jobs")
    indexes, values = HOT[name]
    # A generic plan is what a connection settles on; it does not know how few rows the parameters ask for.
    await bench.connection.execute(f"set plan_cache_mode = force_generic_plan; prepare hot as {QUERIES[name]}")
    plan = "\n".join(row[0] for row in await bench.connection.fetch(f"explain execute hot {values.format(me=me)}"))
    for index in indexes:
        assert index in plan, plan
    assert "Seq Scan on jobs" not in plan, plan
