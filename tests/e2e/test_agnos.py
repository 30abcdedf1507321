"""agnos as its users drive it. It has no page, hence no browser."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.e2e.conftest import copy
from tests.support.cluster import free_port
from tests.support.systems import EXAMPLES
from tests.support.up import Running, up
from tests.support.waiting import until

PATIENCE = 60.0
PROBLEM = "application/problem+json"
TEXT = "so long\nand so long"
RESULT = {"lines": 2, "words": 5, "most_used": ["so", "long", "and"]}


@dataclass
class Agnos:
    """The system, running as in production but for the lease, which is short."""

    running: Running
    database_url: str

    @property
    def edge(self) -> str:
        return self.running.urls["agnos"]

    def order(self) -> httpx.Response:
        return httpx.post(f"{self.edge}/reports", json={"text": TEXT}, timeout=PATIENCE)

    def report(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(self.edge + path, timeout=PATIENCE).raise_for_status().json()
        return found

    async def done(self, path: str) -> dict[str, Any]:
        """The report at this path, once it is done."""

        async def is_done() -> bool:
            return bool(self.report(path)["state"] == "done")

        await until(is_done, PATIENCE)
        return self.report(path)


@pytest.fixture(scope="module")
def agnos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agnos]:
    folder = copy(EXAMPLES / "agnos", tmp_path_factory.mktemp("e2e") / "agnos")
    with_short_lease(folder / "stack.py")
    ports = {name: free_port() for name in ("api", "worker", "db")}
    options = [word for name, port in ports.items() for word in ("--port", f"{name}={port}")]
    with up(folder, "--env", "prod", *options) as running:
        assert running.urls
        password = (folder / ".seawall" / "postgres" / "db.password").read_text().strip()
        yield Agnos(running, f"postgresql://postgres:{password}@127.0.0.1:{ports['db']}/agnos")


def with_short_lease(stack: Path) -> None:
    edited = stack.read_text().replace('jobs="agnos.jobs:jobs",', 'jobs="agnos.jobs:jobs", lease=5,')
    assert edited.count("lease=5") == 1
    stack.write_text(edited)


@pytest.fixture
async def database(agnos: Agnos) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(agnos.database_url)
    yield connection
    await connection.close()


async def test_a_report_that_was_ordered_is_made(agnos: Agnos) -> None:
    ordered = agnos.order()
    assert ordered.status_code == 202
    report = await agnos.done(ordered.headers["location"])
    assert (report["id"], report["result"]) == (ordered.json()["id"], RESULT)


def test_health_is_for_everybody_and_the_other_closed_paths_for_nobody(agnos: Agnos) -> None:
    health = agnos.report("/health")
    assert (health["status"], health["checks"]["database"]["status"]) == ("ok", "ok")
    for path in ("/live", "/ready", "/metrics"):
        assert httpx.get(agnos.edge + path).status_code == 404


async def test_a_report_whose_worker_is_killed_in_the_middle_is_made_once_by_the_next(
    agnos: Agnos, database: asyncpg.Connection
) -> None:
    seen = len(agnos.running.events)
    killed = agnos.running.pid("worker")
    async with held(agnos):  # the worker is in the middle of a report until the test lets it go on
        path = agnos.order().headers["location"]

        async def in_the_middle() -> bool:
            waits = "select true from pg_stat_activity where wait_event_type = 'Lock' and query like 'update reports%'"
            waiting = await database.fetchval(waits)
            return bool(waiting) and agnos.report(path)["state"] == "running"

        await until(in_the_middle, PATIENCE)
        os.kill(killed, signal.SIGKILL)
        agnos.running.wait_for(lambda event: event.get("event") == "crashed" and event["name"] == "worker", since=seen)
        agnos.running.wait_for(lambda event: event.get("event") == "ready" and event["name"] == "worker", since=seen)
        assert agnos.report(path)["result"] is None
    report = await agnos.done(path)
    assert report["result"] == RESULT
    assert agnos.running.pid("worker") != killed
    [job] = await database.fetch(
        "select state, crashes from seawall.history where id = (select job from reports where id = $1)", report["id"]
    )
    assert (job["state"], job["crashes"]) == (4, 1)


@asynccontextmanager
async def held(agnos: Agnos) -> AsyncIterator[None]:
    """Orders are taken and reports can be read, but none can be written to the end."""
    trigger = """
        create function wait() returns trigger language plpgsql as $$ begin
            if new.made_at is not null then perform pg_advisory_xact_lock(1); end if;
            return new;
        end $$;
        create trigger wait before update on reports for each row execute function wait();
    """
    connection = await asyncpg.connect(agnos.database_url)
    try:
        await connection.execute(trigger)
        await connection.execute("select pg_advisory_lock(1)")
        yield
    finally:
        await connection.execute("select pg_advisory_unlock_all()")
        await connection.execute("drop function wait cascade")
        await connection.close()


async def test_while_the_database_is_away_nothing_is_lost_and_nothing_is_restarted(agnos: Agnos) -> None:
    seen = len(agnos.running.events)
    paths = [agnos.order().headers["location"] for _ in range(20)]
    os.kill(agnos.running.pid("db"), signal.SIGINT)

    async def answers(status: int) -> bool:
        answer = agnos.order()
        assert answer.status_code in {202, 503}
        assert answer.status_code == 202 or answer.headers["content-type"] == PROBLEM
        if answer.status_code == 202:
            paths.append(answer.headers["location"])
        return answer.status_code == status

    await until(lambda: answers(503), PATIENCE)
    await until(lambda: answers(202), PATIENCE)
    for path in paths:
        assert (await agnos.done(path))["result"] == RESULT
    started = {event["name"] for event in agnos.running.events[seen:] if event.get("event") == "starting"}
    assert started == {"db"}
