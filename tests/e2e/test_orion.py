import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.e2e.conftest import copy
from tests.support.cluster import free_port
from tests.support.systems import EXAMPLES
from tests.support.up import Event, Running, up
from tests.support.waiting import until

PATIENCE = 60.0
EVERY_TWO_SECONDS = "*/2 * * * * *"
PROBLEM = "application/problem+json"

# From now on a run takes longer than the two seconds to the next tick, and tells when it was under way.
SLOW_RUNS = """
    create table runs (began timestamptz, ended timestamptz);
    create function begin_run() returns trigger language plpgsql as $$ begin
        insert into runs values (clock_timestamp());
        perform pg_sleep(2.5);
        return null;
    end $$;
    create function end_run() returns trigger language plpgsql as $$ begin
        update runs set ended = clock_timestamp() where ended is null;
        return null;
    end $$;
    create trigger begin_run before update on records for each statement execute function begin_run();
    create trigger end_run after update on records for each statement execute function end_run();
"""
QUICK_RUNS = "drop function begin_run, end_run cascade; drop table runs"
OVERLAPS = "select count(*) from runs a join runs b on a.began < b.began and b.began < a.ended"


@dataclass
class Orion:
    """The system, running in the environment uat, with a tick every two seconds."""

    folder: Path
    running: Running
    database_url: str

    @property
    def edge(self) -> str:
        return self.running.urls["orion"]

    @property
    def api(self) -> str:
        return self.running.urls["api"]

    @property
    def worker(self) -> str:
        return self.running.urls["worker"]

    def post(self) -> httpx.Response:
        return httpx.post(f"{self.edge}/records", json={"text": "a record"}, timeout=PATIENCE)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.edge + path, timeout=PATIENCE).raise_for_status()

    def metric(self, name: str) -> float:
        series = f'{name}{{job="stamp_records"}} '
        lines = httpx.get(f"{self.worker}/metrics").raise_for_status().text.splitlines()
        return float(next(line for line in lines if line.startswith(series)).removeprefix(series))


@pytest.fixture(scope="module")
def orion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orion]:
    folder = copy(EXAMPLES / "orion", tmp_path_factory.mktemp("e2e") / "orion")
    written = (folder / "stack.py").read_text()
    edited = written.replace('"* * * * *"', f'"{EVERY_TWO_SECONDS}"').replace(
        "singleton=True,", "singleton=True, lease=5,"
    )
    assert edited.count(EVERY_TWO_SECONDS) == edited.count("lease=5") == 1
    (folder / "stack.py").write_text(edited)
    ports = {name: free_port() for name in ("api", "worker", "db")}
    options = [word for name, port in ports.items() for word in ("--port", f"{name}={port}")]
    with up(folder, "--env", "uat", *options) as running:
        assert running.urls
        password = (folder / ".seawall" / "postgres" / "db.password").read_text().strip()
        yield Orion(folder, running, f"postgresql://postgres:{password}@127.0.0.1:{ports['db']}/orion")


@pytest.fixture
async def database(orion: Orion) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(orion.database_url)
    yield connection
    await connection.close()


async def stamped_at(database: asyncpg.Connection, record: int) -> datetime | None:
    found: datetime | None = await database.fetchval("select stamped_at from records where id = $1", record)
    return found


async def stamped_anew(database: asyncpg.Connection, record: int) -> None:
    """Wait until a run that begins after now has stamped the record."""
    now = await database.fetchval("select clock_timestamp()")

    async def stamped() -> bool:
        found = await stamped_at(database, record)
        return found is not None and found > now

    await until(stamped, PATIENCE)


def test_the_edge_and_the_api_s_own_port_say_what_runs(orion: Orion) -> None:
    for address in (orion.edge, orion.api):
        info = httpx.get(address).raise_for_status().json()
        assert (info["name"], info["environment"]) == ("orion", "uat")
        health = httpx.get(f"{address}/health").raise_for_status().json()
        assert health["checks"]["database"]["status"] == "ok"


def test_metrics_are_for_those_inside_only(orion: Orion) -> None:
    for path in ("/metrics", "/live", "/ready"):
        assert httpx.get(orion.edge + path).status_code == 404
        assert httpx.get(orion.api + path).status_code == 200
        assert httpx.get(orion.worker + path).status_code == 200
    assert "http_request_duration_seconds_bucket{" in httpx.get(f"{orion.api}/metrics").text
    assert 'worker_job_duration_seconds_bucket{job="stamp_records"' in httpx.get(f"{orion.worker}/metrics").text


async def test_a_record_gets_its_timestamp_at_a_tick(orion: Orion) -> None:
    posted = orion.post()
    assert posted.status_code == 201
    assert posted.json()["stamped_at"] is None

    async def stamped() -> bool:
        [newest] = orion.get("/records?limit=1").json()["records"]
        assert newest["id"] == posted.json()["id"]
        return newest["stamped_at"] is not None

    await until(stamped, PATIENCE)
    assert orion.metric("worker_jobs_success_total") >= 1


async def test_a_worker_killed_in_a_run_is_back_and_the_next_tick_resumes(
    orion: Orion, database: asyncpg.Connection
) -> None:
    record = orion.post().json()["id"]
    seen = len(orion.running.events)
    killed = orion.running.pid("worker")
    async with held(orion, record):  # so that a run is under way until the test lets it end

        async def in_the_middle() -> bool:
            waits = "select true from pg_stat_activity where wait_event_type = 'Lock' and query like '%update records%'"
            return bool(await database.fetchval(waits))

        await until(in_the_middle, PATIENCE)
        run = await database.fetchval("select id from seawall.jobs where name = 'stamp_records' and state = 1")
        before = await stamped_at(database, record)
        os.kill(killed, signal.SIGKILL)
        orion.running.wait_for(lambda event: of_worker(event, "crashed"), since=seen)
        orion.running.wait_for(lambda event: of_worker(event, "ready"), since=seen)
        assert await stamped_at(database, record) == before
    await stamped_anew(database, record)
    assert orion.running.pid("worker") != killed

    async def given_up() -> bool:
        return bool(await database.fetchval("select true from seawall.jobs where id = $1 and state = 3", run))

    await until(given_up, PATIENCE)
    assert await database.fetchval("select attempt from seawall.jobs where id = $1", run) == 1


@asynccontextmanager
async def held(orion: Orion, record: int) -> AsyncIterator[None]:
    """Nobody can change the record meanwhile."""
    connection = await asyncpg.connect(orion.database_url)
    try:
        async with connection.transaction():
            await connection.execute("select from records where id = $1 for update", record)
            yield
    finally:
        await connection.close()


def of_worker(event: Event, kind: str) -> bool:
    return bool(event.get("event") == kind and event["name"] == "worker")


async def test_a_failed_run_is_counted_and_not_retried_and_the_next_tick_resumes(
    orion: Orion, database: asyncpg.Connection
) -> None:
    record = orion.post().json()["id"]
    failures = orion.metric("worker_jobs_failure_total")
    await database.execute("alter table records rename to elsewhere")
    try:

        async def failed() -> bool:
            return orion.metric("worker_jobs_failure_total") > failures

        await until(failed, PATIENCE)
    finally:
        await database.execute("alter table elsewhere rename to records")
    await stamped_anew(database, record)
    rows = await database.fetch(
        "select state, attempt from seawall.jobs where name = 'stamp_records' and last_error like '%does not exist%'"
    )
    assert {(row["state"], row["attempt"]) for row in rows} == {(3, 1)}
    assert orion.metric("worker_jobs_failure_total") == failures + len(rows)


@contextmanager
def second_worker(orion: Orion) -> Iterator[None]:
    """Another worker of the same system, as a mistake would start one."""
    variables = {
        **os.environ,
        "DATABASE_URL": orion.database_url,
        "CRON_SCHEDULE": EVERY_TWO_SECONDS,
        "TZ": "UTC",
        "METRICS_PORT": str(free_port()),
    }
    command = [sys.executable, "-m", "seawall.jobs", "orion.jobs:jobs"]
    with (orion.folder.parent / "second.log").open("wb") as log:
        worker = subprocess.Popen(command, cwd=orion.folder, env=variables, stdout=log, stderr=log)
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(PATIENCE)


async def test_runs_that_take_longer_than_their_interval_never_overlap_not_even_with_two_workers(
    orion: Orion, database: asyncpg.Connection
) -> None:
    since = await database.fetchval("select clock_timestamp()")
    await database.execute(SLOW_RUNS)
    try:
        with second_worker(orion):

            async def enough() -> bool:
                done = await ticks_since(database, since)
                return len(done) >= 6 and len({row["worker"] for row in done}) == 2

            await until(enough, PATIENCE)
        assert await database.fetchval(OVERLAPS) == 0
        runs = await database.fetchval("select count(*) from runs")
        assert 2 <= runs < len(await ticks_since(database, since))  # the other ticks were left out
    finally:
        await database.execute(QUICK_RUNS)


async def ticks_since(database: asyncpg.Connection, moment: datetime) -> list[asyncpg.Record]:
    """The jobs that have ended since then, one for each tick."""
    return await database.fetch(
        "select worker from seawall.history where name = 'stamp_records' and claimed_at > $1", moment
    )


async def test_without_its_database_the_api_answers_503_and_is_back_without_a_restart(orion: Orion) -> None:
    seen = len(orion.running.events)
    os.kill(orion.running.pid("db"), signal.SIGINT)

    async def answers(status: int) -> bool:
        answer = orion.post()
        assert answer.status_code in {201, 503}
        assert answer.status_code == 201 or answer.headers["content-type"] == PROBLEM
        return answer.status_code == status

    await until(lambda: answers(503), PATIENCE)
    assert orion.get("/").status_code == 200
    await until(lambda: answers(201), PATIENCE)
    started = {event["name"] for event in orion.running.events[seen:] if event.get("event") == "starting"}
    assert started == {"db"}
