"""The types of ASGI, as far as Seawall speaks it, and a whole answer in two messages.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

JSON: Final = b"application/json"


async def answer(send: Send, status: int, body: bytes, headers: Headers, *, head: bool = False) -> None:
    """Send one complete response; `head` leaves its body out, as the answer to HEAD (RFC 9110, 9.3.2)."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
    await send({"type": "http.response.body", "body": b"" if head else body})
