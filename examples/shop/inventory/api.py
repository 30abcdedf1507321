"""What is in stock, and what was taken of it for which order."""

from typing import Annotated
from uuid import UUID

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, Field

from seawall.service import Service
from seawall.service.fastapi import Connection, answer_problems

api = FastAPI(title="inventory")
answer_problems(api)


class Item(BaseModel):
    sku: str
    name: str
    stock: int


class Pick(BaseModel):
    order: UUID
    sku: str
    quantity: Annotated[int, Field(ge=1, le=100)]


@api.get("/items")
async def items(db: Connection) -> list[Item]:
    return [Item(**row) for row in await db.fetch("select sku, name, stock from items order by name")]


@api.get("/items/{sku}")
async def item(sku: str, db: Connection) -> Item:
    row = await db.fetchrow("select sku, name, stock from items where sku = $1", sku)
    if row is None:
        raise HTTPException(404, "There is no such item.")
    return Item(**row)


@api.post("/picks", status_code=201)
async def pick(wanted: Pick, db: Connection, response: Response) -> Pick:
    """Take items out of the stock for an order: once, also if the order asks again."""
    async with db.transaction():
        # Of two who ask for the same order, the second waits here until the first has ended.
        new = await db.fetchval(
            "insert into picks values ($1, $2, $3) on conflict do nothing returning true",
            wanted.order, wanted.sku, wanted.quantity,
        )  # fmt: skip
        if new and not await db.fetchval(
            "update items set stock = stock - $2 where sku = $1 and stock >= $2 returning true",
            wanted.sku, wanted.quantity,
        ):  # fmt: skip
            raise HTTPException(409, "There are not as many left.")
    response.status_code = 201 if new else 200
    return wanted


app = Service(api)
