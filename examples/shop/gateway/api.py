"""The gateway of the shop: its page, and the way to the orders and the inventory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel

from peers import ask, client, passed_on
from seawall.runtime.httpx import AsyncClient
from seawall.service import Service
from seawall.service.fastapi import answer_problems

PAGE = Path(__file__).parent / "page"


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, AsyncClient]]:
    async with client("ORDERS_URL") as orders, client("INVENTORY_URL") as inventory:
        yield {"orders": orders, "inventory": inventory}


def orders_client(request: Request) -> AsyncClient:
    found: AsyncClient = request.state.orders
    return found


def inventory_client(request: Request) -> AsyncClient:
    found: AsyncClient = request.state.inventory
    return found


Orders = Annotated[AsyncClient, Depends(orders_client)]
Inventory = Annotated[AsyncClient, Depends(inventory_client)]

api = FastAPI(title="api-gateway", lifespan=lifespan, openapi_url=None)
answer_problems(api)


class Status(BaseModel):
    name: str
    status: Literal["up", "down"]
    detail: str


@api.get("/api/services")
async def services(orders: Orders, inventory: Inventory) -> list[Status]:
    mine = Status(name="api-gateway", status="up", detail="Answers requests.")
    return [mine, *await asyncio.gather(status("orders", orders), status("inventory", inventory))]


@api.get("/api/items")
async def items(inventory: Inventory) -> Response:
    return passed_on(await ask(inventory, "GET", "/items"))


@api.get("/api/orders")
async def newest(orders: Orders) -> Response:
    return passed_on(await ask(orders, "GET", "/orders"))


@api.post("/api/orders", status_code=202)
async def place(request: Request, orders: Orders) -> Response:
    kind = {"Content-Type": request.headers.get("content-type", "")}
    return passed_on(await ask(orders, "POST", "/orders", content=await request.body(), headers=kind))


async def status(name: str, peer: AsyncClient) -> Status:
    """How a service is, by its own word: what is wrong with it, if it says so."""
    try:
        health = (await ask(peer, "GET", "/health")).json()
    except (HTTPException, ValueError):
        return Status(name=name, status="down", detail="Does not answer.")
    failed = [check for check, result in health["checks"].items() if result["status"] != "ok"]
    if health["status"] in ("ok", "degraded"):
        return Status(name=name, status="up", detail="Answers requests.")
    return Status(name=name, status="down", detail=f"Runs, but not well: {', '.join(failed) or health['status']}.")


api.mount("/", StaticFiles(directory=PAGE, html=True), name="page")

app = Service(api)
