"""The API over HTTP, chassis included, on a real PostgreSQL."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest

from orion.api import BIGGEST_ID, LARGEST_PAGE, LONGEST_TEXT

PROBLEM = "application/problem+json"


async def fill(database: asyncpg.Connection, records: int) -> None:
    await database.execute("insert into records (text) select n::text from generate_series(1, $1::int) n", records)


@pytest.mark.usefixtures("database_away")
async def test_the_root_says_what_runs_and_asks_nobody(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("APP_ENV", raising=False)
    answer = await client.get("/")
    assert answer.status_code == 200
    assert answer.json().keys() == {"name", "version", "environment", "release"}
    assert (answer.json()["name"], answer.json()["environment"]) == ("orion", "development")

    monkeypatch.setenv("APP_ENV", "production")
    assert (await client.get("/")).json()["environment"] == "production"


@pytest.mark.usefixtures("database_away")
async def test_the_version_is_the_project_s(client: httpx.AsyncClient) -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
    assert (await client.get("/")).json()["version"] == project["version"]


@pytest.mark.usefixtures("migrated")
async def test_what_is_posted_is_in_the_list_without_a_timestamp_yet(client: httpx.AsyncClient) -> None:
    posted = await client.post("/records", json={"text": "  a record\n"})
    assert posted.status_code == 201
    record = posted.json()
    assert record.keys() == {"id", "text", "created_at", "stamped_at"}
    assert (record["text"], record["stamped_at"]) == ("a record", None)
    assert abs(datetime.fromisoformat(record["created_at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert (await client.get("/records")).json() == {"records": [record], "next": None}


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("text", ["x", "x" * LONGEST_TEXT, "日本語 🚢", "two\nlines", "'; drop table records; --"])
async def test_any_text_of_a_fitting_length_is_kept_as_it_is(client: httpx.AsyncClient, text: str) -> None:
    assert (await client.post("/records", json={"text": text})).json()["text"] == text


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({}, 422, "/text"),
        ({"text": ""}, 422, "/text"),
        ({"text": " \t\n "}, 422, "/text"),
        ({"text": "x" * (LONGEST_TEXT + 1)}, 422, "/text"),
        ({"text": "a\0b"}, 422, "/text"),
        ({"text": 1}, 422, "/text"),
        ({"text": None}, 422, "/text"),
        ([], 422, ""),
        (b'{"text": "\\ud800"}', 422, "/text"),
        (b"", 422, ""),
        (b'{"text": "not closed', 400, ""),
    ],
)
async def test_what_is_not_valid_is_refused_with_a_problem_and_not_kept(
    database: asyncpg.Connection,
    client: httpx.AsyncClient,
    body: object,
    status: int,
    pointer: str,
) -> None:
    if isinstance(body, bytes):
        answer = await client.post("/records", content=body, headers={"content-type": "application/json"})
    else:
        answer = await client.post("/records", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM
    assert [(error["in"], error["pointer"]) for error in answer.json()["errors"]] == [("body", pointer)]
    assert await database.fetchval("select count(*) from records") == 0


async def test_pages_have_a_bound_and_lead_to_every_record_once(
    database: asyncpg.Connection, client: httpx.AsyncClient
) -> None:
    await fill(database, LARGEST_PAGE + 5)
    assert len((await client.get("/records")).json()["records"]) == 20

    found: list[int] = []
    before = BIGGEST_ID
    while before is not None:
        page = (await client.get("/records", params={"limit": 30, "before": before})).json()
        assert len(page["records"]) <= 30
        found += [record["id"] for record in page["records"]]
        before = page["next"]
    assert found == list(range(LARGEST_PAGE + 5, 0, -1))


async def test_a_last_page_that_is_full_says_that_it_is_the_last(
    database: asyncpg.Connection, client: httpx.AsyncClient
) -> None:
    await fill(database, 2)
    page = (await client.get("/records", params={"limit": 2})).json()
    assert ([record["id"] for record in page["records"]], page["next"]) == ([2, 1], None)


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=101", "limit=x", "before=0", f"before={BIGGEST_ID + 1}", "before=1e3"]
)
async def test_a_page_out_of_bounds_is_refused(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/records?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    (error,) = answer.json()["errors"]
    assert (error["in"], error["pointer"]) == ("query", f"/{query.partition('=')[0]}")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_without_a_database_records_answer_503_with_a_problem(
    database_away: str, client: httpx.AsyncClient, method: str
) -> None:
    answer = await client.request(method, "/records", json={"text": "a record"})
    assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
    assert answer.headers["retry-after"] == "1"
    assert database_away not in answer.text


@pytest.mark.usefixtures("database_away")
async def test_without_a_database_the_api_is_alive_and_not_healthy(client: httpx.AsyncClient) -> None:
    assert (await client.get("/live")).status_code == 200
    assert (await client.get("/health")).status_code == 503


@pytest.mark.usefixtures("migrated")
async def test_metrics_are_on_the_api_s_own_port_with_a_series_for_each_route(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    for method, route, status in (("GET", "/", 200), ("GET", "/records", 200), ("POST", "/records", 201)):
        assert f'http_requests_total{{method="{method}",route="{route}",status="{status}"}}' in answer.text
    assert "http_request_duration_seconds_bucket{" in answer.text
