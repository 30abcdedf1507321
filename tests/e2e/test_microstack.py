import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import chromium
from tests.support.up import Running

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "microstack.png"
# What the front end may take to notice that a tier has changed, with slack for a busy machine.
NOTICED = 30_000


@pytest.fixture
def page(microstack: Running) -> Iterator[Page]:
    """The front end, open in a browser; nothing may be loaded from elsewhere and nothing may go wrong in its code."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 760}, device_scale_factor=1.5)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: errors.append(request.url) if "//localhost:" not in request.url else None)
        page.goto(microstack.urls["microstack"])
        yield page
        assert errors == []


def test_the_front_end_shows_the_time_of_the_database_as_it_changes(page: Page) -> None:
    time = page.get_by_test_id("time")
    for _ in range(3):
        expect(time).to_have_text(re.compile(r"\d\d:\d\d:\d\d"), timeout=NOTICED)
        expect(time).not_to_have_text(time.inner_text(), timeout=NOTICED)


def test_the_front_end_shows_that_all_tiers_are_up(page: Page) -> None:
    for tier in ("api", "worker", "database"):
        expect(page.get_by_test_id(f"tier-{tier}")).to_have_attribute("data-status", "up", timeout=NOTICED)
    if os.environ.get("UPDATE_PICTURES"):
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURE)
    assert PICTURE.exists(), "UPDATE_PICTURES=1 makes the picture of the README"


def test_a_killed_api_comes_back_and_the_page_recovers_by_itself(microstack: Running, page: Page) -> None:
    expect(page.get_by_test_id("tier-api")).to_have_attribute("data-status", "up", timeout=NOTICED)
    before = len(microstack.events)
    pid = microstack.pid("api-service")
    os.kill(pid, signal.SIGKILL)
    crash = microstack.wait_for(
        lambda event: event.get("event") == "crashed" and event["name"] == "api-service", since=before
    )
    assert crash["status"] == -signal.SIGKILL
    assert crash["restart_in"] <= 1
    assert 0 < len(crash["last_lines"]) <= 20
    microstack.wait_for(lambda event: event.get("event") == "ready" and event["name"] == "api-service", since=before)
    assert microstack.pid("api-service") != pid
    assert httpx.get(f"{microstack.urls['api-service']}/health").json()["status"] == "ok"
    expect(page.get_by_test_id("tier-api")).to_have_attribute("data-status", "up", timeout=NOTICED)


def test_the_addresses_of_the_description_answer(microstack: Running) -> None:
    urls = microstack.urls
    assert httpx.get(f"{urls['api-service']}/health").status_code == 200
    assert "T" in httpx.get(f"{urls['microstack']}/api/time").json()["time"]
    assert "T" in httpx.get(f"{urls['frontend-service']}/api/time").json()["time"]
    health = httpx.get(f"{urls['worker-service']}/health").json()
    assert {"database", "last_heartbeat"} <= health["checks"].keys()


def test_the_edge_keeps_the_closed_paths_closed(microstack: Running) -> None:
    for path in ("/live", "/ready", "/health", "/metrics"):
        assert httpx.get(microstack.urls["microstack"] + path).status_code == 404
        assert httpx.get(microstack.urls["frontend-service"] + path).status_code == 404


def test_while_the_database_is_away_the_page_says_so_and_no_errand_is_lost(microstack: Running, page: Page) -> None:
    database = page.get_by_test_id("tier-database")
    expect(database).to_have_attribute("data-status", "up", timeout=NOTICED)
    errands = f"{microstack.urls['microstack']}/api/errands"
    asked = {httpx.post(errands).raise_for_status().json()["id"] for _ in range(5)}
    before = len(microstack.events)
    deadline = time.monotonic() + NOTICED / 1000
    while database.get_attribute("data-status") != "down":  # however often `seawall up` starts it again
        assert time.monotonic() < deadline
        with suppress(ProcessLookupError):
            os.kill(microstack.pid("postgres"), signal.SIGINT)
        page.wait_for_timeout(100)
    expect(page.get_by_test_id("tier-api")).to_have_attribute("data-status", "up", timeout=NOTICED)
    expect(database).to_have_attribute("data-status", "up", timeout=NOTICED)
    while {errand["id"] for errand in listed(errands) if errand["done_at"]} != asked:
        assert time.monotonic() < deadline + NOTICED / 1000
        page.wait_for_timeout(100)
    started = {event["name"] for event in microstack.events[before:] if event.get("event") == "starting"}
    assert started == {"postgres"}


def listed(errands: str) -> list[dict[str, Any]]:
    """The newest errands; none as long as the API cannot say."""
    answer = httpx.get(errands)
    found: list[dict[str, Any]] = answer.json() if answer.status_code == 200 else []
    return found
