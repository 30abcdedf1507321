import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from seawall.runtime.asgi import Receive, Scope, Send
from seawall.service import Service
from tests.service.support import Recorder, client, http_scope, log_lines, value

PATIENCE = 3.0


async def test_a_body_over_the_limit_is_413_announced_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUEST_BODY_LIMIT", "1000")
    api = FastAPI()
    read: list[int] = []

    @api.post("/upload")
    async def upload(request: Request) -> int:
        read.append(len(await request.body()))
        return read[-1]

    @api.post("/stubborn")
    async def stubborn(request: Request) -> dict[str, str]:
        try:
            await request.body()
        except Exception as error:  # noqa: BLE001 - as careless code does
            return {"swallowed": type(error).__name__}
        return {}

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 100

    async with client(Service(api)) as http:
        assert (await http.post("/upload", content=b"x" * 1000)).json() == 1000
        announced = await http.post("/upload", content=b"x" * 1001)
        streamed = await http.post("/upload", content=pieces(), headers={"Transfer-Encoding": "chunked"})
        swallowed = await http.post("/stubborn", content=pieces(), headers={"Transfer-Encoding": "chunked"})
    for response in (announced, streamed, swallowed):
        assert response.status_code == 413
        assert response.json()["status"] == 413
        assert response.headers["content-type"] == "application/problem+json"
    assert read == [1000]


@pytest.mark.parametrize("kind", ["obedient", "stubborn"])
async def test_a_request_that_takes_too_long_is_503(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setenv("REQUEST_TIMEOUT", "0.1")
    api = FastAPI()
    cancelled, release = asyncio.Event(), asyncio.Event()

    @api.get("/obedient")
    async def obedient() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    @api.get("/stubborn")
    async def stubborn() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            await release.wait()
        return "too late"

    server = Recorder()
    with log_lines() as lines:
        request = asyncio.create_task(Service(api)(http_scope(f"/{kind}"), server.receive, server.send))
        async with asyncio.timeout(PATIENCE):
            await server.answered.wait()
            await cancelled.wait()
            assert server.status == 503
            release.set()
            await request
    assert len(server.sent) == 2
    assert server.headers[b"retry-after"] == b"1"
    assert server.headers[b"connection"] == b"close"
    assert [line["status"] for line in lines if line["name"] == "seawall.access"] == [503]
    assert "unhandled exception" not in [line["message"] for line in lines]


async def test_a_blocking_endpoint_that_takes_too_long_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUEST_TIMEOUT", "0.1")
    api = FastAPI()
    release = threading.Event()

    @api.get("/blocks")
    def blocks() -> None:
        release.wait(10)

    async with client(Service(api)) as http:
        response = await http.get("/blocks")
    release.set()
    assert response.status_code == 503


async def test_a_stream_may_last_longer_than_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUEST_TIMEOUT", "0.05")
    api = FastAPI()

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"x"
            await asyncio.sleep(0.05)

    @api.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(pieces())

    async with client(Service(api)) as http:
        assert (await http.get("/stream")).content == b"xxxx"


async def test_more_requests_at_once_than_allowed_are_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUEST_CONCURRENCY", "2")
    api = FastAPI()
    gate, inside = asyncio.Event(), asyncio.Semaphore(0)

    @api.get("/wait")
    async def wait() -> str:
        inside.release()
        await gate.wait()
        return "done"

    async with client(Service(api)) as http:
        waiting = [asyncio.create_task(http.get("/wait")) for _ in range(2)]
        for _ in waiting:
            await inside.acquire()
        assert value("http_requests_in_flight") == 2
        refused = await http.get("/wait")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert (await http.get("/live")).status_code == 200  # probes are not refused
        gate.set()
        assert [(await each).status_code for each in waiting] == [200, 200]
        assert (await http.get("/wait")).status_code == 200
    assert value("http_requests_in_flight") == 0


async def test_a_client_that_leaves_while_it_sends_is_no_failure_of_ours() -> None:
    api = FastAPI()

    @api.post("/upload")
    async def upload(request: Request) -> int:
        return len(await request.body())

    server = Recorder()
    with log_lines() as lines:
        await Service(api)(http_scope("/upload", "POST", [(b"content-length", b"10")]), server.receive, server.send)
    assert [line["status"] for line in lines if line["name"] == "seawall.access"] == [499]
    assert "unhandled exception" not in [line["message"] for line in lines]


async def test_cancellation_from_outside_is_not_swallowed() -> None:
    started = asyncio.Event()

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        started.set()
        await asyncio.Event().wait()

    server = Recorder()
    task = asyncio.create_task(Service(app)(http_scope(), server.receive, server.send))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert value("http_requests_in_flight") == 0
