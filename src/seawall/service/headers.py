"""What the chassis reads from a request's headers and adds to a response's."""

import ipaddress
import os
import re
from collections.abc import Sequence
from typing import Final

from seawall.runtime.asgi import Headers, Scope

_ID_BYTES: Final = 16
_POOL_BYTES: Final = 256 * _ID_BYTES
_WELL_FORMED: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:@/+=-]{0,127}")

_CONTENT_TYPE: Final = b"content-type"
_POLICY: Final = b"content-security-policy"
# An API's answers are data: no browser has a reason to load anything for one, to frame it or to guess its type.
_DATA_POLICY: Final = (_POLICY, b"default-src 'none'; frame-ancestors 'none'")
# A page needs its own scripts and styles, and FastAPI's /docs loads them from elsewhere: what a page may load is for
# its author to say.
_PAGE_POLICY: Final = (_POLICY, b"base-uri 'self'; object-src 'none'; frame-ancestors 'none'")
_NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
_REQUEST_ID: Final = b"x-request-id"
# Each header costs a request a microsecond: those that only a page's browser looks at are for pages.
_FOR_DATA: Final[Headers] = [_NOSNIFF, _DATA_POLICY]
_FOR_PAGES: Final[Headers] = [
    _NOSNIFF,
    _PAGE_POLICY,
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
]
_NAMES: Final = frozenset({_REQUEST_ID, *(name for name, _ in _FOR_PAGES)})


class RequestIds:
    """Makes request ids of 128 random bits, as 32 hexadecimal digits; one system call makes 256 of them."""

    def __init__(self) -> None:
        self._pool = b""
        self._position = 0

    def make(self) -> str:
        """A new id."""
        start = self._position
        if start >= len(self._pool):
            self._pool, start = os.urandom(_POOL_BYTES), 0
        self._position = end = start + _ID_BYTES
        return self._pool[start:end].hex()


def well_formed(request_id: bytes) -> bool:
    """Whether a client's request id may stand in a log: at most 128 of the characters that such ids are made of."""
    return _WELL_FORMED.fullmatch(request_id) is not None


def completed(given: Sequence[tuple[bytes, bytes]], request_id: str) -> Headers:
    """The headers of a response: those `given`, the request's id, and the security headers that are not given."""
    headers = [*given, (_REQUEST_ID, request_id.encode())]
    own: set[bytes] = set()
    added = _FOR_DATA
    for name, value in given:
        if name == _CONTENT_TYPE:
            if value.startswith((b"text/html", b"application/xhtml")):
                added = _FOR_PAGES
        elif name in _NAMES:
            own.add(name)
    if _REQUEST_ID in own:
        headers.pop()
    headers += [header for header in added if header[0] not in own] if own else added
    return headers


def trust(scope: Scope, forwarded_for: list[bytes], forwarded_proto: bytes | None, hops: int) -> None:
    """Put the client's own address and scheme into `scope`, as the `hops` proxies in front report them.

    Each proxy appends the address of its peer to ``X-Forwarded-For``: what stands `hops` from the right was written by
    the outermost proxy that is trusted, everything left of it by anybody.
    """
    entries = b",".join(forwarded_for).decode("latin-1").split(",")
    if len(entries) >= hops and (address := _address(entries[-hops].strip())) is not None:
        scope["client"] = (address, 0)
    if forwarded_proto in (b"http", b"https"):
        scope["scheme"] = forwarded_proto.decode()


def _address(text: str) -> str | None:
    if text.startswith("[") or text.count(":") == 1:  # [2001:db8::1]:443 and 192.0.2.1:443
        text = text.rpartition(":")[0].strip("[]") if not text.endswith("]") else text.strip("[]")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
