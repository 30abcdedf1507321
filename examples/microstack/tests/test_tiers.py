"""What the API says of the three tiers, whatever the other two do."""

from collections.abc import Callable

import httpx
import pytest

from api.tiers import check_database, check_tiers, check_worker

Answer = Callable[[httpx.Request], httpx.Response]


def worker(answer: Answer) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://worker")


def healthy(request: httpx.Request) -> httpx.Response:
    assert request.url.path == "/health"
    heartbeat = {"status": "ok", "detail": {"age_seconds": 3.4}}
    return httpx.Response(200, json={"status": "ok", "checks": {"last_heartbeat": heartbeat}})


def unhealthy(_: httpx.Request) -> httpx.Response:
    checks = {"database": {"status": "failed"}, "last_heartbeat": {"status": "ok"}}
    return httpx.Response(503, json={"status": "unavailable", "checks": checks})


def draining(_: httpx.Request) -> httpx.Response:
    return httpx.Response(503, json={"status": "draining", "checks": {}})


def refused(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


def something_else(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text="<h1>It works!</h1>")


async def test_a_healthy_worker_is_up() -> None:
    async with worker(healthy) as client:
        tier = await check_worker(client)
    assert (tier.status, tier.detail) == ("up", "Last heartbeat 3 s ago.")
    assert tier.milliseconds is not None


async def test_an_unhealthy_worker_is_down_and_its_failed_checks_are_named() -> None:
    async with worker(unhealthy) as client:
        tier = await check_worker(client)
    assert tier.status == "down"
    assert "database" in tier.detail
    assert "last_heartbeat" not in tier.detail


async def test_a_worker_that_stops_is_down() -> None:
    async with worker(draining) as client:
        tier = await check_worker(client)
    assert tier.status == "down"
    assert "draining" in tier.detail


@pytest.mark.parametrize("answer", [refused, something_else])
async def test_a_worker_that_does_not_answer_is_down(answer: Answer) -> None:
    async with worker(answer) as client:
        tier = await check_worker(client)
    assert (tier.status, tier.milliseconds) == ("down", None)


async def test_a_worker_that_the_stack_does_not_name_is_unknown() -> None:
    assert (await check_worker(None)).status == "unknown"


@pytest.mark.usefixtures("migrated")
async def test_a_database_that_answers_is_up() -> None:
    assert (await check_database()).status == "up"


@pytest.mark.usefixtures("database_away")
async def test_one_tier_down_leaves_the_others_as_they_are() -> None:
    async with worker(healthy) as client:
        tiers = await check_tiers(client)
    assert [(tier.name, tier.status) for tier in tiers] == [("api", "up"), ("worker", "up"), ("database", "down")]
