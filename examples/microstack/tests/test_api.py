"""The API over HTTP, chassis included, on a real PostgreSQL."""

from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest


async def test_the_time_is_the_database_s(database: asyncpg.Connection, client: httpx.AsyncClient) -> None:
    before = await database.fetchval("select clock_timestamp()")
    answer = await client.get("/api/time")
    after = await database.fetchval("select clock_timestamp()")

    assert answer.status_code == 200
    time = datetime.fromisoformat(answer.json()["time"])
    assert time.utcoffset() == timedelta(0)
    assert before <= time <= after


@pytest.mark.usefixtures("migrated")
async def test_each_answer_has_a_new_time(client: httpx.AsyncClient) -> None:
    first = (await client.get("/api/time")).json()["time"]
    assert (await client.get("/api/time")).json()["time"] > first


@pytest.mark.parametrize("path", ["/api/time", "/api/errands"])
async def test_without_a_database_the_api_answers_503_with_a_problem(
    database_away: str, client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 503
    assert database_away not in answer.text


@pytest.mark.usefixtures("migrated")
async def test_live_asks_nobody_and_health_asks_the_database(client: httpx.AsyncClient) -> None:
    assert (await client.get("/live")).status_code == 200
    health = await client.get("/health")
    assert health.status_code == 200
    assert health.json()["checks"]["database"]["status"] == "ok"


@pytest.mark.usefixtures("database_away")
async def test_without_a_database_the_api_is_alive_and_not_healthy(client: httpx.AsyncClient) -> None:
    assert (await client.get("/live")).status_code == 200
    assert (await client.get("/health")).status_code == 503


@pytest.mark.usefixtures("migrated")
async def test_tiers_answers_200_with_a_tier_down(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/tiers")
    assert answer.status_code == 200
    assert [(tier["name"], tier["status"]) for tier in answer.json()] == [
        ("api", "up"),
        ("worker", "unknown"),
        ("database", "up"),
    ]


@pytest.mark.usefixtures("migrated")
async def test_an_errand_waits_until_a_worker_does_it(client: httpx.AsyncClient) -> None:
    asked = await client.post("/api/errands")
    assert asked.status_code == 202
    assert asked.json()["done_at"] is None
    assert datetime.fromisoformat(asked.json()["asked_at"]) <= datetime.now(UTC) + timedelta(minutes=1)
    assert (await client.get("/api/errands")).json() == [asked.json()]


@pytest.mark.usefixtures("migrated")
async def test_the_newest_five_errands_come_first(client: httpx.AsyncClient) -> None:
    ids = [(await client.post("/api/errands")).json()["id"] for _ in range(6)]
    assert [errand["id"] for errand in (await client.get("/api/errands")).json()] == ids[:0:-1]
