"""How the services of the shop ask each other: traced, for five seconds at most, and what comes back is passed on."""

import logging
import os
from typing import Any, Final

import httpx
from fastapi import HTTPException, Response

from seawall.runtime.httpx import AsyncClient

LONGEST: Final = 5.0  # seconds: more than a service waits for its database

logging.getLogger("httpx").setLevel(logging.WARNING)  # or each call is a line of log, beside its span


def client(variable: str) -> AsyncClient:
    """A client of the service whose address `variable` holds; a connection that cannot be made is tried once more."""
    transport = httpx.AsyncHTTPTransport(retries=1)
    return AsyncClient(base_url=os.environ[variable], timeout=LONGEST, transport=transport, trust_env=False)


async def ask(peer: httpx.AsyncClient, method: str, path: str, **request: Any) -> httpx.Response:  # noqa: ANN401 - httpx's
    """The answer of a service, whatever it is; where there is none, whoever asks is answered with 503."""
    try:
        return await peer.request(method, path, **request)
    except httpx.TransportError:
        raise HTTPException(503, f"{peer.base_url.host} does not answer.", headers={"Retry-After": "1"}) from None


def passed_on(answer: httpx.Response) -> Response:
    """An answer of another service as one's own."""
    return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))
