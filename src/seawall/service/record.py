"""What is kept of a request once it is answered: a count, its duration, and one line in the log."""

import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from seawall import contract
from seawall.runtime import logs
from seawall.runtime.log_lines import dump, timestamp
from seawall.runtime.metrics import CounterChild, HistogramChild
from seawall.runtime.redaction import redact
from seawall.service.exchange import Exchange
from seawall.service.metrics import METHODS, series

logger: Final = logging.getLogger("seawall.access")

_SERVER_ERROR: Final = 500  # RFC 9110, 15.6: the server's own errors begin here
# A path that JSON writes as it is, and in which no secret has a shape that would be masked.
_PLAIN: Final = re.compile(r"[A-Za-z0-9/_.~,@+-]*")
_ADDRESS: Final = re.compile(r"[0-9A-Fa-f.:]*")


@dataclass(slots=True)
class _Kind:
    """The requests of one method, route and status, and the parts of their lines that are always the same."""

    requests: CounterChild
    durations: HistogramChild
    level: int
    before_path: str
    before_id: str
    after_id: str


class Recorder:
    """Counts and logs answered requests. `own` are the fields that every line of the process has."""

    def __init__(self, own: Mapping[str, str]) -> None:
        self._own = own
        self._kinds: dict[tuple[str, str, int], _Kind] = {}
        self._second = 0
        self._moment = ""

    def record(self, exchange: Exchange, route: str) -> None:
        """Keep what is kept of `exchange`; `route` is a template, or the contract's label for none.

        A query is not logged: people put secrets there.
        """
        seconds = time.perf_counter() - exchange.began
        method = exchange.scope["method"]
        key = (method, route, exchange.status)
        kind = self._kinds.get(key) or self._make(key)
        kind.requests.value += 1
        kind.durations.observe(seconds)
        if logger.isEnabledFor(kind.level):
            handler = logs.direct()
            if handler is None:
                self._log(kind, exchange, route, seconds)
            else:
                handler.write(self._line(kind, exchange, seconds).encode())

    def _log(self, kind: _Kind, exchange: Exchange, route: str, seconds: float) -> None:
        """The same as an ordinary record: for a terminal, and where somebody else decides about logs."""
        scope = exchange.scope
        client = scope.get("client")
        fields = {
            "method": scope["method"],
            "route": _shown(route),
            "path": scope["path"],
            "status": exchange.status,
            "duration_ms": round(seconds * 1000, 2),
            "client": client[0] if client else None,
        }
        logger.log(kind.level, "%s %s %d", scope["method"], scope["path"], exchange.status, extra=fields)

    def _line(self, kind: _Kind, exchange: Exchange, seconds: float) -> str:
        scope = exchange.scope
        path = scope["path"]
        if _PLAIN.fullmatch(path) is None:
            path = _escaped(redact(path))
        client = scope.get("client")
        address = "null"
        if client:
            host = client[0]
            address = f'"{host if _ADDRESS.fullmatch(host) else _escaped(host)}"'
        more = ""
        if len(bound := logs.bound()) > 1:  # a client's own id, and whatever the application has bound to the request
            others = {name: value for name, value in bound.items() if name != "request_id"}
            more = "," + dump(others)[1:-1].decode()
        return (
            f'{{"timestamp":"{self._now()}{kind.before_path}{path}{kind.before_id}{exchange.request_id}{kind.after_id}'
            f'{path}","duration_ms":{seconds * 1000:.2f},"client":{address}{more}}}'
        )

    def _now(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second, self._moment = second, timestamp(second)[:20]
        return f"{self._moment}{int((now - second) * 1_000_000):06d}Z"

    def _make(self, key: tuple[str, str, int]) -> _Kind:
        method, route, status = key
        requests, durations = series(method, route, status)
        level = logging.WARNING if status >= _SERVER_ERROR else logging.INFO
        own = dump({"logger": logger.name, **self._own})[1:-1].decode()
        event = dump({"method": method, "route": _shown(route), "status": status})[1:-1].decode()
        kind = _Kind(
            requests,
            durations,
            level,
            f'","level":"{logging.getLevelName(level).lower()}","message":"{_escaped(method)} ',
            f' {status}",{own},"request_id":"',
            f'",{event},"path":"',
        )
        if method in METHODS:  # what clients make up is not kept
            self._kinds[key] = kind
        return kind


def _shown(route: str) -> str | None:
    return None if route == contract.UNMATCHED_ROUTE else route


def _escaped(text: str) -> str:
    """`text` as it stands between the quotes of a JSON string."""
    return dump({"": text})[5:-2].decode()
