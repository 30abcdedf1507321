"""The gateway over HTTP, chassis included, with services that the tests play."""

from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.api import api, inventory_client, orders_client
from tests.conftest import Peer, served


@pytest.fixture
async def client(orders: Peer, inventory: Peer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setitem(api.dependency_overrides, orders_client, orders.client)
    monkeypatch.setitem(api.dependency_overrides, inventory_client, inventory.client)
    async with served(api) as client:
        yield client


async def test_the_page_is_there_with_all_that_it_loads(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    for name in ("page.js", "style.css", "favicon.svg"):
        assert name in page.text
        assert (await client.get(f"/{name}")).status_code == 200


async def test_how_each_service_is_by_its_own_word(client: httpx.AsyncClient, orders: Peer, inventory: Peer) -> None:
    failed = {"status": "unavailable", "checks": {"database": {"status": "failed"}, "traces": {"status": "ok"}}}
    orders.answers["GET /health"] = (503, failed)
    inventory.away = True
    services = (await client.get("/api/services")).json()
    assert [(each["name"], each["status"], each["detail"]) for each in services] == [
        ("api-gateway", "up", "Answers requests."),
        ("orders", "down", "Runs, but not well: database."),
        ("inventory", "down", "Does not answer."),
    ]
    orders.answers["GET /health"] = (200, {"status": "degraded", "checks": {}})
    assert (await client.get("/api/services")).json()[1]["status"] == "up"


async def test_what_the_services_answer_is_passed_on(client: httpx.AsyncClient, orders: Peer, inventory: Peer) -> None:
    orders.answers = {"POST /orders": (409, {"detail": "There are not as many left."}), "GET /orders": (200, [])}
    inventory.answers = {"GET /items": (200, [{"sku": "lamp"}])}
    refused = await client.post("/api/orders", json={"sku": "lamp"})
    assert (refused.status_code, refused.json()) == (409, {"detail": "There are not as many left."})
    assert orders.sent == [{"sku": "lamp"}]
    assert (await client.get("/api/orders")).json() == []
    assert (await client.get("/api/items")).json() == [{"sku": "lamp"}]


async def test_a_service_that_is_away_is_a_503(client: httpx.AsyncClient, orders: Peer) -> None:
    orders.away = True
    answer = await client.post("/api/orders", json={"sku": "lamp"})
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
