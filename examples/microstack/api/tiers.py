"""How the three tiers are, as the API sees them: a tier that is down is an answer, never an error."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Annotated, Final, Literal

import httpx
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel, ValidationError

from seawall.errors import SeawallError
from seawall.runtime.database import database

LONGEST_CHECK: Final = 2.0  # seconds
SILENT: Final = "Does not answer."

logging.getLogger("httpx").setLevel(logging.WARNING)  # or each check of the worker is a line of log


class Tier(BaseModel):
    """`milliseconds` is how long the tier took to answer the API; None where it was not asked or did not answer."""

    name: Literal["api", "worker", "database"]
    status: Literal["up", "down", "unknown"]
    detail: str
    milliseconds: float | None = None


class Detail(BaseModel):
    age_seconds: float | None = None


class Check(BaseModel):
    status: str
    detail: Detail = Detail()


class WorkerHealth(BaseModel):
    """What the worker's /health says of itself."""

    status: str
    checks: dict[str, Check]

    def sentence(self) -> str:
        failed = [name for name, check in self.checks.items() if check.status != "ok"]
        if failed:
            return f"Runs, but not well: {', '.join(failed)}."
        age = self.checks["last_heartbeat"].detail.age_seconds if "last_heartbeat" in self.checks else None
        if self.status != "ok" or age is None:
            return f"Says of itself: {self.status}."
        return f"Last heartbeat {age:.0f} s ago."


@asynccontextmanager
async def worker_lifespan(_: FastAPI) -> AsyncIterator[dict[str, httpx.AsyncClient | None]]:
    """Keep one HTTP client for as long as the API runs; none where the stack does not say where the worker is."""
    url = os.environ.get("WORKER_SERVICE_URL")
    if url is None:
        yield {"worker": None}
        return
    async with httpx.AsyncClient(base_url=url, timeout=LONGEST_CHECK, trust_env=False) as client:
        yield {"worker": client}


def worker_client(request: Request) -> httpx.AsyncClient | None:
    client: httpx.AsyncClient | None = request.state.worker
    return client


WorkerClient = Annotated[httpx.AsyncClient | None, Depends(worker_client)]


async def check_tiers(worker: httpx.AsyncClient | None) -> list[Tier]:
    """The API, the worker and the database, in this order, after at most `LONGEST_CHECK` seconds."""
    api = Tier(name="api", status="up", detail="Answers requests.")
    return [api, *await asyncio.gather(check_worker(worker), check_database())]


async def check_worker(client: httpx.AsyncClient | None) -> Tier:
    if client is None:
        return Tier(name="worker", status="unknown", detail="WORKER_SERVICE_URL is not set.")
    began = perf_counter()
    try:
        async with asyncio.timeout(LONGEST_CHECK):
            answer = await client.get("/health")
        health = WorkerHealth.model_validate_json(answer.content)
    except (httpx.HTTPError, TimeoutError, ValidationError):
        return Tier(name="worker", status="down", detail=SILENT)
    took = milliseconds_since(began)
    return Tier(
        name="worker", status="up" if answer.is_success else "down", detail=health.sentence(), milliseconds=took
    )


async def check_database() -> Tier:
    began = perf_counter()
    try:
        async with asyncio.timeout(LONGEST_CHECK):
            await database().ping()
    except (SeawallError, TimeoutError):
        return Tier(name="database", status="down", detail=SILENT)
    return Tier(name="database", status="up", detail="Answers queries.", milliseconds=milliseconds_since(began))


def milliseconds_since(began: float) -> float:
    return round((perf_counter() - began) * 1000, 1)
