"""The launcher, run to its end."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from seawall import contract
from tests.jobs.process import launch

NOWHERE = "postgresql://u:hunter2@127.0.0.1:1/x"


def codes(output: str) -> list[str]:
    return [line.partition("]")[0].removeprefix("error[") for line in output.splitlines() if line.startswith("error[")]


def test_describe_says_what_the_application_declares_and_needs_no_database() -> None:
    done = launch("--describe", "work:jobs")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["version"], said["kind"], said["reference"]) == (contract.DESCRIBE_VERSION, "jobs", "work:jobs")
    found = {each["name"]: each for each in said["jobs"]}
    assert found["raises"] == {
        "name": "raises",
        "queue": "default",
        "priority": 0,
        "max_attempts": 3,
        "timeout": 25.0,
        "backoff": {"first": 0.05, "maximum": 3600.0},
        "retry_on": ["BaseException"],
        "discard_on": [],
        "on_dead": "block",
        "ack": "batched",
        "arguments": {},
    }
    assert found["in_thread"]["arguments"] == {"path": "str", "seconds": "float"}
    assert said["checks"] == [{"name": "disk", "critical": False, "timeout": 2.0}]
    assert {contract.JOBS_SUCCESS, contract.QUEUE_DEPTH, contract.CRON_LAST_TICK} <= set(said["metrics"])


def test_describe_shows_settings_with_their_values() -> None:
    said = json.loads(launch("--describe", "ticking:jobs", ZONE="Europe/Berlin").stdout)
    (cron,) = said["crons"]
    ticks = [datetime.fromisoformat(tick) for tick in cron.pop("next")]
    assert [later - earlier for earlier, later in pairwise(ticks)] == [timedelta(seconds=1)] * 2
    assert abs(ticks[0] - datetime.now(UTC)) < timedelta(minutes=1)
    assert cron == {
        "job": "tick",
        "expression": {"value": "* * * * * *", "setting": "SCHEDULE"},
        "timezone": {"value": "Europe/Berlin", "setting": "ZONE"},
        "missed": "all",
        "skipped": [],
    }
    assert [each["name"] for each in said["intervals"]] == ["look", "fail"]
    broken = json.loads(launch("--describe", "broken:jobs").stdout)
    assert broken["crons"][0]["expression"] == {"value": None, "setting": "SCHEDULE"}
    assert broken["crons"][0]["next"] == []


def test_describe_tells_the_times_that_the_clocks_skip() -> None:
    said = json.loads(launch("--describe", "ticking:jobs", ZONE="Europe/Berlin", SCHEDULE="30 2 * * *").stdout)
    (sentence,) = said["crons"][0]["skipped"]
    assert sentence.startswith("02:30 does not exist on ")
    assert sentence.endswith(" in Europe/Berlin; runs at 03:00")


def test_all_that_keeps_a_worker_from_starting_is_said_at_once() -> None:
    done = launch("broken:jobs", LOG_FORMAT="console")
    assert done.returncode == 1
    assert codes(done.stderr) == ["SW404", "SW605", "SW606", "SW405", "SW404"]
    assert "SCHEDULE is not set" in done.stderr
    assert "DATABASE_URL is not set" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_same_as_json() -> None:
    done = launch("--json", "broken:jobs")
    assert done.returncode == 1
    said = json.loads(done.stdout.splitlines()[-1])
    assert [each["code"] for each in said["errors"]] == ["SW404", "SW605", "SW606", "SW405", "SW404"]


@pytest.mark.parametrize(
    ("reference", "code"),
    [("nothing:jobs", "SW402"), ("work:nothing", "SW402"), ("work:note", "SW402"), ("work", "SW402")],
)
def test_a_reference_that_names_no_jobs_is_said(reference: str, code: str) -> None:
    done = launch(reference, LOG_FORMAT="console", DATABASE_URL=NOWHERE)
    assert done.returncode == 1
    assert codes(done.stderr) == [code]
    assert "hunter2" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said() -> None:
    done = launch("work:jobs", LOG_FORMAT="console", DATABASE_URL=NOWHERE, METRICS_PORT="1", HOST="192.0.2.1")
    assert (done.returncode, codes(done.stderr)) == (1, ["SW302"])
