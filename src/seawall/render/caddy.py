"""The configuration of Caddy, as a value: the edge of `seawall up`, and the server of a `Site`.

Nothing on the way rewrites a path: a proxied request reaches the application whole, and ``/api`` matches ``/api`` and
``/api/...`` but not ``/apix``. The longest path wins. The format is Caddy's JSON config
(https://caddyserver.com/docs/json/).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from seawall import contract

Json = dict[str, Any]

# For pages: nothing from elsewhere, no inline code, in nobody's frame. OWASP Secure Headers Project.
SITE_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
RETRY_AFTER_SECONDS: Final = 1
# The contract's names for what every log line has.
_LOG_LINES: Final[Json] = {
    "format": "json",
    "message_key": "message",
    "time_key": "timestamp",
    "time_format": "rfc3339_nano",
}


@dataclass(frozen=True, slots=True)
class Proxy:
    """Requests under `path` go to `upstream`, which may take `timeout` seconds to begin its answer.

    `upstream` is host:port, or a placeholder of Caddy's that holds one.
    """

    path: str
    name: str
    upstream: str
    timeout: float


@dataclass(frozen=True, slots=True)
class Files:
    """Requests under `path` are answered with the files in the folder `root`."""

    path: str
    root: str


@dataclass(frozen=True, slots=True)
class Server:
    """One listener on `listen` (host:port); `closed` are paths that it answers with 404, whoever would serve them."""

    listen: str
    routes: tuple[Proxy | Files, ...]
    closed: tuple[str, ...] = ()


def config(servers: Mapping[str, Server]) -> Json:
    """Caddy's whole configuration for these servers by name: no admin endpoint, no certificates, errors to stdout."""
    return {
        "admin": {"disabled": True, "config": {"persist": False}},
        "logging": {"logs": {"default": {"level": "ERROR", "encoder": _LOG_LINES, "writer": {"output": "stdout"}}}},
        "apps": {"http": {"servers": {name: _server(server) for name, server in sorted(servers.items())}}},
    }


def _server(server: Server) -> Json:
    longest_first = sorted(server.routes, key=lambda route: (-len(route.path), route.path))
    closed = [_closed(server.closed)] if server.closed else []
    return {
        "listen": [server.listen],
        "protocols": ["h1"],
        "automatic_https": {"disable": True},
        "read_header_timeout": "10s",
        "read_timeout": "60s",
        "idle_timeout": "120s",
        "routes": [*closed, *map(_route, longest_first), {"handle": [_problem(404, "Not Found", "No service here.")]}],
        "errors": {"routes": _errors(server.routes)},
    }


def _closed(paths: Sequence[str]) -> Json:
    matched = [pattern for path in paths for pattern in _patterns(path)]
    return {"match": [{"path": matched}], "handle": [_problem(404, "Not Found", "No service here.")], "terminal": True}


def _route(route: Proxy | Files) -> Json:
    handle = _proxy(route) if isinstance(route, Proxy) else _files(route)
    return {"match": [{"path": _patterns(route.path)}], "handle": handle, "terminal": True}


def _patterns(path: str) -> list[str]:
    return ["/*"] if path == "/" else [path, f"{path}/*"]


def _proxy(route: Proxy) -> list[Json]:
    transport = {"protocol": "http", "dial_timeout": "2s", "response_header_timeout": f"{route.timeout:g}s"}
    return [
        {
            "handler": "reverse_proxy",
            "upstreams": [{"dial": route.upstream}],
            "transport": transport,
            "flush_interval": -1,
        }
    ]


def _files(route: Files) -> list[Json]:
    headers: Json = {"set": {name: [value] for name, value in sorted(SITE_HEADERS.items())}, "delete": ["Server"]}
    # Files keep their names over releases, so a browser asks each time; the ETag makes the answer short.
    headers["set"]["Cache-Control"] = ["no-cache"]
    return [
        {"handler": "headers", "response": headers},
        {"handler": "encode", "encodings": {"gzip": {}, "zstd": {}}},
        {"handler": "file_server", "root": route.root, "hide": [".*"]},
    ]


def _errors(routes: Iterable[Proxy | Files]) -> list[Json]:
    """What a person gets when a service does not answer: 503 and its name; other errors keep their status."""
    silent = [
        {
            "match": [{"path": _patterns(route.path), "expression": "{http.error.status_code} >= 502"}],
            "handle": [_problem(503, "Service Unavailable", f"{route.name} does not answer yet.", retry=True)],
            "terminal": True,
        }
        for route in sorted(routes, key=lambda route: (-len(route.path), route.path))
        if isinstance(route, Proxy)
    ]
    return [*silent, {"handle": [_problem("{http.error.status_code}", "{http.error.status_text}", "")]}]


def _problem(status: int | str, title: str, detail: str, *, retry: bool = False) -> Json:
    """An answer of RFC 9457; without a `detail` it says no more than the status."""
    member = f', "detail": "{detail}"' if detail else ""
    headers = {"Content-Type": [contract.PROBLEM_JSON], "X-Content-Type-Options": ["nosniff"]}
    if retry:
        headers["Retry-After"] = [str(RETRY_AFTER_SECONDS)]
    body = f'{{"type": "about:blank", "title": "{title}", "status": {status}{member}}}\n'
    return {"handler": "static_response", "status_code": status, "headers": headers, "body": body}
