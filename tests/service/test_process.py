"""The chassis in a process of its own, under its launcher and under plain uvicorn, with real connections."""

import asyncio
import contextlib
import signal
import socket
import time
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from seawall import contract
from tests.service.process import PATIENCE, Running, running

SERVERS = pytest.mark.parametrize("under", ["seawall.service", "uvicorn"])


class Load:
    """Clients with keep-alive connections that go on asking until the process says that it is not ready."""

    def __init__(self, service: Running) -> None:
        self._service = service
        self.statuses: list[int] = []
        self.errors: list[str] = []
        self.last: list[httpx.Response] = []
        self.unready = asyncio.Event()

    async def run(self, clients: int = 8) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            for _ in range(clients):
                group.create_task(self._ask())

    async def _watch(self) -> None:
        """As a proxy does: every 20 ms, on a connection of its own."""
        async with httpx.AsyncClient(base_url=self._service.url, timeout=PATIENCE) as http:
            while (await http.get("/ready")).status_code == 200:  # noqa: ASYNC110 - polling is what a proxy does
                await asyncio.sleep(0.02)
        self.unready.set()

    async def _ask(self) -> None:
        async with httpx.AsyncClient(base_url=self._service.url, timeout=PATIENCE) as http:
            while not self.unready.is_set():
                try:
                    response = await http.get("/v1/items/1")
                except httpx.TransportError as error:
                    self.errors.append(repr(error))
                    return
                self.statuses.append(response.status_code)
            # The one that was on its way as the proxy noticed, and one that takes until after the delay.
            self.last.append(await http.get("/slow", params={"seconds": 1.2}))


@SERVERS
async def test_no_request_fails_as_a_process_stops_under_load(tmp_path: Path, under: str) -> None:
    with running(tmp_path, "shop:app", under=under, variables={"DRAIN_DELAY": "1"}) as service:
        load = Load(service)
        task = asyncio.create_task(load.run())
        while len(load.statuses) < 100:
            assert not task.done()
            await asyncio.sleep(0.01)
        service.stop()
        signalled = time.monotonic()
        await asyncio.wait_for(load.unready.wait(), PATIENCE)
        assert time.monotonic() - signalled < 0.5  # asked every 20 ms by a busy machine; the chassis takes under 1 ms
        await asyncio.wait_for(task, PATIENCE)
        status = await asyncio.to_thread(service.wait)
    assert load.errors == []
    assert set(load.statuses) == {200}
    assert [(each.status_code, each.headers["connection"]) for each in load.last] == [(200, "close")] * 8
    # uvicorn's own command ends by the signal that it was sent.
    assert status == (0 if under == "seawall.service" else -signal.SIGTERM)
    assert "application stopped" in service.output
    assert "Traceback" not in service.output


def test_connections_are_closed_while_draining(tmp_path: Path) -> None:
    with running(tmp_path, "shop:app", variables={"DRAIN_DELAY": "30"}) as service:
        with httpx.Client(base_url=service.url) as http:
            assert "connection" not in http.get("/v1/items/1").headers
            service.stop()
            service.wait_until("/ready", 503)
            assert http.get("/v1/items/1").headers["connection"] == "close"
            assert http.get("/v1/items/1").status_code == 200  # and is accepted anew
        service.stop()
        assert service.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@SERVERS
def test_a_second_signal_ends_it_now(tmp_path: Path, number: int, under: str) -> None:
    variables = {"DRAIN_DELAY": "60", "DRAIN_TIMEOUT": "60"}
    with running(tmp_path, "shop:app", under=under, variables=variables) as service:
        with socket.create_connection(("127.0.0.1", service.port)) as waiting:
            waiting.sendall(b"GET /slow?seconds=60 HTTP/1.1\r\nHost: x\r\n\r\n")
            _wait_for_one_in_flight(service)
            service.stop(number)
            service.wait_until("/ready", 503)
            service.stop(number)
            began = time.monotonic()
            waiting.settimeout(PATIENCE)
            head = waiting.recv(4096).decode()
        status = service.wait()
        assert time.monotonic() - began < 5
    assert head.startswith("HTTP/1.1 503")
    assert "connection: close" in head
    assert status == 0 or under == "uvicorn"
    assert "application stopped" in service.output


def test_what_does_not_end_in_time_is_given_up(tmp_path: Path) -> None:
    with running(tmp_path, "shop:app", variables={"DRAIN_TIMEOUT": "0.3"}) as service:
        with socket.create_connection(("127.0.0.1", service.port)) as waiting:
            waiting.sendall(b"GET /slow?seconds=60 HTTP/1.1\r\nHost: x\r\n\r\n")
            _wait_for_one_in_flight(service)
            service.stop()
            waiting.settimeout(PATIENCE)
            answer = waiting.recv(4096)
        assert service.wait() == 0
    assert answer.startswith(b"HTTP/1.1 503")
    assert "Traceback" not in service.output


def _wait_for_one_in_flight(service: Running) -> None:
    deadline = time.monotonic() + PATIENCE
    while "http_requests_in_flight 1" not in httpx.get(f"{service.metrics_url}/metrics").text:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@SERVERS
def test_metrics_have_a_port_of_their_own(tmp_path: Path, under: str) -> None:
    with running(tmp_path, "shop:app", under=under, variables={"SEAWALL_SERVICE": "shop"}) as service:
        assert httpx.get(f"{service.url}/metrics").status_code == 404
        for path in ("/live", "/ready", "/health"):
            assert httpx.get(f"{service.metrics_url}{path}").status_code == 200
        assert httpx.get(f"{service.metrics_url}/v1/items/1").status_code == 404
        httpx.get(f"{service.url}/v1/items/1")
        text = httpx.get(f"{service.metrics_url}/metrics").text
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["http_requests_total", "/v1/items/{item}", "200", "GET"] == 1
    assert samples["http_requests_total", "/v1/items/{item}", "500", "GET"] == 0
    assert samples["http_requests_total", "/upload", "503", "POST"] == 0
    assert any(name[0] == "service_info" and "shop" in name for name in samples)


def test_every_line_of_a_process_is_json_with_the_requests_id(tmp_path: Path) -> None:
    with running(tmp_path, "shop:app") as service:
        failed = httpx.get(f"{service.url}/fails")
        service.stop()
        assert service.wait() == 0
    assert failed.status_code == 500
    assert "canary" not in failed.text
    request_id = failed.headers["x-request-id"]
    of_request = [line for line in service.lines if line.get("request_id") == request_id]
    assert [line["message"] for line in of_request] == ["unhandled exception", "GET /fails 500"]
    assert of_request[0]["exception"]["type"] == "RuntimeError"
    assert of_request[0]["exception"]["frames"][-1]["function"] == "fails"
    assert of_request[1]["route"] == "/fails"
    others = [line for line in service.output.splitlines() if not line.startswith("{")]
    assert others == ["application stopped"]  # what the application prints is its own


def test_an_answer_that_breaks_off_cuts_the_connection(tmp_path: Path) -> None:
    with running(tmp_path, "shop:app") as service:
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(f"{service.url}/breaks")
        assert httpx.get(f"{service.url}/v1/items/1").status_code == 200
    assert "unhandled exception" in [line["message"] for line in service.lines]


def test_a_large_upload_is_refused_and_its_sender_hears_of_it(tmp_path: Path) -> None:
    limited = running(tmp_path, "shop:app", variables={"REQUEST_BODY_LIMIT": "100000"})
    with limited as service, httpx.Client(base_url=service.url, timeout=PATIENCE) as http:
        assert http.post("/upload", content=b"x" * 100_000).json() == 100_000
        announced = http.post("/upload", content=b"x" * 5_000_000)
        streamed = http.post("/upload", content=(b"x" * 10_000 for _ in range(500)))
        assert http.get("/v1/items/1").status_code == 200
    assert [announced.status_code, streamed.status_code] == [413, 413]
    assert announced.json()["request_id"] == announced.headers["x-request-id"]


def test_a_metrics_port_that_nobody_asked_for_need_not_be_had(tmp_path: Path) -> None:
    """Two applications side by side on a laptop: the second goes on without."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # somebody else's is as good
            taken.bind(("127.0.0.1", contract.DEFAULT_METRICS_PORT))
            taken.listen()
        with running(tmp_path, "shop:app", under="uvicorn", variables={"METRICS_PORT": ""}) as service:
            assert httpx.get(f"{service.url}/v1/items/1").status_code == 200
    assert any("cannot listen" in line["message"] for line in service.lines)
