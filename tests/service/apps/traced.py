"""A service that calls another one, and makes a span of its own."""

import logging
import os

from fastapi import FastAPI, HTTPException
from opentelemetry import trace

from seawall.runtime.httpx import AsyncClient
from seawall.service import Service

logger = logging.getLogger(__name__)
tracer = trace.get_tracer(__name__)


api = FastAPI()


@api.get("/items/{item}")
async def read(item: int) -> dict[str, int]:
    logger.info("reading")
    with tracer.start_as_current_span("look"):
        return {"item": item}


@api.get("/asks/{item}")
async def ask(item: int) -> int:
    async with AsyncClient(base_url=os.environ["OTHER_URL"]) as other:
        answer = await other.get(f"/items/{item}", params={"token": "not-for-everybody"})
    return answer.status_code


@api.get("/fails")
async def fails() -> None:
    raise RuntimeError("canary-7f3a91")


@api.get("/refuses")
async def refuses() -> None:
    raise HTTPException(404)


app = Service(api)
