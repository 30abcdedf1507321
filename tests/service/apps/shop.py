"""A small FastAPI application, run as a process by the tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import StreamingResponse

from seawall.service import Service
from seawall.service.fastapi import Connection


@asynccontextmanager
async def lifespan(_api: FastAPI) -> AsyncIterator[None]:
    yield
    print("application stopped", flush=True)  # noqa: T201 - the test looks for it


api = FastAPI(lifespan=lifespan)
router = APIRouter(prefix="/items")


@router.get("/{item}")
async def read(item: int) -> dict[str, int]:
    return {"item": item}


@api.get("/slow")
async def slow(seconds: float = 0.2) -> dict[str, float]:
    await asyncio.sleep(seconds)
    return {"slept": seconds}


@api.get("/fails")
async def fails() -> None:
    raise RuntimeError("canary-7f3a91 select * from users")


@api.get("/breaks")
async def breaks() -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"half"
        await asyncio.sleep(0.05)
        raise RuntimeError("canary-7f3a91")

    return StreamingResponse(pieces(), media_type="text/plain")


@api.post("/upload")
async def upload(request: Request) -> int:
    return len(await request.body())


@api.get("/time")
async def time(db: Connection) -> str:
    return str(await db.fetchval("select now()"))


@api.get("/sleep-in-database")
async def sleep_in_database(db: Connection) -> str:
    return str(await db.fetchval("select pg_sleep(30)"))


@api.post("/notes")
async def write_note(db: Connection) -> None:
    await db.execute("insert into notes values (repeat('x', 1000))")


api.include_router(router, prefix="/v1")
app = Service(api)


@app.check("stock", critical=False)
async def stock() -> dict[str, int]:
    return {"items": 3}
