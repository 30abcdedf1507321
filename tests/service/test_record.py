import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from seawall.jobs import Jobs, inspect
from seawall.jobs.stores.memory import MemoryStore
from seawall.runtime import logs, settings
from seawall.runtime.asgi import Receive, Scope, Send
from seawall.runtime.log_output import Output
from seawall.service import Service
from tests.service.support import Recorder, http_scope

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Lines]:
    """What the process logs as JSON, with the test's own handlers set aside."""
    root = logging.getLogger()
    level = root.level
    file = tmp_path / "log"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
    handler = logs.LineHandler(settings.read({"LOG_FORMAT": "json"}), Output(descriptor))
    with mock.patch.object(logs, "direct", return_value=handler):
        root.setLevel(logging.INFO)
        yield lambda: [json.loads(line) for line in file.read_text().splitlines()]
    root.setLevel(level)
    os.close(descriptor)


async def ok(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def ask(app: Any, *scopes: Scope) -> None:
    for scope in scopes:
        server = Recorder()
        await app(scope, server.receive, server.send)


async def test_the_line_has_the_fields_of_the_contract(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAWALL_SERVICE", "shop")
    monkeypatch.setenv("SEAWALL_ENVIRONMENT", 'pr"od')
    await ask(Service(ok), http_scope("/orders/1"))
    [line] = lines()
    assert list(line) == [
        "timestamp", "level", "message", "logger", "service", "environment", "release", "request_id", "method", "route",
        "status", "path", "duration_ms", "client",
    ]  # fmt: skip
    assert line["message"] == "GET /orders/1 200"
    assert (line["level"], line["service"], line["environment"]) == ("info", "shop", 'pr"od')
    assert line["timestamp"].endswith("Z")
    assert len(line["timestamp"]) == len("2026-11-21T12:25:49.741982Z")
    assert (line["route"], line["client"], line["status"]) == (None, "192.0.2.9", 200)


@pytest.mark.parametrize(
    "path",
    ['/a"b', "/back\\slash", "/new\nline", "/tab\there", "/späti/☕", "/\x1b[31mred", "/{}", "/\udcff", "/a b", ""],
)
async def test_no_path_breaks_the_line(lines: Lines, path: str) -> None:
    await ask(Service(ok), http_scope(path))
    [line] = lines()
    assert line["path"] == path.encode(errors="backslashreplace").decode()


async def test_secrets_in_a_path_are_masked(lines: Lines) -> None:
    await ask(Service(ok), http_scope("/reset/token=hunter2"), http_scope("/x/postgres://me:hunter2@db/y"))
    assert [line["path"] for line in lines()] == ["/reset/token=***", "/x/postgres://me:***@db/y"]


@pytest.mark.parametrize("client", [None, ("2001:db8::1", 1), ('odd"one', 0)])
async def test_any_client_is_shown(lines: Lines, client: tuple[str, int] | None) -> None:
    await ask(Service(ok), {**http_scope(), "client": client})
    [line] = lines()
    assert line["client"] == (client[0] if client else None)


async def test_what_the_application_binds_stands_on_the_line(lines: Lines) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        logs.bind(user="ada", password="hunter2")
        await ok(scope, receive, send)

    await ask(Service(app), http_scope(headers=[(b"x-request-id", b"theirs")]), http_scope())
    first, second = lines()
    assert (first["user"], first["client_request_id"]) == ("ada", "theirs")
    assert first["password"] == "***"
    assert "client_request_id" not in second
    assert first["request_id"] != second["request_id"]
    assert logs.bound() == {}


async def test_the_trace_of_a_request_goes_on_in_its_lines_and_in_the_jobs_that_it_enqueues(lines: Lines) -> None:
    trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    jobs = Jobs(store=MemoryStore())

    @jobs.job
    async def work() -> None: ...

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await work.enqueue()
        await ok(scope, receive, send)

    headers = [(b"traceparent", f"00-{trace}-{span}-01".encode())]
    await ask(Service(app), http_scope(headers=headers), http_scope(headers=[(b"traceparent", b"\xff")]), http_scope())
    first, second, third = lines()
    assert first["trace_id"] == trace
    assert first["span_id"] != span
    assert not {"trace_id", "span_id"} & {*second, *third}
    found = [record.traceparent for record in await inspect.find(jobs)]
    assert found == [None, None, f"00-{trace}-{first['span_id']}-01"]


async def test_a_level_that_is_off_is_not_written(lines: Lines) -> None:
    logging.getLogger().setLevel(logging.WARNING)

    async def fails(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 502, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    await ask(Service(ok), http_scope())
    await ask(Service(fails), http_scope("/fails", 'BR"EW'))
    [line] = lines()
    assert (line["level"], line["status"], line["method"]) == ("warning", 502, 'BR"EW')
