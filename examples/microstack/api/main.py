"""The API of microstack: the database's time, the health of the three tiers, and errands for the worker."""

from datetime import datetime

from fastapi import FastAPI
from pydantic import BaseModel

from api.tiers import Tier, WorkerClient, check_tiers, worker_lifespan
from seawall.service import Service
from seawall.service.fastapi import Connection
from worker.jobs import run_errand

api = FastAPI(title="microstack", lifespan=worker_lifespan)


class Time(BaseModel):
    time: datetime


class Errand(BaseModel):
    id: int
    asked_at: datetime
    done_at: datetime | None


@api.get("/api/time")
async def time(db: Connection) -> Time:
    return Time(time=await db.fetchval("select now()"))


@api.get("/api/tiers")
async def tiers(worker: WorkerClient) -> list[Tier]:
    return await check_tiers(worker)


@api.post("/api/errands", status_code=202)
async def ask(db: Connection) -> Errand:
    async with db.transaction():  # the errand and its job are written together, or neither is
        [errand] = await db.fetch("insert into errands default values returning id, asked_at, done_at")
        await run_errand.options(connection=db).enqueue(errand["id"])
    return Errand(**errand)


@api.get("/api/errands")
async def newest(db: Connection) -> list[Errand]:
    rows = await db.fetch("select id, asked_at, done_at from errands order by id desc limit 5")
    return [Errand(**row) for row in rows]


app = Service(api)
