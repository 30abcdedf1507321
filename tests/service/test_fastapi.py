import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, MutableMapping
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from seawall import contract
from seawall.jobs.store import StoreUnavailable
from seawall.runtime.database import close_all, database
from seawall.service import Service
from seawall.service.fastapi import Connection
from tests.service.process import PATIENCE, running
from tests.service.support import Recorder, client, http_scope, log_lines
from tests.support.cluster import free_port

# Three times the time that a request waits for a connection.
SOON = 3 * contract.DATABASE_ACQUIRE_SECONDS


@pytest.fixture(autouse=True)
async def _closed() -> AsyncIterator[None]:
    yield
    await close_all()


def api() -> FastAPI:
    app = FastAPI()

    @app.get("/time")
    async def now(db: Connection) -> str:
        return str(await db.fetchval("select now()"))

    @app.get("/wrong")
    async def wrong(db: Connection) -> None:
        await db.execute("select * from a_table_that_is_not_there")

    @app.post("/half")
    async def half(db: Connection) -> None:
        await db.execute("create table if not exists half (n integer)")
        async with db.transaction():
            await db.execute("insert into half values (1)")
            raise RuntimeError("in between")

    @app.post("/write")
    async def write(db: Connection) -> None:
        await db.execute("create table if not exists notes (n integer)")
        await db.execute("insert into notes values (1)")

    @app.get("/sleep")
    async def sleep(db: Connection) -> None:
        await db.execute("select pg_sleep(60)")

    @app.get("/without")
    async def without() -> int:
        return 1

    return app


async def fetches(connection: asyncpg.Connection, query: str, *, wanted: object) -> None:
    """Wait until `query` gives what is wanted."""
    found = None
    for _ in range(round(PATIENCE / 0.01)):
        if (found := await connection.fetchval(query)) == wanted:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{query}: {found}")


@pytest.fixture
def service(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATABASE_POOL_SIZE", "1")
    return Service(api())


async def test_a_connection_is_a_parameter(service: Service) -> None:
    async with client(service) as http:
        for _ in range(3):  # of a pool of one: it is handed back each time
            assert (await http.get("/time")).status_code == 200
        checks = (await http.get("/health")).json()["checks"]
        assert (await http.get("/ready")).status_code == 200
    assert checks["database"]["status"] == "ok"


async def test_the_connection_is_back_before_the_answer_is_sent(service: Service) -> None:
    server = Recorder()
    idle: list[int] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        idle.append(database().idle)
        await server.send(message)

    await service(http_scope("/time"), server.receive, send)
    assert server.status == 200
    assert idle == [1, 1]


async def test_an_exception_rolls_back_and_hands_the_connection_back(service: Service) -> None:
    with log_lines():
        async with client(service) as http:
            assert (await http.post("/half")).status_code == 500
            assert (await http.get("/time")).status_code == 200
    async with database().acquire() as connection:
        assert await connection.fetchval("select count(*) from half") == 0


async def test_a_wrong_statement_is_a_failure_and_no_outage(service: Service) -> None:
    with log_lines() as lines:
        async with client(service) as http:
            response = await http.get("/wrong")
    assert response.status_code == 500
    assert "a_table" not in response.text
    assert "unhandled exception" in [line["message"] for line in lines]


async def test_a_connection_that_is_lost_in_use_is_503(service: Service, database_url: str) -> None:
    admin = await asyncpg.connect(database_url)
    try:
        with log_lines() as lines:
            async with client(service) as http, asyncio.timeout(PATIENCE):
                request = asyncio.create_task(http.get("/sleep"))
                terminate = "select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep%'"
                await fetches(admin, terminate, wanted=True)
                response = await request
                assert (await http.get("/time")).status_code == 200
    finally:
        await admin.close()
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert "unhandled exception" not in [line["message"] for line in lines]


async def test_a_queue_that_cannot_be_reached_is_503_too() -> None:
    app = FastAPI()

    @app.get("/queue")
    async def queue() -> None:
        try:
            await asyncpg.connect(host="127.0.0.1", port=free_port(), user="u", database="d", ssl=False)
        except OSError as error:
            raise StoreUnavailable("refused") from error

    @app.get("/bug")
    async def bug() -> None:
        raise StoreUnavailable("") from KeyError("a bug, not an outage")

    with log_lines():
        async with client(Service(app)) as http:
            assert (await http.get("/queue")).status_code == 503
            assert (await http.get("/bug")).status_code == 500


async def test_a_primary_that_has_become_read_only_is_503_until_it_is_one_again(
    service: Service, database_url: str
) -> None:
    async with client(service) as asked:
        assert (await asked.post("/write")).status_code == 200
        administrator = await asyncpg.connect(database_url)
        name = await administrator.fetchval("select current_database()")
        await administrator.execute(f'alter database "{name}" set default_transaction_read_only = on')
        await administrator.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        answers = [(await asked.post("/write")) for _ in range(3)]
        assert {answer.status_code for answer in answers} == {503}
        assert answers[-1].headers["Retry-After"]
        await administrator.execute("set default_transaction_read_only = off")
        await administrator.execute(f'alter database "{name}" set default_transaction_read_only = off')
        await administrator.close()
        assert (await asked.post("/write")).status_code == 200


async def test_no_connection_left_is_503_in_time(service: Service) -> None:
    with log_lines():
        async with client(service) as http:
            async with database().acquire():
                began = time.monotonic()
                response = await http.get("/time")
                assert time.monotonic() - began < SOON
                assert (await http.get("/without")).status_code == 200
            assert (await http.get("/time")).status_code == 200
    assert (response.status_code, response.headers["content-type"]) == (503, "application/problem+json")


async def test_with_the_database_away_what_needs_it_is_503_and_the_rest_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://me:hunter2@127.0.0.1:{free_port()}/shop")
    with log_lines() as lines:
        async with client(Service(api())) as http:
            began = time.monotonic()
            response = await http.get("/time")
            assert time.monotonic() - began < SOON
            assert (await http.get("/without")).status_code == 200
            assert (await http.get("/live")).status_code == 200
            ready, health = await http.get("/ready"), await http.get("/health")
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert "database" in response.json()["detail"]
    assert (ready.status_code, ready.json()["failed"]) == (503, ["database"])
    assert "refused" in health.json()["checks"]["database"]["error"]
    everything = response.text + ready.text + health.text + str(lines)
    assert "hunter2" not in everything


async def test_an_application_may_judge_its_database_itself(service: Service) -> None:
    @service.check("database", critical=False)
    async def mine() -> bool:
        return False

    async with client(service) as http:
        await http.get("/without")
        assert (await http.get("/ready")).status_code == 200
        assert (await http.get("/health")).json()["checks"]["database"]["error"] == "the check said no"


async def test_without_a_database_there_is_no_check_of_one() -> None:
    async with client(Service(FastAPI())) as http:
        assert (await http.get("/nothing")).status_code == 404
        assert (await http.get("/health")).json()["checks"] == {}


async def test_a_process_says_goodbye_to_the_database(tmp_path: Path, database_url: str) -> None:
    variables = {"DATABASE_URL": database_url, "SEAWALL_SERVICE": "shop-goodbye"}
    with running(tmp_path, "shop:app", variables=variables) as service:
        async with httpx.AsyncClient(base_url=service.url) as http:
            assert (await http.get("/time")).status_code == 200
        service.stop()
        assert await asyncio.to_thread(service.wait) == 0
    admin = await asyncpg.connect(database_url)
    try:
        left = "select count(*) from pg_stat_activity where application_name like 'shop-goodbye%'"
        await fetches(admin, left, wanted=0)
    finally:
        await admin.close()
    assert [line for line in service.lines if line["level"] in ("error", "critical")] == []


def test_the_chassis_alone_imports_no_framework_no_server_and_no_driver() -> None:
    heavy = ("fastapi", "starlette", "asyncpg", "uvicorn", "seawall.stack", "seawall.local")
    code = f"import sys, seawall.service; print(*[m for m in {heavy} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.strip() == ""
