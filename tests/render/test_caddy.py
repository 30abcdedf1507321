"""The configuration is tested on a real Caddy: what matters is what it answers, not what it says."""

import http.client
import json
import os
import subprocess
import sysconfig
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from seawall import contract
from seawall.render.caddy import Files, Proxy, Server, config
from tests.support.cluster import free_port


class _Echo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "for": self.headers.get("X-Forwarded-For")}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        pass


@pytest.fixture(scope="module")
def upstream() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def edge(upstream: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("caddy")
    root = folder / "site"
    root.mkdir()
    (root / "index.html").write_text("<h1>site</h1>")
    (root / ".env").write_text("secret")
    port = free_port()
    server = Server(
        f"127.0.0.1:{port}",
        (
            Files("/", str(root)),
            Proxy("/api", "api", f"127.0.0.1:{upstream}", 5),
            Proxy("/api/orders", "orders", f"127.0.0.1:{free_port()}", 5),
        ),
        contract.CLOSED_PATHS,
    )
    file = folder / "caddy.json"
    file.write_text(json.dumps(config({"edge": server})))
    environment = {**os.environ, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    caddy = Path(sysconfig.get_path("scripts")) / "caddy"
    with subprocess.Popen(
        [str(caddy), "run", "--config", str(file)], env=environment, stderr=subprocess.DEVNULL
    ) as process:
        _wait_for(port)
        yield port
        process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            _get(port, "/")
        except OSError:
            assert time.monotonic() < deadline, "Caddy did not start"
            time.sleep(0.05)
        else:
            return


def _get(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/time?zone=UTC"])
def test_a_proxied_path_arrives_whole(edge: int, path: str) -> None:
    status, _, body = _get(edge, path)
    assert (status, json.loads(body)["path"]) == (200, path)


def test_the_client_address_is_passed_on(edge: int) -> None:
    assert json.loads(_get(edge, "/api")[2])["for"] == "127.0.0.1"


def test_a_path_that_only_begins_alike_is_not_proxied(edge: int) -> None:
    assert _get(edge, "/apix")[0] == 404


def test_the_longest_path_wins_and_a_silent_service_is_named(edge: int) -> None:
    status, headers, body = _get(edge, "/api/orders/7")
    assert status == 503
    assert headers["Retry-After"] == "1"
    assert headers["Content-Type"] == contract.PROBLEM_JSON
    assert json.loads(body)["detail"] == "orders does not answer yet."


@pytest.mark.parametrize("path", contract.CLOSED_PATHS)
@pytest.mark.parametrize("form", ["{}", "{}/", "/{}", "{}?x=1", "/api/..{}", "{}/deeper"])
def test_closed_paths_stay_closed_in_every_spelling(edge: int, path: str, form: str) -> None:
    assert _get(edge, form.format(path))[0] == 404


def test_closed_paths_stay_closed_when_encoded_or_in_capitals(edge: int) -> None:
    assert _get(edge, "/%6cive")[0] == 404
    assert _get(edge, "/METRICS")[0] == 404


def test_files_come_with_security_headers_and_hidden_ones_stay_hidden(edge: int) -> None:
    status, headers, body = _get(edge, "/")
    assert (status, body) == (200, b"<h1>site</h1>")
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-cache"
    assert "Server" not in headers
    assert _get(edge, "/.env")[0] == 404


def test_a_missing_file_is_a_problem_document(edge: int) -> None:
    status, headers, body = _get(edge, "/nothing.html")
    assert (status, headers["Content-Type"]) == (404, contract.PROBLEM_JSON)
    assert json.loads(body)["status"] == 404


def test_the_configuration_is_the_same_whatever_the_order_of_the_routes() -> None:
    routes = (Proxy("/b", "b", "127.0.0.1:2", 5), Proxy("/a", "a", "127.0.0.1:1", 5), Files("/", "site"))
    assert config({"edge": Server(":80", routes)}) == config({"edge": Server(":80", routes[::-1])})
