import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seawall.errors import SeawallError
from seawall.local import procfs
from seawall.local.events import Crashed, Event, Noticed, Output, Ready, Replaced, Starting, Stopped, Unhealthy
from seawall.local.journal import Journal, journal
from seawall.local.lock import lock
from seawall.local.logfile import OfAChild
from seawall.local.state import FILE, ChildState, Recorder, State, read
from seawall.local.stop import stop

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SINCE = "2026-11-21T12:00:00.000Z"
HOLDER = """
import sys, time
from pathlib import Path
from seawall.local.journal import journal
from seawall.local.lock import lock
from tests.local.test_state import state
folder = Path(sys.argv[1])
with lock(folder), journal(folder, state(), print):
    print("held", flush=True)
    time.sleep(600)
"""
ASK_AS_NOBODY = """
import os, sys
from pathlib import Path
from seawall.errors import SeawallError
from seawall.local.stop import stop
os.setgid(65534); os.setuid(65534)
try:
    stop(Path(sys.argv[1]))
except SeawallError as error:
    print(error)
"""


def state() -> State:
    return State(
        pid=os.getpid(),
        start=procfs.start_time(os.getpid()),
        stack="bakery",
        environment="dev",
        file="stack.py",
        urls={"bakery": "http://localhost:8080"},
        ports={"api": 8000},
        replicas={"api": 40000},
        children={
            "db-migrate": ChildState("starting", SINCE, once=True),
            "api": ChildState("starting", SINCE, port=8000),
        },
    )


def recorded(folder: Path, *events: OfAChild) -> ChildState:
    recorder = Recorder(folder, state(), now=lambda: NOON)
    for event in events:
        recorder(event)
    with lock(folder):
        found = read(folder)
    assert found is not None
    return found.children[events[-1].name]


@contextmanager
def holder(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that has the stack in `folder` up."""
    words = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([Starting("api", 7, 0)], ("starting", 7, 0)),
        ([Starting("api", 7, 0), Ready("api", 0.5)], ("ready", 7, 0)),
        ([Starting("api", 7, 0), Crashed("api", 1, (), 0.5)], ("crashed", None, 0)),
        ([Starting("api", 7, 0), Crashed("api", 1, (), 0.5), Starting("api", 8, 1)], ("starting", 8, 1)),
        ([Starting("api", 7, 0), Ready("api", 0.5), Unhealthy("api", "silent")], ("crashed", 7, 0)),
        ([Starting("api", 7, 0), Ready("api", 0.5), Replaced("api", 9, 0.4)], ("ready", 9, 0)),
        ([Starting("api", 7, 0), Stopped("api", 0, killed=False)], ("stopped", None, 0)),
        ([Starting("db-migrate", 7, 0), Ready("db-migrate", 0.5)], ("ready", None, 0)),
    ],
)
def test_the_file_says_how_each_child_is(
    events: list[OfAChild], expected: tuple[str, int | None, int], tmp_path: Path
) -> None:
    child = recorded(tmp_path, *events)
    assert (child.state, child.pid, child.restarts) == expected
    assert child.since == SINCE


def test_all_is_ready_once_every_child_is(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, state())
    recorder(Ready("db-migrate", 0.1))
    assert not recorder.state.ready
    recorder(Ready("api", 0.1))
    assert recorder.state.ready


def test_a_new_plan_keeps_what_is_known_and_forgets_what_has_left(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, state())
    recorder(Starting("api", 7, 0))
    children = {"api": ChildState("starting", SINCE, port=8001), "clerk": ChildState("starting", SINCE)}
    recorder.replan(replace(state(), children=children))
    with lock(tmp_path):
        found = read(tmp_path)
    assert found is not None
    assert set(found.children) == {"api", "clerk"}
    assert (found.children["api"].pid, found.children["api"].port) == (7, 8001)


def test_the_file_is_for_its_owner_alone_and_goes_with_the_stack(tmp_path: Path) -> None:
    with lock(tmp_path), journal(tmp_path, state(), lambda _: None):
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
        assert read(tmp_path) == state()
    assert not (tmp_path / FILE).exists()
    assert read(tmp_path) is None


def test_what_a_killed_holder_left_is_not_believed(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        found = read(tmp_path)
        assert found is not None
        assert found.pid == process.pid
        process.kill()
        process.wait()
        assert (tmp_path / FILE).exists()
        assert read(tmp_path) is None
        assert stop(tmp_path) is None


def test_a_process_that_got_the_id_of_a_dead_holder_is_not_taken_for_it(tmp_path: Path) -> None:
    Recorder(tmp_path, state()).write()
    (tmp_path / "lock").write_text(f"{os.getpid()} 1\n")  # it started at another time
    assert read(tmp_path) is None
    assert stop(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "\0"])
def test_a_broken_file_is_none(text: str, tmp_path: Path) -> None:
    with lock(tmp_path):
        (tmp_path / FILE).write_text(text)
        assert read(tmp_path) is None


def test_a_state_of_another_holder_is_none(tmp_path: Path) -> None:
    with lock(tmp_path):
        Recorder(tmp_path, replace(state(), pid=1)).write()
        assert read(tmp_path) is None


def test_stopping_ends_the_holder_and_waits_for_that(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        found = stop(tmp_path)
        assert found is not None
        assert found.pid == process.pid
        assert not found.alive()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
@pytest.mark.parametrize(("mode", "said"), [(0o755, "of root"), (0o700, "belongs to another user")])
def test_another_user_is_told_whose_it_is(mode: int, said: str, tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):  # pytest's own folders are closed
        folder.chmod(0o755)
    state_folder = tmp_path / ".seawall"
    state_folder.mkdir()
    with holder(state_folder) as process:
        state_folder.chmod(mode)
        words = [sys.executable, "-c", ASK_AS_NOBODY, str(state_folder)]
        done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60)
        assert done.stdout.startswith("error[SW313]: ")
        assert said in done.stdout
        assert process.poll() is None


def test_a_full_disk_is_said_once_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    full = Path("/dev/full")
    (tmp_path / "logs" / "api.log").symlink_to(full)
    (tmp_path / f".{FILE}.new").symlink_to(full)
    heard: list[Event] = []
    kept = Journal(tmp_path, state(), heard.append)
    said_before, said_after = Output("api", "stdout", "hello"), Output("api", "stdout", "on")
    events: list[Event] = [Starting("api", 7, 0), said_before, Ready("api", 0.1), said_after]
    for event in events:
        kept(event)
    kept.close()
    assert [event for event in heard if not isinstance(event, Noticed)] == events
    said = [event.message for event in heard if isinstance(event, Noticed)]
    assert len(said) == 2
    assert all("No space left on device" in message for message in said)
    assert kept.state.children["api"].state == "ready"


def test_the_state_holds_no_secret(tmp_path: Path) -> None:
    Recorder(tmp_path, state()).write()
    assert set(json.loads((tmp_path / FILE).read_text())) == {
        "pid", "start", "stack", "environment", "file", "urls", "ports", "replicas", "children"
    }  # fmt: skip


def test_a_closed_folder_is_an_error_and_not_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SeawallError) as caught:
        read(tmp_path)
    assert caught.value.problems[0].code == "SW313"
