"""Spans as OpenTelemetry has them, made in this process and kept in memory."""

import logging
import threading
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, Sampler
from opentelemetry.trace import StatusCode, get_current_span

from seawall.runtime import settings, spans, traces
from seawall.runtime.httpx import AsyncClient, Client
from seawall.runtime.spans import Spans

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"


class Kept:
    """What makes spans, and those that have ended."""

    def __init__(self, sampler: Sampler | None = None, *, trusting: bool = False) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.spans = Spans(provider, trusting=trusting, state=dict)

    @property
    def ended(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """This process is traced."""
    found = Kept()
    monkeypatch.setattr(traces, "_spans", found.spans)
    yield found
    assert not get_current_span().get_span_context().is_valid  # each has let go of the context


def served(found: Kept, parent: str | None = PARENT, state: str | None = None) -> spans.Span:
    return found.spans.request("GET", "http", "/items/password=canary", parent, state)


def test_a_request_continues_the_trace_of_its_client_and_hides_what_looks_like_a_secret(kept: Kept) -> None:
    span = served(kept)
    assert traces.current() == f"00-{TRACE}-{span.fields['span_id']}-01"
    span.answer("/items/{item}", 200)
    span.end()
    (ended,) = kept.ended
    assert ended.name == "GET /items/{item}"
    assert ended.parent is not None
    assert (ended.parent.span_id, ended.parent.is_remote) == (int(SPAN, 16), True)
    assert ended.attributes is not None
    assert ended.attributes["url.path"] == "/items/password=***"
    assert ended.status.status_code is StatusCode.UNSET


@pytest.mark.parametrize("parent", [None, "", "nonsense", PARENT.upper()])
def test_without_a_trace_a_request_begins_one(kept: Kept, parent: str | None) -> None:
    span = served(kept, parent)
    assert span.fields["trace_id"] != TRACE
    span.end()
    assert kept.ended[0].parent is None


def test_a_vendor_s_part_of_the_trace_is_passed_on(kept: Kept) -> None:
    span = served(kept, state="vendor=1,other=2")
    assert span.headers == {"traceparent": traces.current(), "tracestate": "vendor=1,other=2"}
    span.end()


@pytest.mark.parametrize(
    "state", ["=,", "a=1,a=2", "x" * 600 + "=1", ",".join(f"k{n}=1" for n in range(33)), "\xe9=1", "A=1", "a=\x00", "a"]
)
def test_what_a_client_makes_up_is_neither_passed_on_nor_logged(
    kept: Kept, caplog: pytest.LogCaptureFixture, state: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        span = served(kept, state=state)
        assert set(span.headers) == {"traceparent"}
        span.end()
    assert caplog.records == []


@given(st.text())
def test_nothing_that_stands_there_is_an_error(text: str) -> None:
    found = Kept()
    span = served(found, text, text)
    assert span.headers
    span.end()


@pytest.mark.parametrize(("trusting", "flags", "kept_spans"), [(True, "01", 1), (True, "00", 0), (False, "01", 0)])
def test_flags_count_where_who_asks_is_trusted(*, trusting: bool, flags: str, kept_spans: int) -> None:
    found = Kept(ParentBased(ALWAYS_OFF), trusting=trusting)
    span = served(found, f"00-{TRACE}-{SPAN}-{flags}")
    assert span.headers["traceparent"] == f"00-{TRACE}-{span.fields['span_id']}-0{kept_spans}"
    span.end()
    assert len(found.ended) == kept_spans


def test_an_unknown_method_is_no_name_for_a_span(kept: Kept) -> None:
    span = kept.spans.request("_OTHER", "http", "/items/7", None, None)
    span.answer("/items/{path}", 405)
    span.end()
    assert kept.ended[0].name == "HTTP /items/{path}"


def test_a_call_hides_logins_and_queries(kept: Kept) -> None:
    with traces.call("GET", "https://me:canary@stock.test:8443/items?token=canary") as call:
        call.answered(404)
    (ended,) = kept.ended
    assert ended.attributes == {
        "http.request.method": "GET",
        "url.full": "https://stock.test:8443/items",
        "server.address": "stock.test",
        "server.port": 8443,
        "http.response.status_code": 404,
        "error.type": "404",
    }
    assert ended.status.status_code is StatusCode.ERROR


def answering(seen: list[httpx.Request], status: int = 200) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.path == "/away":
            raise httpx.ConnectError("canary")
        return httpx.Response(status)

    return httpx.MockTransport(answer)


async def test_both_clients_of_httpx_pass_the_trace_on(kept: Kept) -> None:
    seen: list[httpx.Request] = []
    span = served(kept)
    async with AsyncClient(base_url="http://stock.test", transport=answering(seen)) as client:
        await client.get("/items")
        with pytest.raises(httpx.ConnectError):
            await client.get("/away")
    with Client(base_url="http://stock.test", transport=answering(seen, 503)) as blocking:
        blocking.post("/items")
    span.end()
    calls = kept.ended[:-1]
    assert [call.name for call in calls] == ["GET", "GET", "POST"]
    assert [(call.attributes or {}).get("error.type") for call in calls] == [None, "ConnectError", "503"]
    for call, request in zip(calls, seen, strict=True):
        assert call.context is not None
        assert request.headers["traceparent"] == f"00-{TRACE}-{call.context.span_id:016x}-01"
        assert call.parent is not None
        assert f"{call.parent.span_id:016x}" == span.fields["span_id"]
    assert "canary" not in "".join(call.to_json() for call in kept.ended)


async def test_without_tracing_the_clients_pass_on_what_there_is() -> None:
    seen: list[httpx.Request] = []
    async with AsyncClient(base_url="http://stock.test", transport=answering(seen)) as client:
        await client.get("/items")
        work = traces.job("fulfil", "default", 7, 1, PARENT)
        await client.get("/items")
        work.end()
        await client.get("/items")
    assert ["traceparent" in request.headers for request in seen] == [False, True, False]
    assert seen[1].headers["traceparent"].split("-")[1] == TRACE


def test_a_job_continues_the_trace_of_its_enqueue(kept: Kept) -> None:
    with traces.enqueue("fulfil", "mail"):
        parent = traces.current()
    work = traces.job("fulfil", "mail", 7, 2, parent)
    work.end(ValueError("canary"))
    enqueued, done = kept.ended
    assert enqueued.context is not None
    assert done.parent is not None
    assert done.parent.span_id == enqueued.context.span_id
    assert (enqueued.name, done.name) == ("enqueue fulfil", "process fulfil")
    assert done.attributes == {
        "messaging.system": "seawall",
        "messaging.operation.type": "process",
        "messaging.operation.name": "process",
        "messaging.destination.name": "mail",
        "messaging.message.id": "7",
        "seawall.job": "fulfil",
        "seawall.job.attempt": 2,
        "error.type": "ValueError",
    }
    assert "canary" not in done.to_json()


def test_a_job_that_nobody_enqueued_in_a_trace_begins_one(kept: Kept) -> None:
    traces.job("close_the_day", "default", 7, 1, None).end()
    assert kept.ended[0].parent is None


def test_a_provider_of_the_application_s_own_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    exporter = InMemorySpanExporter()
    theirs = TracerProvider(shutdown_on_exit=False)
    theirs.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("opentelemetry.trace.get_tracer_provider", lambda: theirs)
    monkeypatch.setattr(traces, "_spans", None)
    traces.setup(settings.read({}), {"OTEL_TRACES_EXPORTER": "otlp"})
    with traces.call("GET", "http://stock.test/"):
        pass
    assert [span.name for span in exporter.get_finished_spans()] == ["GET"]


def test_a_process_waits_no_longer_than_it_may_for_its_last_spans(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    found = Kept()
    monkeypatch.setattr(traces, "_spans", found.spans)
    ended: list[bool] = []
    monkeypatch.setattr(found.spans, "close", lambda: ended.append(True))
    traces.close()
    assert ended == [True]
    with caplog.at_level(logging.WARNING):
        monkeypatch.setattr(found.spans, "close", lambda: threading.Event().wait(10))
        traces.close(0.01)
    assert [record.getMessage() for record in caplog.records] == [
        "the last spans are lost: the collector did not take them within 0.01 s"
    ]
