"""Caddy's servers of a system in containers: that of a `Site`, and the edge that everything public is behind.

What `upstream` returns for a service is host:port, where another container reaches it.
"""

from collections.abc import Callable
from typing import Final

from seawall import contract
from seawall.render.caddy import Files, Proxy, Server
from seawall.stack import Api, Program, Site, System
from seawall.stack.graph import Graph

Upstream = Callable[[Api | Program | Site], str]
_BEYOND_ITS_OWN: Final = 5.0


def closed(system: System) -> tuple[str, ...]:
    """The paths that the public never reaches; ``/health`` only where the stack says so."""
    public = any(isinstance(each, Api) and each.public_health and each.path == "/" for each in system.services)
    return tuple(path for path in contract.CLOSED_PATHS if not (public and path == contract.HEALTH_PATH))


def patience(service: Api | Program | Site) -> float:
    """Seconds that a proxy waits for an answer to begin.

    The application ends a slow request itself, with a problem that says so; the proxy is only the second line.
    """
    return service.request_timeout + _BEYOND_ITS_OWN if isinstance(service, Api) else contract.REQUEST_TIMEOUT_SECONDS


def public(system: System, port: int, upstream: Upstream) -> Server:
    """The one way in: each public path leads to its service."""
    routes = (Proxy(str(each.path), each.name, upstream(each), patience(each)) for each in system.public)
    return Server(f":{port}", tuple(routes), closed(system))


def site(each: Site, graph: Graph, upstream: Upstream) -> Server:
    """The server in the container of a `Site`: its files, and below the paths of what it uses a proxy to that."""
    used = (service for service in graph.uses(each) if isinstance(service, Api | Program))
    proxies = (Proxy(api.path, api.name, upstream(api), patience(api)) for api in used if api.path is not None)
    files = Files(each.path, contract.SITE_FOLDER)
    return Server(f":{each.port}", (files, *proxies), contract.CLOSED_PATHS)
