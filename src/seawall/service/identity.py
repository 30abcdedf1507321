"""Who asks: the request's id and trace, its client's address, its length, all from one pass over the headers."""

from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.runtime import logs, traces
from seawall.runtime.asgi import Scope
from seawall.service.exchange import Exchange
from seawall.service.headers import RequestIds, trust, well_formed
from seawall.service.metrics import METHODS

if TYPE_CHECKING:
    from seawall.runtime.spans import Span, Spans

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
        exchange.token = logs.bind_plain(_fields(exchange, trace, state))

    def _take(self, exchange: Exchange, value: bytes) -> None:
        if not well_formed(value):
            return
        if self._hops:
            exchange.request_id = value.decode()
        else:
            exchange.client_request_id = value.decode()


def _fields(exchange: Exchange, parent: bytes | None, state: bytes | None) -> dict[str, object]:
    """What stands on each line of the request's log. A client's trace goes on: it names, and decides nothing."""
    fields: dict[str, object] = {"request_id": exchange.request_id}
    if exchange.client_request_id is not None:
        fields["client_request_id"] = exchange.client_request_id
    if (spans := traces.maker()) is not None:
        exchange.span = _span(spans, exchange.scope, parent, state)
        fields.update(exchange.span.fields)
    elif parent is not None:
        fields.update(traces.fields(parent.decode("latin-1")))
    return fields


def _span(spans: "Spans", scope: Scope, parent: bytes | None, state: bytes | None) -> "Span":
    scope[_FASTAPI] = None
    method = scope["method"] if scope["method"] in METHODS else contract.OTHER_METHOD
    said = (None if each is None else each.decode("latin-1") for each in (parent, state))
    return spans.request(method, scope.get("scheme", "http"), scope["path"], *said)
