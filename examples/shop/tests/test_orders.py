"""The orders over HTTP and their worker, on a real PostgreSQL, with an inventory that the tests play."""

import json
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

import orders.jobs
from orders.api import api, inventory_client
from orders.jobs import fulfil
from seawall.jobs import Job
from tests.conftest import Peer, served


@pytest.fixture
async def client(
    orders_db: asyncpg.Connection, inventory: Peer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    del orders_db  # it comes first: the service finds its database by then
    monkeypatch.setitem(api.dependency_overrides, inventory_client, inventory.client)
    async with served(api) as client:
        yield client


@pytest.fixture
def picks(inventory: Peer, monkeypatch: pytest.MonkeyPatch) -> Peer:
    """The inventory, as the worker finds it."""
    monkeypatch.setattr(orders.jobs, "client", lambda _: inventory.client())
    return inventory


async def placed(db: asyncpg.Connection) -> UUID:
    order = uuid4()
    await db.execute("insert into orders (id, sku, quantity) values ($1, 'lamp', 2)", order)
    return order


async def state(db: asyncpg.Connection, order: UUID) -> tuple[str, bool]:
    row = await db.fetchrow("select state, ended_at is not null as ended from orders where id = $1", order)
    return row["state"], row["ended"]


async def test_an_order_and_its_job_are_written_together(
    client: httpx.AsyncClient, orders_db: asyncpg.Connection, inventory: Peer
) -> None:
    inventory.answers["GET /items/lamp"] = (200, {"stock": 2})
    answer = await client.post("/orders", json={"sku": "lamp", "quantity": 2})
    assert answer.status_code == 202
    order = answer.json()
    assert (order["sku"], order["quantity"], order["state"], order["ended_at"]) == ("lamp", 2, "placed", None)
    [job] = await orders_db.fetch("select name, args from seawall.jobs")
    assert (job["name"], json.loads(job["args"])) == ("fulfil", {"order": order["id"]})
    assert [each["id"] for each in (await client.get("/orders")).json()] == [order["id"]]


async def test_an_order_is_not_taken_that_cannot_be_fulfilled(
    client: httpx.AsyncClient, orders_db: asyncpg.Connection, inventory: Peer
) -> None:
    inventory.answers = {
        "GET /items/lamp": (200, {"stock": 1}),
        "GET /items/anvil": (404, {"detail": "There is no such item."}),
    }
    few = await client.post("/orders", json={"sku": "lamp", "quantity": 2})
    none = await client.post("/orders", json={"sku": "anvil"})
    assert (few.status_code, few.json()["detail"]) == (409, "There are not as many left.")
    assert (none.status_code, none.json()["detail"]) == (404, "There is no such item.")
    assert await orders_db.fetchval("select count(*) from orders") == 0
    assert await orders_db.fetchval("select count(*) from seawall.jobs") == 0


@pytest.mark.parametrize("order", [{"sku": "../x"}, {"sku": "lamp", "quantity": 0}, {"quantity": 1}])
async def test_what_is_no_order_is_refused(client: httpx.AsyncClient, order: dict[str, object]) -> None:
    assert (await client.post("/orders", json=order)).status_code == 422


async def test_without_the_inventory_orders_are_503(client: httpx.AsyncClient, inventory: Peer) -> None:
    inventory.away = True
    answer = await client.post("/orders", json={"sku": "lamp"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (await client.get("/orders")).status_code == 200


@pytest.mark.parametrize(("status", "ends"), [(201, "shipped"), (200, "shipped"), (409, "sold out")])
async def test_the_worker_ends_an_order(orders_db: asyncpg.Connection, picks: Peer, status: int, ends: str) -> None:
    picks.answers["POST /picks"] = (status, {})
    order = await placed(orders_db)
    await fulfil(Job(), order)
    assert picks.sent == [{"order": str(order), "sku": "lamp", "quantity": 2}]
    assert await state(orders_db, order) == (ends, True)


async def test_an_inventory_that_fails_fails_the_job_which_is_tried_again(
    orders_db: asyncpg.Connection, picks: Peer
) -> None:
    order = await placed(orders_db)
    picks.answers["POST /picks"] = (500, {})
    with pytest.raises(httpx.HTTPStatusError):
        await fulfil(Job(), order)
    picks.away = True
    with pytest.raises(httpx.ConnectError):
        await fulfil(Job(), order)
    assert await state(orders_db, order) == ("placed", False)


@pytest.mark.usefixtures("orders_db")
async def test_an_order_that_is_gone_is_no_failure(picks: Peer) -> None:
    await fulfil(Job(), uuid4())
    assert picks.sent == []
