"""The four paths of the contract as one ASGI app: `/live`, `/ready`, `/health` and, where it is wanted, `/metrics`."""

from typing import Final

import orjson

from seawall import contract
from seawall.runtime import metrics
from seawall.runtime.asgi import JSON, Headers, Receive, Scope, Send, answer
from seawall.runtime.health import Health

PATHS: Final = frozenset(contract.RESERVED_PATHS)
_NO_STORE: Final[Headers] = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
_CLOSE: Final = (b"connection", b"close")


class Endpoints:
    """Answers GET and HEAD on the paths of the contract, and 404 on all others.

    Without `with_metrics`, `/metrics` is 404 too: it is then answered on another port.
    """

    def __init__(self, health: Health, *, with_metrics: bool = True) -> None:
        self._health = health
        self._answers = {
            contract.LIVE_PATH: health.live,
            contract.READY_PATH: health.ready,
            contract.HEALTH_PATH: health.health,
        }
        self._with_metrics = with_metrics

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request; a connection of another kind (a websocket) is closed."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        head = scope["method"] == "HEAD"
        if not head and scope["method"] != "GET":
            await answer(send, 405, b"", [(b"allow", b"GET, HEAD"), *self._headers()])
            return
        status, kind, body = await self._answer(scope["path"])
        await answer(send, status, body, [(b"content-type", kind), *self._headers()], head=head)

    async def _answer(self, path: str) -> tuple[int, bytes, bytes]:
        if path == contract.METRICS_PATH and self._with_metrics:
            return 200, metrics.CONTENT_TYPE.encode(), metrics.render()
        if path in self._answers:
            status, body = await self._answers[path]()
            # What a check gives as detail is the user's: anything that JSON does not know is shown as text.
            return status, JSON, orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
        return 404, JSON, b'{"status":"not found"}'

    def _headers(self) -> Headers:
        return [*_NO_STORE, _CLOSE] if self._health.draining else _NO_STORE
