"""The API of greeter: a greeting with the time at an offset, the places that have this time, and a secret."""

import hmac
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Annotated, Final

import httpx
from fastapi import Depends, FastAPI, HTTPException, Request, Response, Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel

from app.settings import Configured, settings
from seawall.service import Service
from seawall.service.fastapi import answer_problems

LONGEST_CALL: Final = 2.0  # seconds


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    settings()  # what is wrong with them stops the start
    async with httpx.AsyncClient(base_url=os.environ["TIMEZONES_URL"], timeout=LONGEST_CALL, trust_env=False) as client:
        yield {"timezones": client}


def timezones_client(request: Request) -> httpx.AsyncClient:
    client: httpx.AsyncClient = request.state.timezones
    return client


api = FastAPI(title="greeter", version="0.1.0", lifespan=lifespan)
answer_problems(api)
Timezones = Annotated[httpx.AsyncClient, Depends(timezones_client)]
Key = Annotated[str | None, Security(APIKeyHeader(name="X-API-Key", auto_error=False))]


class Greeting(BaseModel):
    greeting: str
    time: datetime


@api.get("/")
async def greet(configured: Configured) -> Greeting:
    zone = timezone(timedelta(hours=configured.timezone_offset))
    return Greeting(greeting=configured.greeting, time=datetime.now(zone))


@api.get("/places")
async def places(configured: Configured, timezones: Timezones) -> list[str]:
    """The time zones that have the time of the greeting, as the other service knows them."""
    try:
        answer = await timezones.get("/timezones", params={"offset": configured.timezone_offset})
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise HTTPException(503, "The time zones cannot be had now.", {"Retry-After": "1"}) from error
    return [each["name"] for each in answer.json()]


class Secret(BaseModel):
    message: str


@api.get("/secret")
async def secret(key: Key, configured: Configured, response: Response) -> Secret:
    wanted = configured.dummy_api_key.get_secret_value()
    # In constant time: how long the answer takes says nothing of how much of a key was right.
    if key is None or not hmac.compare_digest(key.encode("latin-1"), wanted.encode()):
        raise HTTPException(401, "X-API-Key is missing or wrong.", {"WWW-Authenticate": "ApiKey"})
    response.headers["Cache-Control"] = "no-store"
    return Secret(message=configured.secret_message.get_secret_value())


app = Service(api)
