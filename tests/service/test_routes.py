from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Mount, Route, Router, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from seawall.errors import Place
from seawall.runtime.asgi import App, Receive, Scope, Send
from seawall.service import routes
from tests.service.support import client


async def hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def socket(websocket: WebSocket) -> None:
    await websocket.close()


def templates(app: object) -> list[str]:
    return [route.template for route in routes.declared(app)]


async def found(app: App, path: str, method: str = "GET") -> str | None:
    """The template of the route that `app` chose for `path`."""
    seen: list[Scope] = []

    async def watch(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        await app(scope, receive, send)

    async with client(watch) as http:
        await http.request(method, path)
    route = routes.Table(routes.declared(app)).find(seen[0])
    return None if route is None else route.template


def nested() -> FastAPI:
    """Routers in routers, included twice, and an application that is mounted twice."""
    api = FastAPI(openapi_url=None)
    inner, deep = APIRouter(prefix="/inner"), APIRouter(prefix="/deep")

    @deep.get("/{x}", status_code=202)
    async def read(x: int) -> int:
        return x

    @inner.post("/things")
    async def create() -> int:
        return 1

    inner.include_router(deep)
    inner.add_route("/plain", hello)  # FastAPI puts no router's own prefix before this one
    api.include_router(inner, prefix="/v1")
    api.include_router(inner, prefix="/v2")
    child = FastAPI(openapi_url=None)

    @child.get("/items/{item}")
    async def item(item: int) -> int:
        return item

    api.mount("/child", child)
    api.mount("/tenants/{tenant}", child)
    return api


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/v1/inner/deep/3", "/v1/inner/deep/{x}"),
        ("/v2/inner/deep/3", "/v2/inner/deep/{x}"),
        ("/v2/inner/things", "/v2/inner/things"),  # GET where only POST is: 405, and still that route
        ("/v1/plain", "/v1/plain"),
        ("/child/items/7", "/child/items/{item}"),
        ("/tenants/acme/items/7", "/tenants/{tenant}/items/{item}"),
        ("/child/nothing", "/child/{path}"),
        ("/nothing", None),
    ],
)
async def test_the_template_of_what_fastapi_chose(path: str, template: str | None) -> None:
    assert await found(nested(), path) == template


async def test_the_template_of_what_starlette_chose(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("page")
    app = Starlette(
        routes=[
            Route("/a/{b:int}", hello),
            Route("/c/{d:path}", hello),  # the same function on two paths
            Mount("/m", routes=[Route("/n", hello), Mount("/o", routes=[Route("/{p}", hello)])]),
            Mount("/static", StaticFiles(directory=tmp_path)),
            Host("admin.test", Router([Route("/admin", hello)])),
            WebSocketRoute("/ws", socket),
        ]
    )
    expected = {
        "/a/1": "/a/{b}",
        "/c/x/y": "/c/{d}",
        "/m/n": "/m/n",
        "/m/o/q": "/m/o/{p}",
        "/m/none": "/m/{path}",
        "/static/page.txt": "/static/{path}",
        "/static/none.txt": "/static/{path}",
        "/ws": None,
    }
    assert {path: await found(app, path) for path in expected} == expected


async def test_a_framework_that_leaves_only_the_endpoint_in_the_scope() -> None:
    """Starlette before 1.0: the endpoint alone says which route it was."""
    app = Starlette(routes=[Route("/a/{b}", hello), Route("/c/{d}", hello)])
    table = routes.Table(routes.declared(app))
    scope: Scope = {"type": "http", "path": "/c/1", "endpoint": hello}
    route = table.find(scope)
    assert route is not None
    assert route.template == "/c/{d}"


def test_routes_are_declared_with_methods_and_their_own_status() -> None:
    by_template = {route.template: route for route in routes.declared(nested())}
    assert by_template["/v1/inner/deep/{x}"].status == 202
    assert by_template["/v1/inner/things"].methods == ("POST",)
    assert by_template["/child/{path}"].mount


def test_what_wraps_an_application_hides_no_route() -> None:
    class Middleware:
        def __init__(self, app: object) -> None:
            self.app = app

    assert templates(Middleware(Middleware(Starlette(routes=[Route("/a", hello)])))) == ["/a"]


def test_a_bare_callable_declares_nothing() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise NotImplementedError

    assert templates(app) == []


def test_an_application_that_mounts_itself_ends() -> None:
    app = Starlette()
    app.mount("/again", app)
    assert len(templates(app)) < 100


def test_a_reserved_path_names_both_places_and_another_name() -> None:
    api = FastAPI(openapi_url=None)
    router = APIRouter(prefix="/health")

    @router.get("")
    async def health() -> None:
        raise NotImplementedError

    api.include_router(router)
    api.mount("/metrics", Starlette())
    problems = routes.reserved(routes.declared(api), Place("orders/api.py", 12))
    assert [problem.code for problem in problems] == ["SW403", "SW403"]
    first, second = problems
    assert first.place is not None
    assert first.place.file.endswith("test_routes.py")
    assert Path(__file__).read_text().splitlines()[first.place.line - 1].strip() == '@router.get("")'
    assert "Service(...) at orders/api.py:12" in first.saw
    assert "/healthz" in first.fix
    assert "/metrics" in second.message


@pytest.mark.parametrize("path", ["/healthz", "/health/deep", "/{anything:path}", "/live/now"])
def test_other_paths_and_catch_alls_are_the_applications_own(path: str) -> None:
    assert routes.reserved(routes.declared(Starlette(routes=[Route(path, hello)])), None) == []


def test_a_websocket_on_a_reserved_path_shadows_nothing() -> None:
    assert routes.reserved(routes.declared(Starlette(routes=[WebSocketRoute("/live", socket)])), None) == []
