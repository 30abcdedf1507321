"""Traced services as processes: what a collector gets of their requests, and what becomes of them without one."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from seawall import contract
from tests.service.process import APPS, Running, environment, launch, running
from tests.support.cluster import free_port
from tests.support.otlp import Collector, Received, collector

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SOON = {"OTEL_BSP_SCHEDULE_DELAY": "50", "SEAWALL_SERVICE": "orders"}


@pytest.fixture
def receiver() -> Iterator[Collector]:
    with collector() as running_:
        yield running_


def traced(receiver: Collector, **more: str) -> dict[str, str]:
    return {**SOON, "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, **more}


def get(service: Running, path: str, flags: str = "01", trace: str = TRACE) -> httpx.Response:
    return httpx.get(service.url + path, headers={"traceparent": f"00-{trace}-{SPAN}-{flags}"}, timeout=15)


def one(name: str) -> Callable[[list[Received]], Received | None]:
    """What finds the span of that name."""
    return lambda spans: next((span for span in spans if span.name == name), None)


@pytest.mark.parametrize("under", ["seawall.service", "uvicorn"])
def test_a_request_is_a_span_of_the_client_s_trace_and_the_parent_of_the_application_s(
    tmp_path: Path, receiver: Collector, under: str
) -> None:
    about = {"SEAWALL_STACK": "shop", "SEAWALL_RELEASE": "3f9a", "SEAWALL_ENVIRONMENT": "prod"}
    with running(tmp_path, "traced:app", under=under, variables=traced(receiver, **about)) as service:
        assert get(service, "/items/7?token=canary").status_code == 200
        request: Received = receiver.wait_for(one("GET /items/{item}"))
        own: Received = receiver.wait_for(one("look"))
        assert (request.trace, request.parent, request.kind, request.service) == (TRACE, SPAN, "SERVER", "orders")
        assert request.attributes == {
            "http.request.method": "GET",
            "url.scheme": "http",
            "url.path": "/items/7",
            "http.route": "/items/{item}",
            "http.response.status_code": 200,
        }
        assert (own.trace, own.parent, own.kind) == (TRACE, request.id, "INTERNAL")
        assert request.resource["service.namespace"] == "shop"
        assert request.resource["service.version"] == "3f9a"
        assert request.resource["deployment.environment.name"] == "prod"
        lines = [line for line in service.lines if line.get("request_id")]
        assert {(line["trace_id"], line["span_id"]) for line in lines} == {(TRACE, request.id)}
        assert {line["message"] for line in lines} == {"reading", "GET /items/7 200"}
        assert {span.name for span in receiver.spans} == {"GET /items/{item}", "look"}  # no probe is among them


def test_a_call_is_a_span_between_those_of_both_services(tmp_path: Path, receiver: Collector) -> None:
    with (
        running(tmp_path, "traced:app", variables=traced(receiver, SEAWALL_SERVICE="stock")) as other,
        running(tmp_path, "traced:app", variables=traced(receiver, OTHER_URL=other.url)) as service,
    ):
        assert get(service, "/asks/7").text == "200"
        asked: Received = receiver.wait_for(one("GET /asks/{item}"))
        call: Received = receiver.wait_for(one("GET"))
        answered: Received = receiver.wait_for(one("GET /items/{item}"))
    assert {asked.trace, call.trace, answered.trace} == {TRACE}
    assert (call.parent, answered.parent) == (asked.id, call.id)
    assert (call.kind, call.service, answered.service) == ("CLIENT", "orders", "stock")
    assert call.attributes == {
        "http.request.method": "GET",
        "url.full": f"{other.url}/items/7",
        "server.address": "127.0.0.1",
        "server.port": other.port,
        "http.response.status_code": 200,
    }


def test_what_fails_is_marked_without_the_text_of_the_error(tmp_path: Path, receiver: Collector) -> None:
    with running(tmp_path, "traced:app", variables=traced(receiver)) as service:
        assert (get(service, "/fails").status_code, get(service, "/refuses").status_code) == (500, 404)
        failed: Received = receiver.wait_for(one("GET /fails"))
        refused: Received = receiver.wait_for(one("GET /refuses"))
    assert failed.failed
    assert failed.attributes["error.type"] == "500"
    assert not refused.failed
    assert "canary" not in str(receiver.spans)


@pytest.mark.parametrize(
    ("said", "flags", "sampled"),
    [
        ({"TRUSTED_HOPS": "0"}, "00", True),
        ({"TRUSTED_HOPS": "1"}, "00", False),
        ({"TRUSTED_HOPS": "1", "TRUSTED_TRACES": "0"}, "00", True),
        ({"TRUSTED_TRACES": "1", "OTEL_TRACES_SAMPLER": "parentbased_always_off"}, "01", True),
        ({"OTEL_TRACES_SAMPLER": "parentbased_always_off"}, "01", False),
        ({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"}, "01", False),
    ],
)
def test_a_client_that_is_not_trusted_does_not_decide_what_is_sampled(
    tmp_path: Path, receiver: Collector, said: dict[str, str], flags: str, sampled: bool
) -> None:
    with running(tmp_path, "traced:app", variables=traced(receiver, **said)) as service:
        assert get(service, "/items/7", flags).status_code == 200
        (line,) = [line for line in service.lines if line["message"] == "reading"]
        assert line["trace_id"] == TRACE  # it has its name all the same
        service.stop()
        assert service.wait() == 0
    assert [span.name for span in receiver.spans if span.kind == "SERVER"] == (["GET /items/{item}"] if sampled else [])


def test_spans_that_wait_are_sent_as_the_process_stops(tmp_path: Path, receiver: Collector) -> None:
    with running(tmp_path, "traced:app", variables=traced(receiver, OTEL_BSP_SCHEDULE_DELAY="600000")) as service:
        assert get(service, "/items/7").status_code == 200
        assert receiver.spans == []
        service.stop()
        assert service.wait() == 0
    assert one("GET /items/{item}")(receiver.spans)


def test_a_collector_that_is_away_costs_spans_and_one_line(tmp_path: Path, receiver: Collector) -> None:
    receiver.status = 400  # not to be tried again, by OTLP
    with running(tmp_path, "traced:app", variables=traced(receiver)) as service:
        for times in (1, 2, 3):
            assert get(service, "/items/7").status_code == 200
            receiver.wait_until_asked(times)
        receiver.status = 200
        assert get(service, "/items/8").status_code == 200
        receiver.wait_for(one("GET /items/{item}"))
        health = httpx.get(service.url + "/health", timeout=15).json()
        service.stop()
        assert service.wait() == 0
        lines = [line["message"] for line in service.lines if line["logger"] == "seawall.runtime.span_export"]
        lost, back = lines
    assert health["status"] == "ok"  # nobody who waits for a request is worse off
    assert health["checks"]["traces"]["detail"]["dropped"] > 0
    assert lost.startswith("the collector takes no spans, which are lost: ")
    assert "400" in lost
    assert back.startswith("the collector takes spans again, after ")


def test_nobody_waits_for_a_collector_that_nobody_runs(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with running(tmp_path, "traced:app", variables={**SOON, "OTEL_EXPORTER_OTLP_ENDPOINT": nobody}) as service:
        assert get(service, "/items/7").status_code == 200
        metrics = httpx.get(service.metrics_url + "/metrics").text
        assert "traces_spans_exported_total 0" in metrics
        assert 'traces_spans_dropped_total{reason="not_taken"} 0' in metrics
        assert 'traces_spans_dropped_total{reason="queue_full"} 0' in metrics
        service.stop()
        assert service.wait() == 0


def test_a_collector_that_never_answers_holds_up_neither_requests_nor_the_end(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes connections, and nobody reads them
        nowhere = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with running(tmp_path, "traced:app", variables={**SOON, "OTEL_EXPORTER_OTLP_ENDPOINT": nowhere}) as service:
            assert [get(service, "/items/7").status_code for _ in range(20)] == [200] * 20
            service.stop()
            asked = time.monotonic()
            assert service.wait() == 0
            assert time.monotonic() - asked < 3 * (contract.TRACES_FLUSH_SECONDS + 1)
            assert [line["message"] for line in service.lines if line["logger"] == "seawall.runtime.traces"] == [
                "the last spans are lost: the collector did not take them within 2 s"
            ]


def test_without_an_exporter_traces_are_made_and_passed_on(tmp_path: Path) -> None:
    with running(tmp_path, "traced:app", variables={**SOON, "OTEL_TRACES_EXPORTER": "none"}) as service:
        assert httpx.get(service.url + "/items/7", timeout=15).status_code == 200
        (line,) = [line for line in service.lines if line["message"] == "reading"]
        assert len(line["trace_id"]) == 32
        checks = httpx.get(service.url + "/health", timeout=15).json()["checks"]
        assert checks["traces"]["detail"] == {"exporter": "none"}


def test_variables_that_cannot_be_used_are_named_all_at_once() -> None:
    said = {
        "OTEL_TRACES_EXPORTER": "zipkin",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "grpc://me:canary@collector:4317",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        "OTEL_TRACES_SAMPLER": "sometimes",
        "OTEL_TRACES_SAMPLER_ARG": "2",
        "OTEL_BSP_MAX_QUEUE_SIZE": "0",
    }
    run = launch("traced:app", **said, LOG_FORMAT="console")
    assert run.returncode == 1
    assert "canary" not in run.stderr
    assert [name for name in said if f"error[SW405]: {name} cannot be used" in run.stderr] == list(said)


def test_what_is_missing_is_said_before_the_application_is_imported(tmp_path: Path) -> None:
    (tmp_path / "opentelemetry").mkdir()
    (tmp_path / "opentelemetry" / "__init__.py").touch()
    run = launch("traced:app", OTEL_TRACES_EXPORTER="otlp", PYTHONPATH=str(tmp_path), LOG_FORMAT="console")
    assert run.returncode == 1
    assert "error[SW301]: this process is to be traced, which needs the extra 'traces'" in run.stderr
    assert "fix: pip install 'seawall[traces]'" in run.stderr


@pytest.mark.parametrize("said", [{}, {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "true"}])
def test_a_process_that_is_not_traced_does_not_import_the_sdk_of_opentelemetry(said: dict[str, str]) -> None:
    code = (
        "import os, sys; from shop import app; import seawall.jobs; from seawall.runtime import traces;"
        "traces.setup(app.settings, os.environ); print('opentelemetry.sdk' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=APPS, env=environment(**said), capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"
