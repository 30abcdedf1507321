"""greeter as its users drive it. It has no page, hence no browser; no database, so a service goes away instead."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from dotenv import dotenv_values

from tests.e2e.conftest import copy
from tests.support.cluster import free_port
from tests.support.systems import EXAMPLES
from tests.support.up import SEAWALL, Running, environment, up
from tests.support.waiting import until

PATIENCE = 60.0
PROBLEM = "application/problem+json"
OFFSET = "8.75"  # that of Eucla, in all seasons; its zone has one name on every system


@dataclass
class Greeter:
    """The system, running with the secrets of `.env`, and a configuration of its own."""

    folder: Path
    running: Running
    secrets: dict[str, str]

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(self.running.urls["edge"] + path, headers=headers, timeout=PATIENCE)


@pytest.fixture(scope="module")
def greeter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Greeter]:
    folder = copy(EXAMPLES / "greeter", tmp_path_factory.mktemp("e2e") / "greeter")
    written = (folder / "stack.py").read_text()
    edited = written.replace('"TIMEZONE_OFFSET": "0"', f'"TIMEZONE_OFFSET": "{OFFSET}"')
    assert edited != written
    (folder / "stack.py").write_text(edited)
    subprocess.run(["make", "--silent", ".env"], cwd=folder, check=True)
    secrets = {name: value for name, value in dotenv_values(folder / ".env").items() if value}
    options = [word for name in ("greeter", "timezones") for word in ("--port", f"{name}={free_port()}")]
    with up(folder, *options) as running:
        assert running.urls
        yield Greeter(folder, running, secrets)


def test_the_greeting_has_the_time_at_the_configured_offset(greeter: Greeter) -> None:
    answer = greeter.get("/")
    assert (answer.status_code, answer.json()["greeting"]) == (200, "Hello from dev")
    time = datetime.fromisoformat(answer.json()["time"])
    assert time.utcoffset() == timedelta(hours=float(OFFSET))
    assert abs(time - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_secret_is_for_those_who_have_the_key(greeter: Greeter) -> None:
    told = greeter.get("/secret", **{"X-API-Key": greeter.secrets["DUMMY_API_KEY"]})
    assert (told.status_code, told.json()) == (200, {"message": greeter.secrets["SECRET_MESSAGE"]})
    for headers in ({}, {"X-API-Key": "wrong"}):
        refused = greeter.get("/secret", **headers)
        assert (refused.status_code, refused.headers["content-type"]) == (401, PROBLEM)
        assert greeter.secrets["SECRET_MESSAGE"] not in refused.text


def test_time_zones_are_found_by_a_part_of_their_name(greeter: Greeter) -> None:
    answer = greeter.get("/timezones?search=new+york")
    assert (answer.status_code, [each["name"] for each in answer.json()]) == (200, ["America/New_York"])
    assert greeter.get("/timezones?offset=99").status_code == 422


def test_closed_paths_are_closed_and_no_secret_is_in_a_log(greeter: Greeter) -> None:
    for path in ("/live", "/ready", "/health", "/metrics"):
        assert greeter.get(path).status_code == 404
    shown = str(greeter.running.events)
    assert not [name for name, value in greeter.secrets.items() if value in shown]


async def test_without_the_time_zones_there_is_a_greeting_and_no_places_until_they_are_back(greeter: Greeter) -> None:
    assert greeter.get("/places").json() == ["Australia/Eucla"]
    seen = len(greeter.running.events)
    os.kill(greeter.running.pid("timezones"), signal.SIGKILL)

    async def answers(status: int) -> bool:
        answer = greeter.get("/places")
        assert answer.status_code in {200, 503}
        assert answer.status_code == 200 or answer.headers["content-type"] == PROBLEM
        assert greeter.get("/").status_code == 200
        return answer.status_code == status

    await until(lambda: answers(503), PATIENCE)
    await until(lambda: answers(200), PATIENCE)
    started = {event["name"] for event in greeter.running.events[seen:] if event.get("event") == "starting"}
    assert started == {"timezones"}


def test_the_stack_and_the_service_of_its_name_each_have_an_address(greeter: Greeter) -> None:
    urls = greeter.running.urls
    assert list(urls) == ["edge", "timezones", "greeter"]
    assert httpx.get(f"{urls['greeter']}/live").status_code == 200
    assert greeter.get("/live").status_code == 404
    status = [str(SEAWALL), "status"]
    told = subprocess.run([*status, "--json"], cwd=greeter.folder, check=True, capture_output=True, text=True)
    assert {each["name"]: each["url"] for each in json.loads(told.stdout)["services"]} == urls
    said = subprocess.run(status, cwd=greeter.folder, check=True, capture_output=True, text=True)
    assert urls["edge"] in said.stdout.splitlines()[0]


def test_secrets_that_are_missing_are_all_named_before_anything_starts(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = copy(EXAMPLES / "greeter", tmp_path_factory.mktemp("e2e") / "greeter")
    done = subprocess.run(
        [SEAWALL, "up"], cwd=folder, env=environment(), check=False, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode != 0
    assert "DUMMY_API_KEY" in done.stderr
    assert "SECRET_MESSAGE" in done.stderr
    assert not (folder / ".seawall").exists()
