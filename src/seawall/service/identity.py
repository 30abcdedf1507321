"""Who asks: the request's id and trace, its client's address, its length, all from one pass over the headers."""

from typing import Final

from seawall import contract
from seawall.runtime import logs, traces
from seawall.service.exchange import Exchange
from seawall.service.headers import RequestIds, trust, well_formed
from seawall.service.metrics import METHODS

_REQUEST_ID: Final = b"x-request-id"
_FOR: Final = b"x-forwarded-for"
_PROTO: Final = b"x-forwarded-proto"
_LENGTH: Final = b"content-length"
_ENCODING: Final = b"transfer-encoding"
_TRACE: Final = b"traceparent"
_STATE: Final = b"tracestate"
# FastAPI's telemetry leaves a request alone that has this in its scope: it would make the same span again, in the way
# that the client asks for, and with the query.
_FASTAPI: Final = "fastapi.telemetry"
_READ: Final = frozenset({_REQUEST_ID, _FOR, _PROTO, _LENGTH, _ENCODING, _TRACE, _STATE})


class Identity:
    """Gives each request its id. A client's own is kept beside it, or taken over where `trusted_hops` is not 0."""

    def __init__(self, trusted_hops: int) -> None:
        self._hops = trusted_hops
        self._ids = RequestIds()

    def establish(self, exchange: Exchange) -> None:
        """Fill in the exchange's ids, what its headers say of its body, and behind trusted proxies its client.

        From here on, what the request logs carries the ids.
        """
        exchange.request_id = self._ids.make()
        forwarded_for: list[bytes] | None = None
        forwarded_proto: bytes | None = None
        trace: bytes | None = None
        state: bytes | None = None
        for name, value in exchange.scope["headers"]:
            if name not in _READ:
                continue
            if name == _LENGTH:
                exchange.content_length = value
            elif name == _ENCODING:
                exchange.chunked = True
            elif name == _REQUEST_ID:
                self._take(exchange, value)
            elif name == _FOR:
                forwarded_for = [*(forwarded_for or ()), value]
            elif name == _TRACE:
                trace = value
            elif name == _STATE:
                state = value if state is None else state + b"," + value
            else:
                forwarded_proto = value
        if self._hops and forwarded_for is not None:
            trust(exchange.scope, forwarded_for, forwarded_proto, self._hops)
        exchange.token = logs.bind_plain({**_ids(exchange), **_trace(exchange, trace, state)})

    def _take(self, exchange: Exchange, value: bytes) -> None:
        if not well_formed(value):
            return
        if self._hops:
            exchange.request_id = value.decode()
        else:
            exchange.client_request_id = value.decode()


def _ids(exchange: Exchange) -> dict[str, object]:
    if exchange.client_request_id is None:
        return {"request_id": exchange.request_id}
    return {"request_id": exchange.request_id, "client_request_id": exchange.client_request_id}


def _trace(exchange: Exchange, parent: bytes | None, state: bytes | None) -> dict[str, object]:
    """What the log calls the request's trace. A client's trace goes on: it names, and decides nothing."""
    text = None if parent is None else parent.decode("latin-1")
    spans = traces.maker()
    if spans is None:
        return {} if text is None else traces.fields(text)
    scope = exchange.scope
    method = scope["method"] if scope["method"] in METHODS else contract.OTHER_METHOD
    said = None if state is None else state.decode("latin-1")
    scope[_FASTAPI] = None
    exchange.span = spans.request(method, scope.get("scheme", "http"), scope["path"], text, said)
    return exchange.span.fields
