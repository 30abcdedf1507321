"""The worker's functions, called as plain functions, on a real PostgreSQL."""

import json

import asyncpg
import httpx

from seawall.jobs import Job
from worker.jobs import KEPT, forget_old_errands, run_errand


async def test_an_errand_is_done_once_it_was_run(database: asyncpg.Connection) -> None:
    errand = await database.fetchval("insert into errands default values returning id")
    other = await database.fetchval("insert into errands default values returning id")
    await run_errand(Job(), errand)
    done = await database.fetch("select id, done_at >= asked_at as later from errands order by id")
    assert [tuple(row) for row in done] == [(errand, True), (other, None)]


async def test_an_errand_that_is_gone_is_no_failure(database: asyncpg.Connection) -> None:
    await run_errand(Job(), 12345)
    assert await database.fetchval("select count(*) from errands") == 0


async def test_old_errands_are_forgotten_and_none_that_waits(database: asyncpg.Connection) -> None:
    await database.execute("insert into errands default values")
    await database.execute("insert into errands (done_at) select now() from generate_series(1, $1)", KEPT + 5)
    await forget_old_errands()
    kept = [row["id"] for row in await database.fetch("select id from errands order by id")]
    assert kept == [1, *range(7, KEPT + 7)]


async def test_the_api_s_errand_reaches_the_queue_as_one_job(
    database: asyncpg.Connection, client: httpx.AsyncClient
) -> None:
    errand = (await client.post("/api/errands")).json()["id"]
    [job] = await database.fetch("select name, args from seawall.jobs")
    assert job["name"] == "run_errand"
    assert json.loads(job["args"]) == {"errand_id": errand}
