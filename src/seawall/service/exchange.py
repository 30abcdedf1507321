"""One request and its answer: what passes between the server and the application, and what becomes of it."""

import asyncio
import time
from contextvars import Token
from typing import TYPE_CHECKING, Any, Final

from seawall.runtime.asgi import Message, Receive, Scope, Send
from seawall.runtime.health import Health
from seawall.service.headers import completed
from seawall.service.problems import TOO_LARGE, BodyTooLargeError, Refusal

if TYPE_CHECKING:
    from seawall.runtime.spans import Span

CLIENT_GONE: Final = 499  # nobody sees this status: it is how nginx, and now this log, name a client that left
_CLOSE: Final = (b"connection", b"close")
_FAILED_STATUS: Final = 500
# What Starlette and FastAPI say of an exception, just before they raise it again for whoever is outside.
_DEFAULT_BODY: Final = b"Internal Server Error"


class Exchange:
    """Stands between the server and the application for one request.

    `send` is what the application answers with, `receive` what it reads a body with that has a limit. The attributes of
    the class are those of a request of which nothing is known yet: what stays as it is costs a request nothing.
    """

    request_id = ""
    client_request_id: str | None = None
    content_length: bytes | None = None
    chunked = False
    status = 0  # until the answer has begun
    complete = False
    disconnected = False  # the client has left
    refusal: Refusal | None = None  # takes the place of whatever the application answers
    answered = False  # by a refusal, in place of the application
    expired = False
    task: "asyncio.Task[Any]"
    deadline: float  # of `time.perf_counter`
    token: Token[dict[str, object]] | None = None  # of the log's context
    span: "Span | None" = None  # where the process is traced
    body_limit: int | None = None  # bytes; None where there is no body
    _received = 0
    _closing = False
    _held: Message | None = None
    _held_body: Message | None = None
    _late: "asyncio.Task[None] | None" = None

    def __init__(self, scope: Scope, receive: Receive, send: Send, health: Health) -> None:
        self.began = time.perf_counter()
        self.scope = scope
        self._receive = receive
        self._send = send
        self._health = health

    async def send(self, message: Message) -> None:
        """What the application calls: passes its answer on, unless a refusal took its place."""
        if self.answered:
            return
        kind = message["type"]
        if kind == "http.response.body" and self._held is None:
            self.complete = not message.get("more_body", False)
            await self._send(message)
        elif kind != "http.response.start":
            await self._send_other(message)
        elif self.refusal is not None:
            await self.refuse(self.refusal)
        elif message["status"] == _FAILED_STATUS:
            self._held = message  # whether this is the application's own word is not known yet
        else:
            await self._send(self._started(message))

    async def receive(self) -> Message:
        """What the application reads with: raises once there is more than `body_limit`."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            if self.body_limit is not None and self._received > self.body_limit:
                self.refusal = TOO_LARGE
                raise BodyTooLargeError
        elif not self.complete:
            self.disconnected = True
        return message

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
        headers, body = refusal.response(self.request_id)
        start = {"type": "http.response.start", "status": refusal.status, "headers": headers}
        await self._send(self._started(start))
        await self._send({"type": "http.response.body", "body": b"" if self.scope["method"] == "HEAD" else body})
        self.complete = True

    def expire(self, refusal: Refusal) -> None:
        """Give the request up: the client gets `refusal` now, whatever the application does when it is cancelled."""
        if self.expired:
            return
        self.expired = True
        self._closing = True
        if not self.status and not self.answered:
            self.answered = True
            self._late = asyncio.get_running_loop().create_task(self.refuse(refusal))
        self.task.cancel(refusal.detail)

    async def settle(self) -> None:
        """After `expire`, in the request's own task: wait until the refusal is sent."""
        self.task.uncancel()
        if self._late is not None:
            await self._late

    def _started(self, message: Message) -> Message:
        """The beginning of the answer, with the chassis' own headers."""
        self.status = message["status"]
        headers = completed(tuple(message.get("headers", ())), self.request_id)
        if self._health.draining or self._closing:
            headers.append(_CLOSE)
        return {**message, "headers": headers}

    async def _send_other(self, message: Message) -> None:
        """A body after a beginning that is held back, or a message of an extension, such as a file to be sent."""
        if self._held is not None:
            if message.get("body") == _DEFAULT_BODY and not message.get("more_body"):
                self._held_body = message
                return
            await self._release()
        more = message["type"] == "http.response.body" and message.get("more_body", False)
        self.complete = not more and message["type"] in ("http.response.body", "http.response.pathsend")
        await self._send(message)

    async def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            await self._send(self._started(held))
