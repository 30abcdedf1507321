"""Workers as processes on a real PostgreSQL, and what is done to them."""

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from seawall import contract
from seawall.jobs.states import State
from seawall.runtime import migrator
from tests.jobs.apps import work
from tests.jobs.process import LEASE, Worker, worker
from tests.jobs.queue import Queue, prepare
from tests.support.cluster import Server
from tests.support.waiting import until


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the test's own, to be hurt."""
    own = Server(tmp_path_factory.mktemp("hurt"))
    own.start()
    yield own
    own.stop(signal.SIGQUIT)


RESCUED_WITHIN = LEASE + LEASE / contract.BEATS_PER_LEASE


async def test_a_worker_killed_in_the_middle_of_a_job_is_replaced_by_the_next(
    queue: Queue, url: str, tmp_path: Path
) -> None:
    with worker(tmp_path, url) as first, worker(tmp_path, url) as second:
        job = await work.slow.options(connection=queue.connection).enqueue(1.0)
        await queue.wait_for_note(job, "start")
        pid = await queue.value("select pid from notes where job = $1", job)
        killed, other = (first, second) if pid == first.pid else (second, first)
        killed.kill()
        died = time.monotonic()
        await queue.wait_for_note(job, "start", count=2)
        assert time.monotonic() - died < 3 * RESCUED_WITHIN
        await queue.wait(job, State.DONE)
        assert await queue.notes(job) == ["start", "start", "end"]
        assert await queue.value("select pid from notes where job = $1 and text = 'end'", job) == other.pid
        assert await queue.value("select array_agg(claim order by id) from notes where job = $1", job) == [1, 2, 2]


async def test_a_worker_that_wakes_after_its_lease_changes_nothing(queue: Queue, url: str, tmp_path: Path) -> None:
    with worker(tmp_path, url) as stale:
        job = await work.once.options(connection=queue.connection).enqueue(1.0)
        await queue.wait_for_note(job, "start")
        stale.send(signal.SIGSTOP)
        with worker(tmp_path, url):
            await queue.wait_for_note(job, "start", count=2)
            stale.send(signal.SIGCONT)  # its handler is due to complete while the second attempt runs
            await queue.wait(job, State.DONE)

            async def said() -> bool:
                return any(message.startswith("lease_lost") for message in stale.messages)

            await until(said)
            assert await queue.value("select array_agg(claim) from effects where job = $1", job) == [2]
        # It has begun anew, and works.
        fresh = await work.record.options(connection=queue.connection).enqueue("again")
        await queue.wait(fresh, State.DONE)


async def test_a_job_that_kills_its_worker_takes_no_innocent_with_it(queue: Queue, url: str, tmp_path: Path) -> None:
    poison = await work.kills.options(connection=queue.connection).enqueue()
    innocent = [await work.slow.options(connection=queue.connection).enqueue(0.6) for _ in range(3)]
    everything = {poison, *innocent}
    deaths = 0

    async def settled() -> bool:
        return {await queue.state(job) for job in everything} <= {State.DONE, State.DEAD}

    async def over(running: Worker) -> bool:
        return running.process.poll() is not None or await settled()

    while not await settled():
        with worker(tmp_path, url, until="") as running:
            await until(partial(over, running))
            deaths += running.process.poll() is not None
    row = await queue.row(poison)
    assert (row["state"], row["crashes"], deaths) == (State.DEAD, contract.MAX_CRASHES, contract.MAX_CRASHES)
    assert row["last_error"].startswith("its worker died")
    assert [await queue.state(job) for job in innocent] == [State.DONE] * 3
    assert await queue.value("select max(crashes) from seawall.history") <= contract.LONE_AFTER_CRASHES
    # In its last attempt it was alone: whatever else its process had started had come to its end.
    last = await queue.value("select pid from notes where job = $1 order by id desc limit 1", poison)
    unended = "select sum(case text when 'start' then 1 else -1 end) from notes where pid = $1 and job <> $2"
    assert (await queue.value(unended, last, poison) or 0) == 0


async def test_sigterm_gives_back_what_does_not_end_in_time(queue: Queue, url: str, tmp_path: Path) -> None:
    with worker(tmp_path, url, DRAIN_TIMEOUT="1") as running:
        short = await work.slow.options(connection=queue.connection).enqueue(0.5)
        long = await work.slow.options(connection=queue.connection).enqueue(60)
        await queue.wait_for_note(None, "start", count=2)
        running.send(signal.SIGTERM)
        running.wait_until("/ready", 503)
        late = await work.record.options(connection=queue.connection).enqueue("late")
        assert running.process.wait(20) == 0
    assert await queue.state(short) is State.DONE
    row = await queue.row(long)
    assert (row["state"], row["attempt"], row["crashes"], row["claim"]) == (State.READY, 0, 0, 1)
    assert await queue.state(late) is State.READY
    assert await queue.value("select count(*) from seawall.workers") == 0
    assert await queue.value("select count(*) from seawall.jobs where state = 1") == 0


async def test_a_second_signal_waits_no_longer(queue: Queue, url: str, tmp_path: Path) -> None:
    with worker(tmp_path, url, DRAIN_TIMEOUT="60") as running:
        job = await work.slow.options(connection=queue.connection).enqueue(60)
        await queue.wait_for_note(job, "start")
        running.send(signal.SIGTERM)
        running.wait_until("/ready", 503)
        assert running.process.poll() is None
        running.send(signal.SIGTERM)
        assert running.process.wait(20) == 0
    assert (await queue.row(job))["state"] == State.READY


async def test_a_thread_that_does_not_end_is_freed_by_the_end_of_the_process(
    queue: Queue, url: str, tmp_path: Path
) -> None:
    marks = tmp_path / "marks"

    async def begun(count: int = 1) -> bool:
        return marks.exists() and marks.read_text().count("start") == count

    job = await work.in_thread.options(connection=queue.connection).enqueue(str(marks), 6.0)
    with worker(tmp_path, url, DRAIN_TIMEOUT="0.2") as running:
        await until(begun)
        assert running.stop() == 0
    assert (await queue.row(job))["worker"] is not None
    with worker(tmp_path, url):
        await until(lambda: begun(2))
        row = await queue.row(job)
        assert (row["attempt"], row["crashes"]) == (1, 0)
    assert "end" not in marks.read_text()


async def test_a_handler_that_blocks_the_loop_is_taken_for_dead_and_said(
    queue: Queue, url: str, tmp_path: Path
) -> None:
    with worker(tmp_path, url) as stuck:
        job = await work.blocks.options(connection=queue.connection).enqueue(3 * LEASE)
        await queue.wait_for_note(job, "start")
        with worker(tmp_path, url):
            await queue.wait_for_note(job, "start", count=2)

            async def said() -> bool:
                return any("event loop has not turned" in message for message in stuck.messages)

            await until(said)


async def test_two_releases_share_a_queue(queue: Queue, url: str, tmp_path: Path) -> None:
    new = await work.record.options(connection=queue.connection).enqueue("new")
    with worker(tmp_path, url, "ticking:jobs", SCHEDULE="0 0 1 1 *"):
        await asyncio.sleep(2 * contract.POLL_SECONDS)  # it has looked at least once
        row = await queue.row(new)
        assert (row["state"], row["attempt"], row["claim"]) == (State.READY, 0, 0)
        with worker(tmp_path, url):
            await queue.wait(new, State.DONE)


async def test_each_tick_is_one_run_with_two_workers_and_a_kill(queue: Queue, url: str, tmp_path: Path) -> None:
    ticks = "select count(*) from seawall.cron_ticks"
    with ExitStack() as stack:
        first = stack.enter_context(worker(tmp_path, url, "ticking:jobs"))
        stack.enter_context(worker(tmp_path, url, "ticking:jobs"))

        async def ticked(count: int) -> bool:
            return bool(await queue.value(ticks) >= count)

        await until(lambda: ticked(3))
        first.kill()
        await until(lambda: ticked(7))
    rows = await queue.connection.fetch("select tick from seawall.cron_ticks order by tick")
    seconds = [row["tick"].timestamp() for row in rows]
    assert seconds == [seconds[0] + offset for offset in range(len(rows))]  # none is missing
    jobs = await queue.connection.fetch("select tick from seawall.jobs union all select tick from seawall.history")
    assert sorted(row["tick"] for row in jobs) == [row["tick"] for row in rows]  # none has two jobs


async def test_what_runs_at_intervals_runs_in_each_worker_and_survives_failure(
    queue: Queue, url: str, tmp_path: Path
) -> None:
    with worker(tmp_path, url, "ticking:jobs", SCHEDULE="0 0 1 1 *") as running:
        await queue.wait_for_note(None, "look", count=5)
        text = running.get("/metrics").text
        assert running.stop() == 0
    assert "knows 1 job, runs up to 10 at once" in running.messages
    assert 'worker_jobs_failure_total{job="look"} 0\n' in text
    failures = next(line for line in text.splitlines() if line.startswith('worker_jobs_failure_total{job="fail"}'))
    assert float(failures.rpartition(" ")[2]) >= 3
    assert any("each time" in str(line) for line in running.lines)


async def test_a_worker_waits_for_the_migrations_and_says_so_once(database_url: str, tmp_path: Path) -> None:
    with worker(tmp_path, database_url, until="/live") as running:

        async def said() -> bool:
            return any("seawall.runtime.migrate" in message for message in running.messages)

        await until(said)
        assert running.get("/ready").status_code == 503
        assert running.get("/health").status_code == 503
        await migrator.apply(database_url, [contract.JOBS_MIGRATIONS], pauses=())
        running.wait_until("/ready", 200)
        assert sum("seawall.runtime.migrate" in message for message in running.messages) == 1
        assert "knows 10 jobs, runs up to 10 at once" in running.messages
        assert running.stop() == 0


async def test_a_worker_claims_no_job_before_the_migrations_of_its_code_are_applied(
    queue: Queue, url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_first.sql").write_text("create table first (n integer);\n")
    job = await work.record.options(connection=queue.connection).enqueue("x")
    with worker(tmp_path, url, until="/live", DATABASE_MIGRATIONS=str(folder)) as running:

        async def said() -> bool:
            return any("code needs 0001_first" in message for message in running.messages)

        await until(said)
        assert running.get("/ready").status_code == 503
        assert await queue.state(job) is State.READY
        await migrator.apply(url, [str(folder)], pauses=())
        await queue.wait(job, State.DONE)
        running.wait_until("/ready", 200)


async def test_where_the_queue_is_elsewhere_those_migrations_are_not_looked_for(
    queue: Queue, url: str, tmp_path: Path
) -> None:
    (tmp_path / "0001_first.sql").write_text("create table first (n integer);\n")
    job = await work.record.options(connection=queue.connection).enqueue("x")
    own = {"DATABASE_URL": "", "QUEUE_DATABASE_URL": url, "DATABASE_MIGRATIONS": str(tmp_path)}
    with worker(tmp_path, url, "elsewhere:jobs", **own):
        await queue.wait(job, State.DONE)


async def test_a_worker_says_how_it_is(queue: Queue, url: str, tmp_path: Path) -> None:
    with worker(tmp_path, url, SEAWALL_RELEASE="abc", SEAWALL_SERVICE="orders") as running:
        text = running.get("/metrics").text
        for metric in (contract.JOBS_SUCCESS, contract.JOBS_FAILURE, contract.JOBS_DEAD, contract.JOBS_RUNNING):
            for name in work.jobs.functions:
                assert f'{metric}{{job="{name}"}} 0\n' in text
        job = await work.record.options(connection=queue.connection).enqueue("x")
        await queue.wait(job, State.DONE)
        text = running.get("/metrics").text
        assert f'{contract.JOBS_SUCCESS}{{job="record"}} 1\n' in text
        assert f'{contract.JOB_DURATION}_count{{job="record"}} 1\n' in text
        assert f'{contract.QUEUE_DEPTH}{{queue="default",state="ready"}} 0\n' in text
        assert f'{contract.QUEUE_OLDEST}{{queue="default"}} ' in text
        beat = next(line for line in text.splitlines() if line.startswith(f"{contract.HEARTBEAT} "))
        assert 0 <= time.time() - float(beat.split()[1]) < LEASE
        health = running.get("/health")
        body = health.json()
        assert (health.status_code, body["service"], body["release"]) == (200, "orders", "abc")
        assert body["checks"]["last_heartbeat"]["detail"]["age_seconds"] < LEASE
        assert set(body["checks"]) == {"database", "last_heartbeat", "queues", "disk"}
        assert "default" in body["checks"]["queues"]["detail"]
        assert running.get("/live").status_code == 200
        assert running.stop() == 0


@pytest.mark.parametrize("level", ["serializable", "read_committed"])
async def test_a_worker_is_woken_at_the_commit_of_a_callers_transaction(
    queue: Queue, url: str, tmp_path: Path, level: str
) -> None:
    with worker(tmp_path, url):
        async with queue.connection.transaction(isolation=level):
            job = await work.record.options(connection=queue.connection, key="k").enqueue("x")
            await asyncio.sleep(0)
        started = time.monotonic()
        await queue.wait(job, State.DONE)
        assert time.monotonic() - started < 3.0


async def test_workers_outlive_a_crash_of_the_server(server: Server, tmp_path: Path) -> None:
    url = f"{server.url}/postgres"
    await migrator.apply(url, [contract.JOBS_MIGRATIONS], pauses=())
    connection = await asyncpg.connect(url)
    await prepare(connection)
    job = await work.slow.options(connection=connection).enqueue(1.0)
    with worker(tmp_path, url) as running:
        await Queue(connection).wait_for_note(job, "start")
        server.stop(signal.SIGQUIT)
        server.start()
        queue = Queue(await asyncpg.connect(url))
        await queue.wait(job, State.DONE)
        fresh = await work.record.options(connection=queue.connection).enqueue("after")
        await queue.wait(fresh, State.DONE)
        running.wait_until("/ready", 200)
        assert running.stop() == 0
    assert await queue.value("select max(crashes) from seawall.history") == 0
    await queue.connection.close()


async def test_a_worker_that_still_waits_stops_at_once(database_url: str, tmp_path: Path) -> None:
    with worker(tmp_path, database_url, until="/live") as running:
        assert running.stop() == 0
        assert running.messages[-1] == "stopped"


async def test_a_worker_begins_anew_after_so_many_jobs_as_the_same_process(
    queue: Queue, url: str, tmp_path: Path
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "token").write_text("hunter2")
    variables = {"WORKER_RENEW_JOBS": "3", "TOKEN_FILE": str(secrets / "token"), "SEAWALL_SECRETS": str(secrets)}
    with worker(tmp_path, url, **variables) as running:
        for _ in range(3):
            await work.record.options(connection=queue.connection).enqueue("before")
        await queue.wait_for_note(None, "before", 3)

        async def renewed() -> bool:
            return sum(message.startswith("knows ") for message in running.messages) == 2

        await until(renewed)
        await work.record.options(connection=queue.connection).enqueue("after")
        await queue.wait_for_note(None, "after")
        pids = await queue.connection.fetch("select distinct pid from notes")
        assert [row["pid"] for row in pids] == [running.pid]
        assert b"hunter2" not in running.environ
        assert running.stop() == 0
    assert any(message.startswith("renews itself: ") for message in running.messages)


async def test_sigterm_while_a_worker_begins_anew_ends_it(queue: Queue, url: str, tmp_path: Path) -> None:
    with worker(tmp_path, url, WORKER_RENEW_JOBS="1") as running:
        job = await work.slow.options(connection=queue.connection).enqueue(1.0)
        await queue.wait_for_note(job, "start")
        await work.record.options(connection=queue.connection).enqueue("x")

        async def stops() -> bool:
            return any(message.startswith("renews itself: ") for message in running.messages)

        await until(stops)
        assert running.stop() == 0
        await queue.wait(job, State.DONE)
    assert sum(message.startswith("knows ") for message in running.messages) == 1
