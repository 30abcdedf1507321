import json
import socket
from pathlib import Path

import httpx
import pytest

from tests.service.process import launch, running


def problems(output: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(output)["errors"]
    return found


@pytest.mark.parametrize(
    ("reference", "code", "words"),
    [
        ("shop:ap", "SW402", ["shop has no 'ap'", "did you mean 'app'"]),
        ("nowhere:app", "SW402", ["no module 'nowhere'"]),
        ("shop", "SW402", ["MODULE:NAME"]),
        ("bare:number", "SW402", ["not an ASGI application", "a int"]),
        ("bare:factory", "SW402", ["not an ASGI application"]),
        ("broken:app", "SW401", ["a_module_that_does_not_exist", "broken.py:3"]),
        ("bare:reserved", "SW403", ["/health", "/live", "bare.py:18"]),
        ("bare:raises", "SW406", ["RuntimeError", "no license", "bare.py:33", "password=***"]),
        ("bare:refuses", "SW404", ["LICENSE is not set"]),
    ],
)
def test_what_cannot_run_is_said_in_a_few_lines(reference: str, code: str, words: list[str]) -> None:
    result = launch(reference, LOG_FORMAT="console")
    assert result.returncode == 1
    assert f"error[{code}]" in result.stderr
    assert [word for word in words if word not in result.stderr] == []
    assert "Traceback" not in result.stderr + result.stdout
    assert "hunter2" not in result.stderr + result.stdout


def test_in_a_cluster_the_same_is_a_log_line() -> None:
    result = launch("bare:reserved", LOG_FORMAT="json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.returncode, result.stderr) == (1, "")
    assert [line["problem"]["code"] for line in lines] == ["SW403", "SW403"]


def test_in_a_cluster_the_frames_of_a_failed_start_up_are_logged() -> None:
    lines = [json.loads(line) for line in launch("bare:raises", LOG_FORMAT="json").stdout.splitlines()]
    assert [line["level"] for line in lines] == ["error", "critical"]
    assert lines[0]["exception"]["frames"][-1]["function"] == "raises"
    assert lines[1]["problem"]["code"] == "SW406"


def test_errors_for_programs() -> None:
    result = launch("--json", "bare:number")
    assert result.returncode == 1
    assert [problem["code"] for problem in problems(result.stdout)] == ["SW402"]


def test_an_unreadable_setting_is_found_before_the_application_is_imported() -> None:
    result = launch("broken:app", REQUEST_TIMEOUT="soon", DRAIN_DELAY="-1")
    assert result.returncode == 1
    assert result.stderr.count("error[SW405]") == 2


@pytest.mark.parametrize("variable", ["PORT", "METRICS_PORT"])
def test_a_port_that_is_taken(variable: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = launch("bare:starlette", LOG_FORMAT="console", **{variable: str(port)})
    assert result.returncode == 1
    assert "error[SW302]" in result.stderr
    assert f"port {port} ({variable})" in result.stderr
    assert "Traceback" not in result.stderr


def test_describe_starts_nothing_and_needs_no_database() -> None:
    result = launch("--describe", "shop:app", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert (result.returncode, result.stderr) == (0, "")
    said = json.loads(result.stdout)
    assert (said["version"], said["kind"], said["reference"]) == (1, "service", "shop:app")
    routes = {route["path"]: route for route in said["routes"]}
    assert routes["/v1/items/{item}"]["methods"] == ["GET"]
    assert said["checks"] == [{"name": "stock", "critical": False, "timeout": 2.0}]
    assert {"http_requests_total", "http_request_duration_seconds", "service_info"} <= set(said["metrics"])
    assert {"python", "fastapi", "seawall"} <= set(said["frameworks"])


@pytest.mark.parametrize(("reference", "paths"), [("bare:starlette", ["/hello/{name}"]), ("bare:asgi", [])])
def test_describe_of_an_application_without_the_chassis(reference: str, paths: list[str]) -> None:
    said = json.loads(launch("--describe", reference).stdout)
    assert [route["path"] for route in said["routes"]] == paths


@pytest.mark.parametrize(
    ("reference", "path", "body"), [("bare:asgi", "/x", "bare"), ("bare:starlette", "/hello/x", "hello")]
)
def test_a_plain_application_gets_the_chassis_from_the_launcher(
    tmp_path: Path, reference: str, path: str, body: str
) -> None:
    with running(tmp_path, reference) as service:
        response = httpx.get(f"{service.url}{path}")
        assert response.text == body
        assert len(response.headers["x-request-id"]) == 32
        assert httpx.get(f"{service.url}/health").json()["service"] == "bare"
        service.stop()
        assert service.wait() == 0


def test_secrets_in_files_are_there_before_the_application_is(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://me:hunter2@127.0.0.1:1/none\n")
    variables = {"DATABASE_URL_FILE": str(tmp_path / "url"), "SEAWALL_SECRETS": str(tmp_path)}
    with running(tmp_path, "bare:asgi", until="/live", variables=variables) as service:
        body = httpx.get(f"{service.url}/health").text
    assert "database" in body
    assert "hunter2" not in body + service.output
