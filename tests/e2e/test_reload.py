"""A running system follows its files: what has changed is replaced, under load and without a failed request."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.e2e.conftest import HERE, copy
from tests.support.cluster import free_port
from tests.support.load import load
from tests.support.up import Event, Running, up

SERVICES = ("shop", "clerk", "web")


class Kiosk:
    """`tests/e2e/kiosk`, running; `edit` changes one of its files and returns the number of the next event."""

    def __init__(self, folder: Path, running: Running) -> None:
        self.folder = folder
        self.running = running

    def edit(self, file: str, *changes: tuple[str, str]) -> int:
        path = self.folder / file
        before = len(self.running.events)
        text = path.read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text)
        return before

    def wait(self, kind: str, name: str, since: int) -> Event:
        return self.running.wait_for(
            lambda event: event.get("event") == kind and event.get("name") == name, since=since
        )

    def version(self) -> int:
        return int(httpx.get(f"{self.running.urls['kiosk']}/api/version").json()["version"])

    def said(self, since: int, *kinds: str) -> list[tuple[str, str]]:
        events = self.running.events[since:]
        return [(event["event"], event["name"]) for event in events if event["event"] in kinds]


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    folder = copy(HERE / "kiosk", tmp_path_factory.mktemp("e2e") / "kiosk")
    (folder / ".env").write_text("")
    options = [word for name in SERVICES for word in ("--port", f"{name}={free_port()}")]
    with up(folder, *options) as running:
        assert running.urls
        yield Kiosk(folder, running)


def until(holds: Callable[[], object], within: float = 30.0) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"still not after {within:g} s"
        time.sleep(0.02)


def test_no_request_fails_while_a_service_is_replaced(kiosk: Kiosk) -> None:
    urls = kiosk.running.urls
    places = [urls["kiosk"], urls["shop"], urls["web"]]
    asked = [(method, f"{place}/api/version") for place in places for method in ("GET", "POST")]
    with load(*asked, ("GET", f"{urls['shop']}/api/slow")) as asking:
        for version in (2, 3, 4):
            until(lambda: sum(asking.versions.values()) > 200)
            since = kiosk.edit("shop/main.py", (f"VERSION = {version - 1}", f"VERSION = {version}"))
            kiosk.wait("drained", "shop", since)
            assert kiosk.version() == version
    assert asking.failures == []
    assert asking.versions.keys() == {1, 2, 3, 4}


def healthy(kiosk: Kiosk) -> bool:
    return httpx.get(f"{kiosk.running.urls['shop']}/health").status_code == 200


def test_a_database_of_which_a_process_is_killed_recovers_and_says_so(kiosk: Kiosk) -> None:
    until(lambda: healthy(kiosk))
    before = len(kiosk.running.events)
    postmaster = psutil.Process(kiosk.running.pid("db"))
    backend = next(child for child in postmaster.children() if "postgres: postgres kiosk" in " ".join(child.cmdline()))
    backend.kill()
    kiosk.running.wait_for(
        lambda event: event.get("message", "").startswith("a server process was killed"), since=before
    )
    kiosk.running.wait_for(lambda event: event.get("message", "").startswith("recovered"), since=before)
    until(lambda: healthy(kiosk))
    assert kiosk.said(before, "crashed", "starting", "replacing", "unhealthy", "stopped") == []


def test_a_database_whose_server_is_killed_is_started_again_and_no_service_is(kiosk: Kiosk) -> None:
    before = len(kiosk.running.events)
    os.kill(kiosk.running.pid("db"), signal.SIGKILL)
    kiosk.wait("crashed", "db", before)
    kiosk.wait("ready", "db", before)
    until(lambda: healthy(kiosk))
    assert kiosk.said(before, "crashed", "starting", "replacing", "unhealthy", "stopped") == [
        ("crashed", "db"),
        ("starting", "db"),
    ]


def test_code_that_does_not_load_leaves_the_running_service_alone(kiosk: Kiosk) -> None:
    pid = kiosk.running.pid("shop")
    version = kiosk.version()
    since = kiosk.edit("shop/main.py", ("import json\n", "import json\nimport nowhere\n"))
    refused = kiosk.wait("notreplaced", "shop", since)
    assert refused["reason"] == "it ended with status 1"
    assert any("nowhere" in line for line in refused["last_lines"])
    assert kiosk.version() == version
    os.kill(pid, 0)
    since = kiosk.edit("shop/main.py", ("import nowhere\n", ""))
    kiosk.wait("replaced", "shop", since)
    assert kiosk.said(since, "crashed", "starting") == []


def test_only_the_service_whose_source_has_changed_is_replaced_and_a_singleton_is_never_two(kiosk: Kiosk) -> None:
    since = kiosk.edit("clerk/work.py", ("    pass\n", '    """Nothing is there to sweep."""\n'))
    kiosk.wait("ready", "clerk", since)
    assert kiosk.said(since, "stopped", "starting", "replacing") == [("stopped", "clerk"), ("starting", "clerk")]


def test_a_singleton_whose_new_code_does_not_load_is_not_even_stopped(kiosk: Kiosk) -> None:
    since = kiosk.edit("clerk/work.py", ("jobs = Jobs()", "jobs = Jobs("))
    refused = kiosk.wait("notreplaced", "clerk", since)
    assert refused["reason"] == "its code does not load"
    assert any("SyntaxError" in line or "never closed" in line for line in refused["last_lines"])
    assert httpx.get(f"{kiosk.running.urls['clerk']}/live").status_code == 200
    assert kiosk.said(since, "stopped", "starting") == []
    since = kiosk.edit("clerk/work.py", ("jobs = Jobs(", "jobs = Jobs()"))
    kiosk.wait("ready", "clerk", since)


def test_a_new_migration_is_applied_and_a_wrong_one_replaces_nothing(kiosk: Kiosk) -> None:
    since = len(kiosk.running.events)
    (kiosk.folder / "migrations" / "0002_price.sql").write_text("alter table goods add column price integer;\n")
    kiosk.wait("ready", "db-migrate", since)
    assert kiosk.said(since, "replacing", "stopped") == []
    since = len(kiosk.running.events)
    (kiosk.folder / "migrations" / "0003_wrong.sql").write_text("alter tabel goods;\n")
    kiosk.edit("shop/main.py", ("VERSION = ", "VERSION = 10 + "))
    problem = kiosk.wait("refused", "seawall", since)["problems"][0]
    assert problem["code"] == "SW506"
    assert problem["place"]["file"] == "migrations/0003_wrong.sql"
    assert kiosk.said(since, "replacing") == []
    (kiosk.folder / "migrations" / "0003_wrong.sql").unlink()
    kiosk.wait("replaced", "shop", since)
    assert kiosk.version() > 10


def test_a_stack_that_does_not_load_shows_all_its_errors_and_changes_nothing(kiosk: Kiosk) -> None:
    version = kiosk.version()
    old = 'path="/api", port=3410'
    since = kiosk.edit("stack.py", (old, 'path="api", port=0'))
    problems = kiosk.wait("refused", "seawall", since)["problems"]
    assert [problem["code"] for problem in problems] == ["SW201", "SW201"]
    assert all(problem["place"]["file"].endswith("stack.py") for problem in problems)
    assert kiosk.version() == version
    kiosk.edit("stack.py", ('path="api", port=0', old))


def test_a_change_of_the_stack_starts_stops_and_replaces_only_what_differs(kiosk: Kiosk) -> None:
    port, other = free_port(), free_port()
    program = f'Program("bell", command=["python3", "-m", "http.server", "{port}", "-b", "127.0.0.1"], port={port})'
    since = kiosk.edit(
        "stack.py",
        ("return [db, shop, clerk, web]", f"return [db, shop, clerk, web, {program}]"),
        ("Postgres, Service", "Postgres, Program, Service"),
        ('path="/api"', 'path="/api", config={"COLOUR": "red"}'),
    )
    changes = kiosk.wait("applied", "seawall", since)["changes"]
    assert set(changes) == {"shop: replaced", "bell: started"}
    assert sorted(kiosk.said(since, "stopped", "replaced", "starting")) == [("replaced", "shop"), ("starting", "bell")]
    moved = program.replace(str(port), str(other))
    since = kiosk.edit("stack.py", (program, moved))
    changes = kiosk.wait("applied", "seawall", since)["changes"]
    assert changes == [f"bell: port {port} -> {other}, replaced"]
    since = kiosk.edit("stack.py", (f", {moved}", ""))
    changes = kiosk.wait("applied", "seawall", since)["changes"]
    assert changes == ["bell: stopped"]
    assert kiosk.said(since, "stopped", "replaced", "starting") == [("stopped", "bell")]


def test_the_edge_follows_the_paths_of_the_stack(kiosk: Kiosk) -> None:
    urls = kiosk.running.urls
    assert httpx.get(f"{urls['kiosk']}/api/version").status_code == 200
    since = kiosk.edit("stack.py", ('path="/api"', 'path="/shop"'))
    kiosk.wait("applied", "seawall", since)
    until(lambda: httpx.get(f"{urls['kiosk']}/shop/version").status_code == 200)
    assert httpx.get(f"{urls['kiosk']}/api/version").status_code == 404
    kiosk.edit("stack.py", ('path="/shop"', 'path="/api"'))
    until(lambda: httpx.get(f"{urls['kiosk']}/api/version").status_code == 200)


def test_a_secret_that_changes_replaces_who_has_it(kiosk: Kiosk) -> None:
    (kiosk.folder / ".env").write_text("KEY=one\n")
    secret = ('path="/api"', 'path="/api", secrets=[Secret("KEY")]')
    since = kiosk.edit("stack.py", ("Service, Site", "Secret, Service, Site"), secret)
    kiosk.wait("replaced", "shop", since)
    since = kiosk.edit(".env", ("KEY=one", "KEY=canary"))
    kiosk.wait("replaced", "shop", since)
    assert "canary" not in str(kiosk.running.events)
