import asyncio
import json

from seawall.runtime.asgi import Receive, Scope, Send
from seawall.service import Service

VERSION = 1


async def shop(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/api/slow":
        await asyncio.sleep(1.0)
    await receive()
    body = json.dumps({"version": VERSION}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


app = Service(shop)
