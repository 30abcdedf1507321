import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.applications import Starlette

from seawall.errors import Problem, SeawallError
from seawall.runtime.asgi import App, Message, Receive, Scope, Send
from seawall.service.lifespan import Lifespan

SCOPE: Scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}


class Server:
    """A server's side of the protocol: `stop` is its shutdown. `said` is everything that happened, in order."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.message = ""
        self.started = asyncio.Event()
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._events.put_nowait({"type": "lifespan.startup"})

    def stop(self) -> None:
        self._events.put_nowait({"type": "lifespan.shutdown"})

    async def receive(self) -> Message:
        return await self._events.get()

    async def send(self, message: Message) -> None:
        self.said.append(message["type"].removeprefix("lifespan."))
        self.message = message.get("message", "")
        self.started.set()

    def hook(self, name: str, error: Exception | None = None) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            self.said.append(name)
            if error is not None:
                raise error

        return run

    async def run(self, app: App, **errors: Exception) -> Lifespan:
        hooks = {name: self.hook(name, errors.get(name)) for name in ("before", "after", "finish")}
        lifespan = Lifespan(app, **hooks)
        async with asyncio.timeout(3):
            task = asyncio.create_task(lifespan.run(SCOPE, self.receive, self.send))
            await self.started.wait()
            self.stop()
            await task
        return lifespan


@pytest.fixture
def server() -> Server:
    return Server()


def starlette(server: Server, *, raises: str = "") -> App:
    class Context:
        def __init__(self, _app: Any) -> None: ...

        async def __aenter__(self) -> None:
            server.said.append("app starts")
            if raises == "start":
                raise RuntimeError("no license")

        async def __aexit__(self, *_details: object) -> None:
            server.said.append("app stops")
            if raises == "stop":
                raise RuntimeError("cannot let go")

    return Starlette(lifespan=Context)


NORMAL = ["before", "app starts", "after", "startup.complete", "app stops", "finish", "shutdown.complete"]


async def test_ours_stands_around_the_applications(server: Server) -> None:
    lifespan = await server.run(starlette(server))
    assert server.said == NORMAL
    assert lifespan.failure is None


async def test_an_application_without_lifespan_is_left_out(server: Server) -> None:
    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        assert scope["type"] == "http"

    await server.run(app)
    assert server.said == [step for step in NORMAL if not step.startswith("app")]


async def test_an_application_that_returns_at_once_is_left_out(server: Server) -> None:
    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()

    await server.run(app)
    assert server.said == [step for step in NORMAL if not step.startswith("app")]


async def test_a_start_up_that_raises_fails_with_its_own_line(server: Server) -> None:
    lifespan = await server.run(starlette(server, raises="start"))
    assert server.said == ["before", "app starts", "finish", "startup.failed"]
    assert lifespan.failure is not None
    [problem] = lifespan.failure.problems
    assert problem.code == "SW406"
    assert "RuntimeError: no license" in problem.message
    assert problem.place is not None
    assert problem.place.file.endswith("test_lifespan.py")
    assert server.message == str(lifespan.failure)
    assert isinstance(lifespan.failure.__cause__, RuntimeError)


async def test_a_start_up_that_only_says_that_it_failed(server: Server) -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "not today"})

    lifespan = await server.run(app)
    assert server.said == ["before", "finish", "startup.failed"]
    assert "not today" in str(lifespan.failure)


async def test_a_problem_passes_as_it_is(server: Server) -> None:
    wanted = SeawallError(Problem("SW404", "LICENSE is not set"))

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()
        raise wanted

    assert (await server.run(app)).failure is wanted


async def test_what_fails_before_keeps_the_application_from_starting(server: Server) -> None:
    wanted = SeawallError(Problem("SW302", "the port is taken"))
    lifespan = await server.run(starlette(server), before=wanted)
    assert server.said == ["before", "finish", "startup.failed"]
    assert lifespan.failure is wanted


@pytest.mark.parametrize("error", [SeawallError(Problem("SW403", "it routes /live")), ValueError("a metric taken")])
async def test_what_fails_after_takes_the_application_down_again(server: Server, error: Exception) -> None:
    lifespan = await server.run(starlette(server), after=error)
    assert server.said == ["before", "app starts", "after", "app stops", "finish", "startup.failed"]
    assert lifespan.failure is not None


async def test_a_shutdown_that_raises_is_told(server: Server) -> None:
    lifespan = await server.run(starlette(server, raises="stop"))
    assert server.said == [*NORMAL[:-1], "shutdown.failed"]
    assert lifespan.failure is None


async def test_an_application_that_ends_too_early_is_told_at_the_end(server: Server) -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        raise RuntimeError("gone")

    await server.run(app)
    assert server.said == ["before", "after", "startup.complete", "finish", "shutdown.failed"]
