import asyncio
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from seawall.errors import SeawallError
from seawall.runtime import metrics
from seawall.runtime.asgi import Receive, Scope, Send
from seawall.service import Service
from tests.service.support import Recorder, client, http_scope, log_lines, value

CANARY = "canary-7f3a91"


def failing() -> FastAPI:
    api = FastAPI()

    @api.get("/fails/{item}")
    async def fails(item: str) -> None:
        raise RuntimeError(f"{CANARY} select * from users -- {item}")

    @api.get("/ok")
    async def ok() -> dict[str, bool]:
        return {"ok": True}

    return api


async def test_an_unhandled_exception_is_a_problem_without_internals_and_a_logged_error() -> None:
    with log_lines() as lines:
        async with client(Service(failing())) as http:
            response = await http.get("/fails/1")
            assert (await http.get("/ok")).json() == {"ok": True}
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == 500
    assert body["title"] == "Internal Server Error"
    assert body["request_id"] == response.headers["x-request-id"]
    assert not any(word in response.text for word in (CANARY, "select", "RuntimeError", "Traceback", ".py"))
    [logged] = [line for line in lines if line["message"] == "unhandled exception"]
    assert CANARY in str(logged["exc_info"][1])
    assert logged["request_id"] == body["request_id"]


async def test_a_handler_of_the_users_own_for_500_keeps_its_word() -> None:
    api = failing()

    @api.exception_handler(Exception)
    async def handler(_request: Request, _error: Exception) -> JSONResponse:
        return JSONResponse({"mine": True}, status_code=500)

    with log_lines():
        async with client(Service(api)) as http:
            response = await http.get("/fails/1")
    assert (response.status_code, response.json()) == (500, {"mine": True})


@pytest.mark.parametrize("body", [b"Internal Server Error", b"something else", b""])
async def test_a_500_that_the_application_answers_itself_passes(body: bytes) -> None:
    async def endpoint(_request: Any) -> PlainTextResponse:
        return PlainTextResponse(body, status_code=500)

    async with client(Service(Starlette(routes=[Route("/", endpoint)]))) as http:
        response = await http.get("/")
    assert (response.status_code, response.content) == (500, body)


async def test_a_bare_callable_that_raises_or_says_nothing_gets_a_500() -> None:
    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        if scope["path"] == "/raises":
            raise ValueError(CANARY)

    with log_lines() as lines:
        async with client(Service(app)) as http:
            answers = [await http.get(path) for path in ("/raises", "/silent")]
    assert [answer.status_code for answer in answers] == [500, 500]
    assert all(answer.json()["request_id"] for answer in answers)
    assert "the application returned without an answer" in [line["message"] for line in lines]


async def test_an_exception_after_the_answer_has_begun_ends_it_unfinished() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError(CANARY)

    server = Recorder()
    with log_lines() as lines:
        await Service(app)(http_scope(), server.receive, server.send)
    assert [message["type"] for message in server.sent] == ["http.response.start", "http.response.body"]
    assert server.sent[-1]["more_body"] is True
    assert "unhandled exception" in [line["message"] for line in lines]


async def test_ids_are_made_here_and_a_clients_own_is_logged_beside() -> None:
    with log_lines() as lines:
        async with client(Service(failing())) as http:
            first = await http.get("/ok", headers={"X-Request-ID": "theirs-1"})
            second = await http.get("/ok", headers={"X-Request-ID": "not well formed"})
    assert first.headers["x-request-id"] != "theirs-1"
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    logged = [line for line in lines if line["name"] == "seawall.access"]
    assert [line.get("client_request_id") for line in logged] == ["theirs-1", None]
    assert [line["request_id"] for line in logged] == [each.headers["x-request-id"] for each in (first, second)]


async def test_behind_trusted_proxies_id_client_and_scheme_are_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_HOPS", "1")
    api = FastAPI()

    @api.get("/who")
    async def who(request: Request) -> dict[str, str]:
        assert request.client is not None
        return {"client": request.client.host, "scheme": request.url.scheme}

    headers = {"X-Request-ID": "edge-1", "X-Forwarded-For": "6.6.6.6, 203.0.113.7", "X-Forwarded-Proto": "https"}
    with log_lines() as lines:
        async with client(Service(api)) as http:
            response = await http.get("/who", headers=headers)
    assert response.headers["x-request-id"] == "edge-1"
    assert response.json() == {"client": "203.0.113.7", "scheme": "https"}
    assert lines[-1]["client"] == "203.0.113.7"


async def test_without_trusted_proxies_nobody_chooses_an_address() -> None:
    with log_lines() as lines:
        async with client(Service(failing())) as http:
            await http.get("/ok", headers={"X-Forwarded-For": "6.6.6.6"})
    assert lines[-1]["client"] == "127.0.0.1"


async def test_one_line_a_request_without_the_query() -> None:
    with log_lines() as lines:
        async with client(Service(failing())) as http:
            await http.get("/fails/7?token=hunter2")
            await http.post("/nowhere")
            await http.get("/live")
            await http.get("/health")
    logged = [line for line in lines if line["name"] == "seawall.access"]
    seen = [(line["method"], line["route"], line["path"], line["status"], line["levelname"]) for line in logged]
    assert seen == [
        ("GET", "/fails/{item}", "/fails/7", 500, "WARNING"),
        ("POST", None, "/nowhere", 404, "INFO"),
    ]
    assert all(line["duration_ms"] >= 0 for line in logged)
    assert "hunter2" not in repr([{key: line[key] for key in line if key != "exc_info"} for line in lines])


async def test_metrics_count_by_template_and_every_declared_route_is_there_at_zero() -> None:
    api = FastAPI()

    @api.post("/counted/{item}", status_code=202)
    async def counted(item: int) -> int:
        return item

    service = Service(api)
    service.prepare()
    labels = {"method": "POST", "route": "/counted/{item}"}
    for status in ("202", "500", "503"):
        assert value("http_requests_total", **labels, status=status) == 0
    assert value("http_request_duration_seconds_count", **labels) == 0
    assert value("http_request_duration_seconds_bucket", **labels, le="2.0") == 0
    async with client(service) as http:
        for item in range(3):
            assert (await http.post(f"/counted/{item}")).status_code == 202
        await http.post("/counted/x")
    assert value("http_requests_total", **labels, status="202") == 3
    assert value("http_requests_total", **labels, status="422") == 1
    assert value("http_request_duration_seconds_count", **labels) == 4
    families = {family.name for family in text_string_to_metric_families(metrics.render().decode())}
    assert {"http_requests", "http_request_duration_seconds", "http_requests_in_flight", "service_info"} <= families


async def test_what_clients_make_up_makes_no_series() -> None:
    service = Service(failing())
    async with client(service) as http:
        await http.get("/ok")
        unmatched = value("http_requests_total", method="GET", route="_unmatched", status="404")
        for number in range(20):
            await http.get(f"/made-up-{number}")
            await http.request(f"BREW{number}", "/made-up")
    assert unmatched is not None
    assert value("http_requests_total", method="GET", route="_unmatched", status="404") == unmatched + 20
    other = value("http_requests_total", method="_OTHER", route="_unmatched", status="404")
    assert other is not None
    assert other >= 20
    lines = [line for line in metrics.render().decode().splitlines() if "made-up" in line or "BREW" in line]
    assert lines == []


async def test_the_four_endpoints_are_neither_counted_nor_routed() -> None:
    async with client(Service(failing())) as http:
        await http.get("/ok")
        assert (await http.get("/live")).status_code == 200
        assert (await http.get("/ready")).json() == {"status": "ready"}
        assert (await http.get("/health")).json()["checks"] == {}
        assert (await http.get("/metrics")).status_code == 404  # it has a port of its own
    assert 'route="/live"' not in metrics.render().decode()


async def test_metrics_are_on_the_main_port_where_both_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8000")
    monkeypatch.setenv("METRICS_PORT", "8000")
    async with client(Service(failing())) as http:
        response = await http.get("/metrics")
    assert "http_requests_total" in response.text


async def test_a_stream_is_passed_on_piece_by_piece() -> None:
    server = Recorder()
    gate = asyncio.Event()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        assert server.sent[-1]["body"] == b"first"
        await gate.wait()
        await send({"type": "http.response.body", "body": b"second"})

    request = asyncio.create_task(Service(app)(http_scope(), server.receive, server.send))
    await asyncio.sleep(0)
    assert len(server.sent) == 2
    gate.set()
    await request
    assert len(server.sent) == 3


async def test_security_headers_stand_by_default_and_docs_still_work() -> None:
    api = failing()

    @api.get("/framed")
    async def framed() -> JSONResponse:
        return JSONResponse({}, headers={"X-Frame-Options": "SAMEORIGIN"})

    async with client(Service(api)) as http:
        data, page, framed_answer = await http.get("/ok"), await http.get("/docs"), await http.get("/framed")
    assert data.headers["x-content-type-options"] == "nosniff"
    assert data.headers["content-security-policy"].startswith("default-src 'none'")
    assert "default-src" not in page.headers["content-security-policy"]  # /docs loads its scripts from elsewhere
    assert framed_answer.headers.get_list("x-frame-options") == ["SAMEORIGIN"]


async def test_what_the_application_answers_itself_passes_unchanged() -> None:
    api = FastAPI()

    @api.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "short and stout", headers={"X-Pot": "tea"})

    async with client(Service(api)) as http:
        response = await http.get("/teapot")
    assert (response.status_code, response.json()) == (418, {"detail": "short and stout"})
    assert response.headers["x-pot"] == "tea"


async def test_draining_closes_keep_alive_connections() -> None:
    service = Service(failing())
    async with client(service) as http:
        assert "connection" not in (await http.get("/ok")).headers
        service.health.draining = True
        assert (await http.get("/ok")).headers["connection"] == "close"
        assert (await http.get("/fails/1")).headers["connection"] == "close"


async def test_websockets_pass_untouched() -> None:
    seen: list[tuple[Scope, Receive, Send]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope, receive, send))

    server = Recorder()
    scope: Scope = {"type": "websocket", "path": "/live", "headers": []}
    receive, send = server.receive, server.send
    await Service(app)(scope, receive, send)
    assert seen == [(scope, receive, send)]


async def test_a_reserved_path_is_refused_even_without_a_lifespan() -> None:
    api = FastAPI()

    @api.get("/health")
    async def health() -> None:
        raise NotImplementedError

    service = Service(api)
    with pytest.raises(SeawallError) as caught:
        async with client(service) as http:
            await http.get("/anything")
    [problem] = caught.value.problems
    assert problem.code == "SW403"
    assert "test_app.py" in problem.saw


async def test_checks_are_added_by_a_decorator() -> None:
    service = Service(failing())

    @service.check("mail", critical=False)
    async def mail() -> None:
        raise ConnectionRefusedError

    async with client(service) as http:
        await http.get("/ok")
        assert (await http.get("/ready")).status_code == 200
        assert (await http.get("/health")).json()["checks"]["mail"]["status"] == "failed"


def test_an_unreadable_setting_stops_where_the_service_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUEST_TIMEOUT", "soon")
    with pytest.raises(SeawallError) as caught:
        Service(failing())
    assert caught.value.problems[0].code == "SW405"
