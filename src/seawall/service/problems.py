"""Errors that a client sees: RFC 9457, `application/problem+json`, with the request's id and nothing from inside."""

import sys
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import orjson

from seawall import contract
from seawall.runtime.asgi import Headers

if TYPE_CHECKING:
    from seawall.runtime.outage import Outage

RETRY_SECONDS: Final = 1
_STATUSES: Final = frozenset(HTTPStatus)


def document(status: int, detail: str, request_id: str, **more: object) -> bytes:
    """A problem document; `more` are members of its own, such as ``errors``."""
    title = HTTPStatus(status).phrase if status in _STATUSES else ""
    members = {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": request_id}
    return orjson.dumps({**members, **more})


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered in place of the application. `retry` says that the same request may succeed a second later."""

    status: int
    detail: str
    retry: bool = False

    def response(self, request_id: str) -> tuple[Headers, bytes]:
        """The headers and the body of the answer."""
        body = document(self.status, self.detail, request_id)
        headers = [
            (b"content-type", contract.PROBLEM_JSON.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        return ([*headers, (b"retry-after", str(RETRY_SECONDS).encode())] if self.retry else headers), body


FAILED: Final = Refusal(500, "The request failed. Its id tells the people who run this service where to look.")
TOO_LARGE: Final = Refusal(413, "The body of the request is larger than this service accepts.")
TOO_SLOW: Final = Refusal(503, "The request took longer than this service allows.", retry=True)
TOO_MANY: Final = Refusal(503, "This service has as many requests under way as it takes.", retry=True)
STOPPING: Final = Refusal(503, "This instance of the service is stopping.", retry=True)
NO_DATABASE: Final = Refusal(503, "A database that this request needs cannot be reached now.", retry=True)


class BodyTooLargeError(Exception):
    """Raised inside the application as it reads a body that grows past the limit."""


def refusal_of(error: BaseException) -> Refusal:
    """What the client sees of `error`, which the application did not handle."""
    if isinstance(error, BodyTooLargeError):
        return TOO_LARGE
    return FAILED if outage_in(error) is None else NO_DATABASE


def outage_in(error: BaseException) -> "Outage | None":
    """Why the database cannot be used now, where `error` says that, and not that a statement or the code is wrong."""
    # The driver is imported by who uses a database: without it no error can be one of its own.
    outage = sys.modules.get("seawall.runtime.outage")
    theirs = type(error).__module__.partition(".")[0] in {"asyncpg", "seawall"}
    if outage is None or not theirs:
        return None
    # What Seawall says of its own, such as that the queue cannot be reached, is raised from what the driver said.
    return outage.outage_of(error) or (outage.outage_of(error.__cause__) if error.__cause__ else None)
