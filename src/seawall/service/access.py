"""The log of requests: the id on every line that a request logs, and one line when it has been answered."""

import logging
import time
from typing import Final

from seawall import contract
from seawall.runtime import logs
from seawall.runtime.redaction import redact
from seawall.service.exchange import Exchange

logger: Final = logging.getLogger("seawall.access")


def enter(exchange: Exchange) -> None:
    """From here on, what the request logs carries its id."""
    fields: dict[str, object] = {"request_id": exchange.request_id}
    if exchange.client_request_id is not None:
        fields["client_request_id"] = exchange.client_request_id
    exchange.token = logs.bind_plain(fields)


def leave(exchange: Exchange, route: str) -> None:
    """Log the answered request. Its query is left out: people put secrets there."""
    scope = exchange.scope
    status = exchange.status
    client = scope.get("client")
    path = redact(scope["path"])
    fields: dict[str, object] = {
        "method": scope["method"],
        "route": None if route == contract.UNMATCHED_ROUTE else route,
        "path": path,
        "status": status,
        "duration_ms": round((time.perf_counter() - exchange.began) * 1000, 2),
        "client": client[0] if client else None,
    }
    level = logging.WARNING if status >= 500 else logging.INFO  # noqa: PLR2004 - RFC 9110, 15.6: the server's own errors
    logs.event(logger, level, f"{scope['method']} {path} {status}", fields)
    if exchange.token is not None:
        logs.unbind(exchange.token)
