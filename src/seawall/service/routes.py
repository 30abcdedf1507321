"""What an application routes, read from the routing table of Starlette or FastAPI without importing either.

FastAPI 0.137 and newer keep included routers as a tree; `effective_route_contexts` of each branch has the routes with
their whole paths. A mounted application is walked with the mount's path before its own.
"""

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from seawall import contract
from seawall.errors import Place, Problem
from seawall.runtime.asgi import Scope
from seawall.runtime.reference import shown_path

_DEEPEST: Final = 16
_PARAMETER: Final = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `template` is the whole path, such as ``/orders/{id}``; a `mount`'s ends in ``/{path}``.

    `methods` is empty where the route takes any. `status` is what the route says that it answers. `keys` are the
    objects by which a scope names the route once it is matched.
    """

    template: str
    methods: tuple[str, ...]
    status: int
    endpoint: object
    mount: bool
    keys: tuple[object, ...] = field(repr=False)

    def matches(self, path: str) -> bool:
        """Whether `path` has the shape of the template; only tells routes that share a key apart."""
        literals = _PARAMETER.split(self.template)
        return re.fullmatch(".*".join(map(re.escape, literals)), path) is not None


def declared(app: object) -> list[Route]:
    """The HTTP routes of `app`, in order; none where it is no Starlette or FastAPI application."""
    return list(_walk(_routes_of(app), "", 0))


class Table:
    """Finds the declared route that a framework has matched, by the identity of what it left in the scope."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = routes  # keeps the keys alive: an identity is only unique among the living
        self._by_key: dict[int, list[Route]] = {}
        for route in routes:
            for key in {id(key) for key in route.keys}:
                self._by_key.setdefault(key, []).append(route)

    def find(self, scope: Scope) -> Route | None:
        """The route of a request that the application has handled; None where it matched no declared one."""
        fastapi = scope.get("fastapi")
        context = fastapi.get("effective_route_context") if fastapi else None
        mount: Route | None = None
        for key in (context, scope.get("route"), scope.get("endpoint")):
            if key is None or (found := self._by_key.get(id(key))) is None:
                continue
            route = found[0] if len(found) == 1 else _told_apart(found, scope["path"])
            if not route.mount:
                return route
            mount = mount or route
        return mount


def _told_apart(routes: list[Route], path: str) -> Route:
    return next((route for route in routes if route.matches(path)), routes[0])


def reserved(routes: Sequence[Route], service: Place | None) -> list[Problem]:
    """SW403 for each route on a path of the contract; `service` is where the application was wrapped."""
    return [_conflict(route, path, service) for route in routes if (path := _reserved_path(route)) is not None]


def _reserved_path(route: Route) -> str | None:
    path = route.template.removesuffix("/{path}") if route.mount else route.template
    return path if path in contract.RESERVED_PATHS else None


def _conflict(route: Route, path: str, service: Place | None) -> Problem:
    name = getattr(route.endpoint, "__qualname__", type(route.endpoint).__name__)
    by = f"Service(...) at {service}" if service else "Service(...)"
    return Problem(
        "SW403",
        f"the application routes {path}, which the chassis answers",
        place=_place(route.endpoint),
        saw=f"{path} routed to {name}; {path} answered by {by}",
        wanted=f"routes other than {', '.join(contract.RESERVED_PATHS)}",
        fix=f"{_other_name(path)}, or delete the route: {_replacement(path)}",
    )


def _other_name(path: str) -> str:
    return f"route it as {path}z" if path == contract.HEALTH_PATH else f"route it as /app{path}"


def _replacement(path: str) -> str:
    if path == contract.METRICS_PATH:
        return "metrics of prometheus_client are shown by themselves"
    return 'a question of your own is a check: @service.check("name")'


def _place(endpoint: object) -> Place | None:
    code = getattr(inspect.unwrap(cast("Any", endpoint)) if callable(endpoint) else endpoint, "__code__", None)
    return None if code is None else Place(shown_path(code.co_filename), code.co_firstlineno)


def _routes_of(app: object) -> Sequence[Any]:
    """The routing table of `app`, or of what it wraps as ``app``, as middleware does."""
    for _ in range(_DEEPEST):
        routes = getattr(app, "routes", None)
        if isinstance(routes, list | tuple):
            return cast("Sequence[Any]", routes)
        app = getattr(app, "app", None)
    return ()


def _walk(routes: Sequence[Any], prefix: str, depth: int) -> Iterator[Route]:
    for route in routes if depth < _DEEPEST else ():
        if hasattr(route, "effective_route_contexts"):
            for context in route.effective_route_contexts():
                yield from _one(context.starlette_route or context, (context,), prefix, depth)
        else:
            yield from _one(route, (route,), prefix, depth)


def _one(route: Any, keys: tuple[object, ...], prefix: str, depth: int) -> Iterator[Route]:  # noqa: ANN401 - any framework's
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    mounted = getattr(route, "app", None)
    if hasattr(route, "methods") and isinstance(path, str) and path:
        methods = tuple(sorted(route.methods or ()))
        endpoint = getattr(route, "endpoint", None)
        status = getattr(route, "status_code", None)
        yield Route(prefix + path, methods, status or 200, endpoint, mount=False, keys=(*keys, route, endpoint))
    elif isinstance(getattr(route, "path_regex", None), re.Pattern) and not hasattr(route, "endpoint"):
        base = prefix + str(route.path)
        yield Route(f"{base}/{{path}}", (), 200, mounted, mount=True, keys=(*keys, route, mounted))
        yield from _walk(_routes_of(mounted), base, depth + 1)
    elif hasattr(route, "host"):  # routes of one host name share the paths of all others
        yield from _walk(_routes_of(mounted), prefix, depth + 1)
