"""The API over HTTP, chassis included, on a real PostgreSQL."""

import json

import asyncpg
import httpx
import pytest

from agnos.api import BIGGEST_ID, LONGEST_TEXT
from agnos.jobs import make_report
from seawall.jobs import Job
from seawall.jobs.states import State

PROBLEM = "application/problem+json"


async def test_an_order_is_one_report_and_one_job(database: asyncpg.Connection, client: httpx.AsyncClient) -> None:
    answer = await client.post("/reports", json={"text": "  a text\n"})
    assert answer.status_code == 202
    report = answer.json()
    assert report == {**report, "state": "ready", "made_at": None, "result": None}
    assert answer.headers["location"] == f"/reports/{report['id']}"
    assert (await client.get(answer.headers["location"])).json() == report

    [job] = await database.fetch("select name, args from seawall.jobs")
    assert (job["name"], json.loads(job["args"])) == ("make_report", {"report_id": report["id"]})
    assert await database.fetchval("select text from reports") == "a text"


@pytest.mark.usefixtures("migrated")
async def test_a_report_that_is_made_shows_its_result(client: httpx.AsyncClient) -> None:
    report = (await client.post("/reports", json={"text": "So long, so long\nand thanks"})).json()["id"]
    await make_report(Job(), report)
    shown = (await client.get(f"/reports/{report}")).json()
    assert shown["state"] == "done"
    assert shown["made_at"] >= shown["asked_at"]
    assert shown["result"] == {"lines": 2, "words": 6, "most_used": ["so", "long", "and", "thanks"]}


@pytest.mark.parametrize("state", [State.RUNNING, State.DEAD])
async def test_a_report_has_the_state_of_its_job(
    database: asyncpg.Connection, client: httpx.AsyncClient, state: State
) -> None:
    report = (await client.post("/reports", json={"text": "a text"})).json()["id"]
    await database.execute("update seawall.jobs set state = $1", int(state))
    assert (await client.get(f"/reports/{report}")).json()["state"] == state.label


async def test_a_report_whose_job_was_given_up_is_cancelled(
    database: asyncpg.Connection, client: httpx.AsyncClient
) -> None:
    report = (await client.post("/reports", json={"text": "a text"})).json()["id"]
    await database.execute("delete from seawall.jobs")
    assert (await client.get(f"/reports/{report}")).json()["state"] == "cancelled"


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_TEXT + 1), "a\0b", 1, None])
async def test_what_is_not_valid_is_refused_and_nothing_is_enqueued(
    database: asyncpg.Connection, client: httpx.AsyncClient, text: object
) -> None:
    answer = await client.post("/reports", json={"text": text})
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    assert [(error["in"], error["pointer"]) for error in answer.json()["errors"]] == [("body", "/text")]
    assert await database.fetchval("select count(*) from seawall.jobs") == 0


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize(("report", "status"), [("1", 404), (BIGGEST_ID, 404), ("0", 422), ("x", 422), ("1e3", 422)])
async def test_a_report_that_is_not_there_is_a_problem(client: httpx.AsyncClient, report: object, status: int) -> None:
    answer = await client.get(f"/reports/{report}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)


async def test_without_a_database_the_api_is_alive_and_not_healthy(
    database_away: str, client: httpx.AsyncClient
) -> None:
    for answer in (await client.post("/reports", json={"text": "a text"}), await client.get("/reports/1")):
        assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
        assert database_away not in answer.text
    assert (await client.get("/live")).status_code == 200
    assert (await client.get("/health")).status_code == 503
