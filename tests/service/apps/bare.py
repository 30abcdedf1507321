"""Applications that are no frameworks' own."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from seawall.errors import Problem, SeawallError
from seawall.runtime.asgi import Receive, Scope, Send


async def asgi(scope: Scope, _receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"  # knows no lifespan
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"bare"})


async def hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


starlette = Starlette(routes=[Route("/hello/{name}", hello)])
reserved = Starlette(routes=[Route("/health", hello), Route("/live", hello)])
number = 42


def factory() -> Starlette:
    return starlette


async def raises(scope: Scope, receive: Receive, _send: Send) -> None:
    await receive()
    raise RuntimeError(f"no license for {scope['type']}: password=hunter2")


async def refuses(_scope: Scope, receive: Receive, _send: Send) -> None:
    await receive()
    raise SeawallError(Problem("SW404", "LICENSE is not set", fix="LICENSE=..."))
