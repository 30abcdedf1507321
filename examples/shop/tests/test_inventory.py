"""The inventory over HTTP, chassis included, on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import httpx
import pytest

from inventory.api import api
from tests.conftest import served


@pytest.fixture
async def client(inventory_db: asyncpg.Connection) -> AsyncIterator[httpx.AsyncClient]:
    del inventory_db  # it comes first: the service finds its database by then
    async with served(api) as client:
        yield client


def pick(sku: str = "bell", quantity: int = 1) -> dict[str, object]:
    return {"order": str(uuid4()), "sku": sku, "quantity": quantity}


async def stock(db: asyncpg.Connection) -> int:
    return int(await db.fetchval("select stock from items where sku = 'bell'"))


async def test_what_is_in_stock(client: httpx.AsyncClient) -> None:
    items = (await client.get("/items")).json()
    assert {"sku": "bell", "name": "Ship's bell", "stock": 3} in items
    assert (await client.get("/items/bell")).json()["stock"] == 3
    unknown = await client.get("/items/anvil")
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "There is no such item.")


async def test_an_order_that_asks_again_is_given_nothing_more(
    client: httpx.AsyncClient, inventory_db: asyncpg.Connection
) -> None:
    wanted = pick(quantity=2)
    answers = [(await client.post("/picks", json=wanted)).status_code for _ in range(3)]
    assert answers == [201, 200, 200]
    assert await stock(inventory_db) == 1


async def test_of_those_who_ask_at_once_nobody_is_given_what_is_not_there(
    client: httpx.AsyncClient, inventory_db: asyncpg.Connection
) -> None:
    same = pick()
    asked = [same, same, *(pick() for _ in range(6))]
    answers = await asyncio.gather(*(client.post("/picks", json=each) for each in asked))
    assert await stock(inventory_db) == 0
    assert sum(answer.status_code == 201 for answer in answers) == 3
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert await inventory_db.fetchval("select count(*) from picks") == 3


async def test_an_item_that_does_not_exist_is_not_picked(client: httpx.AsyncClient) -> None:
    assert (await client.post("/picks", json=pick("anvil"))).status_code == 409


@pytest.mark.usefixtures("database_away")
async def test_without_a_database_it_answers_503() -> None:
    async with served(api) as client:
        statuses = [(await client.get(path)).status_code for path in ("/items", "/health", "/live")]
    assert statuses == [503, 503, 200]
