"""One request and its answer: what passes between the server and the application, and what becomes of it."""

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from seawall.runtime.asgi import Headers, Message, Receive, Scope, Send
from seawall.runtime.health import Health
from seawall.service.headers import completed
from seawall.service.problems import TOO_LARGE, BodyTooLargeError, Refusal

if TYPE_CHECKING:
    from contextvars import Token

CLIENT_GONE: Final = 499  # nobody sees this status: it is how nginx, and now this log, name a client that left
_CLOSE: Final = (b"connection", b"close")
_FAILED_STATUS: Final = 500
# What Starlette and FastAPI say of an exception, just before they raise it again for whoever is outside.
_DEFAULT_BODY: Final = b"Internal Server Error"


class Exchange:
    """Stands between the server and the application for one request.

    `status` is 0 until the answer has begun. `receive` and `send` are what the application is given.
    """

    __slots__ = (
        "_body_left", "_closing", "_health", "_held", "_held_body", "_late", "_receive", "_send", "announced",
        "answered", "began", "client_request_id", "complete", "deadline", "disconnected", "expired", "receive",
        "refusal", "request_id", "scope", "status", "task", "token",
    )  # fmt: skip
    task: "asyncio.Task[Any]"
    deadline: float  # of `time.perf_counter`
    _body_left: int
    _late: "asyncio.Task[None] | None"
    _receive: Receive

    def __init__(self, scope: Scope, receive: Receive, send: Send, health: Health) -> None:
        self.scope = scope
        self.receive = receive
        self.began = time.perf_counter()
        self.status = 0
        self.request_id = ""
        self.client_request_id: str | None = None
        self.announced: dict[bytes, bytes] = {}  # content-length and transfer-encoding, where the request has them
        self.answered = False  # by a refusal, in place of the application
        self.complete = False
        self.expired = False
        self.disconnected = False
        self.token: Token[dict[str, object]] | None = None  # of the log's context
        self.refusal: Refusal | None = None  # to take the place of whatever the application answers
        self._send = send
        self._health = health
        self._held: Message | None = None
        self._held_body: Message | None = None
        self._closing = False

    def limit_body(self, limit: int) -> None:
        """Let the application receive at most `limit` bytes of body."""
        self._receive = self.receive
        self._body_left = limit
        self.receive = self._receive_limited

    async def send(self, message: Message) -> None:
        """What the application calls: passes its answer on, unless a refusal took its place."""
        if self.answered:
            return
        kind = message["type"]
        if kind == "http.response.start":
            if self.refusal is not None:
                await self.refuse(self.refusal)
            elif message["status"] == _FAILED_STATUS:
                self._held = message  # whether this is the application's own word is not known yet
            else:
                await self._start(message)
            return
        if self._held is not None:
            if message.get("body") == _DEFAULT_BODY and not message.get("more_body"):
                self._held_body = message
                return
            await self._release()
        self.complete = kind == "http.response.pathsend" or (
            kind == "http.response.body" and not message.get("more_body", False)
        )
        await self._send(message)

    async def finish(self) -> None:
        """The application has returned: what was held back of its answer is sent."""
        if self._held is not None and not self.answered:
            body, self._held_body = self._held_body, None
            await self._release()
            if body is not None:
                await self.send(body)

    async def refuse(self, refusal: Refusal) -> None:
        """Answer `refusal` in place of the application, whose answer must not have begun."""
        self.answered = True
        self.status = refusal.status
        headers, body = refusal.response(self.request_id)
        await self._send(
            {"type": "http.response.start", "status": refusal.status, "headers": self._with_close(headers)}
        )
        await self._send({"type": "http.response.body", "body": b"" if self.scope["method"] == "HEAD" else body})
        self.complete = True

    def expire(self, refusal: Refusal) -> None:
        """Give the request up: the client gets `refusal` now, whatever the application does when it is cancelled."""
        if self.expired:
            return
        self.expired = True
        self._closing = True
        self._late = None
        if not self.status and not self.answered:
            self.answered = True
            self._late = asyncio.get_running_loop().create_task(self.refuse(refusal))
        self.task.cancel(refusal.detail)

    async def settle(self) -> None:
        """After `expire`, in the request's own task: wait until the refusal is sent."""
        self.task.uncancel()
        if self._late is not None:
            await self._late

    async def _start(self, message: Message) -> None:
        self.status = message["status"]
        await self._send({**message, "headers": self._with_close(message.get("headers", ()))})

    def _with_close(self, given: Iterable[tuple[bytes, bytes]]) -> Headers:
        headers = completed(given, self.request_id)
        if self._health.draining or self._closing:
            headers.append(_CLOSE)
        return headers

    async def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            await self._start(held)

    async def _receive_limited(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._body_left -= len(message.get("body", b""))
            if self._body_left < 0:
                self.refusal = TOO_LARGE
                raise BodyTooLargeError
        elif not self.complete:
            self.disconnected = True
        return message
