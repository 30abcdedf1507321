"""Orders: placed here, fulfilled by the worker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel, Field

from orders.jobs import fulfil
from peers import ask, client
from seawall.runtime.database import database
from seawall.runtime.httpx import AsyncClient
from seawall.service import Service
from seawall.service.fastapi import Connection, answer_problems


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, AsyncClient]]:
    async with client("INVENTORY_URL") as inventory:
        yield {"inventory": inventory}


def inventory_client(request: Request) -> AsyncClient:
    found: AsyncClient = request.state.inventory
    return found


Inventory = Annotated[AsyncClient, Depends(inventory_client)]

api = FastAPI(title="orders", lifespan=lifespan)
answer_problems(api)


class NewOrder(BaseModel):
    sku: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    quantity: Annotated[int, Field(ge=1, le=100)] = 1


class Order(BaseModel):
    id: UUID
    sku: str
    quantity: int
    state: str
    placed_at: datetime
    ended_at: datetime | None


@api.post("/orders", status_code=202)
async def place(order: NewOrder, inventory: Inventory) -> Order:
    answer = await ask(inventory, "GET", f"/items/{order.sku}")
    if not answer.is_success:
        raise HTTPException(answer.status_code, answer.json()["detail"])
    if answer.json()["stock"] < order.quantity:
        raise HTTPException(409, "There are not as many left.")
    async with (
        database().acquire() as db,
        db.transaction(),
    ):  # the order and its job are written together, or neither is
        row = await db.fetchrow(
            "insert into orders (id, sku, quantity) values ($1, $2, $3) returning *", uuid4(), order.sku, order.quantity
        )
        await fulfil.options(connection=db).enqueue(row["id"])
    return Order(**row)


@api.get("/orders")
async def newest(db: Connection) -> list[Order]:
    return [Order(**row) for row in await db.fetch("select * from orders order by placed_at desc limit 8")]


app = Service(api)
