"""`seawall up` ends as it should, however it ends, and leaves nothing: bars 26 to 28."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from tests.e2e.conftest import HERE, copy
from tests.support import traces
from tests.support.cluster import free_port
from tests.support.up import Event, Running, up

CYCLES = int(os.environ.get("CYCLES", "5"))
STOP_SECONDS = 30  # the aim is 10
ORPHAN_SECONDS = 6  # the aim is 2


@dataclass
class Harbour:
    """A project of its own, a home of its own, and ports of its own."""

    folder: Path
    variables: dict[str, str]
    ports: dict[str, int]
    acknowledged: int = 0  # writes of `write_ahead`

    @contextmanager
    def up(self, environment: str = "calm") -> Iterator[Running]:
        leaky = environment == "leaky"
        names = ["boat"] if leaky else list(self.ports)
        options = [word for name in names for word in ("--port", f"{name}={self.ports[name]}")]
        with up(self.folder, "--env", environment, *options, edge=not leaky, **self.variables) as running:
            yield running

    @property
    def state(self) -> Path:
        return self.folder / ".seawall"

    def elsewhere(self) -> set[Path]:
        """All files but those that `up` may write: its state, and the template of the database."""
        home = self.folder.parent
        own = {self.state, home / "cache" / "seawall"}
        return {file for file in traces.files(home) if not any(file.is_relative_to(each) for each in own)}

    def sql(self, *statements: str) -> list[str]:
        """Run statements, each by itself; the answers of the last one."""

        async def ask() -> list[str]:
            password = (self.state / "postgres" / "db.password").read_text().strip()
            url = f"postgresql://postgres:{password}@127.0.0.1:{self.ports['db']}/harbour"
            connection = await asyncpg.connect(url, timeout=10)
            try:
                for statement in statements[:-1]:
                    await connection.execute(statement)
                return [row[0] for row in await connection.fetch(statements[-1])]
            finally:
                await connection.close(timeout=5)

        return asyncio.run(ask())

    def load(self, name: str) -> None:
        self.sql(f"insert into cargo (name, weight) values ('{name}', '1 t') returning name")

    def write_ahead(self, megabytes: int) -> None:
        """Make the server write so much of its log, a new file of it for each row."""
        for _ in range(0, megabytes, 16):
            self.sql("select pg_switch_wal()", "insert into cargo (name, weight) values ('coal', '9 t') returning name")
            self.acknowledged += 1

    def cargo(self) -> list[str]:
        return self.sql("select name from cargo order by id")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("template")


@pytest.fixture
def harbour(tmp_path: Path, cache: Path) -> Harbour:
    folder = copy(HERE / "harbour", tmp_path / "harbour")
    for name in ("home", "tmp", "cache"):
        (tmp_path / name).mkdir()
    (tmp_path / "cache" / "seawall").symlink_to(cache)
    variables = {
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    return Harbour(folder, variables, {name: free_port() for name in ("db", "pier", "boat")})


def event(kind: str, name: str | None = None) -> Callable[[Event], bool]:
    return lambda each: each.get("event") == kind and name in (None, each.get("name"))


def assert_nothing_is_left(harbour: Harbour, family: traces.Family) -> None:
    """Right after the end: whoever stops a stack may start it again at once."""
    assert traces.alive(family) == []
    assert traces.concerned(harbour.folder.parent) == []
    assert traces.listening(harbour.ports.values()) == []


def test_ctrl_c_leaves_nothing_though_a_child_ignores_it_and_has_grandchildren(harbour: Harbour) -> None:
    before = harbour.elsewhere()
    with harbour.up("rough") as running:
        assert running.urls
        family = traces.family(running.process.pid)
        commands = [command for command in traces.concerned(harbour.folder) if "sleep" in command]
        assert len(commands) == 4  # a shell and its child, in the program's session and in one of its own
        asked = time.monotonic()
        assert running.stop(STOP_SECONDS) == 0
        assert time.monotonic() - asked < STOP_SECONDS
    stopped = {each["name"]: each["killed"] for each in running.events if each["event"] == "stopped"}
    assert stopped == {"edge": False, "boat": False, "pier": True, "db": False}
    assert_nothing_is_left(harbour, family)
    assert harbour.elsewhere() == before


def test_a_terminal_that_is_closed_ends_everything(harbour: Harbour) -> None:
    with harbour.up() as running:
        assert running.urls
        family = traces.family(running.process.pid)
        running.process.send_signal(signal.SIGHUP)
        running.process.wait(STOP_SECONDS)
        traces.wait_for_death(family, harbour.folder, ORPHAN_SECONDS)


def test_cycles_leak_nothing(harbour: Harbour) -> None:
    seen: list[set[Path]] = []
    before = harbour.elsewhere()
    for _ in range(CYCLES):
        with harbour.up() as running:
            assert running.urls
            family = traces.family(running.process.pid)
            assert running.stop() == 0
        assert_nothing_is_left(harbour, family)
        seen.append({file for file in traces.files(harbour.state) if "pg_" not in str(file)})
    assert harbour.elsewhere() == before
    assert seen[-1] - seen[0] == set()


def test_restarts_leak_no_descriptors(harbour: Harbour) -> None:
    with harbour.up() as running:
        assert running.urls
        folder = Path(f"/proc/{running.process.pid}/fd")

        def descriptors() -> int:
            return len(list(folder.iterdir()))

        before = min(descriptors() for _ in range(100))  # a probe has one for a moment
        for _ in range(2):
            since = len(running.events)
            os.kill(running.pid("boat"), signal.SIGKILL)
            running.wait_for(event("ready", "boat"), since=since)
        deadline = time.monotonic() + 10
        while descriptors() > before:
            assert time.monotonic() < deadline, f"{descriptors()}, before {before}"
            time.sleep(0.02)


STEPS = {
    "the database starts": event("starting", "db"),
    "the migration starts": event("starting", "db-migrate"),
    "a program starts": event("starting", "pier"),
    "all is ready": event("up"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_supervisor_that_is_killed_leaves_no_orphan_and_no_damage(step: str, harbour: Harbour) -> None:
    with harbour.up() as running:
        assert running.urls
        harbour.load("rope")
    with harbour.up("rough") as running:
        running.wait_for(STEPS[step])
        kill(running, harbour)
    assert_starts_with(harbour, ["rope"])


def test_a_supervisor_that_is_killed_while_it_stops(harbour: Harbour) -> None:
    with harbour.up("rough") as running:
        assert running.urls
        harbour.load("rope")
        running.process.send_signal(signal.SIGINT)
        running.wait_for(event("stopped", "boat"))  # now it waits for the one that ignores SIGTERM
        kill(running, harbour)
    assert_starts_with(harbour, ["rope"])


@pytest.mark.parametrize("partial", ["cache/seawall/.postgres-*.partial/*", "harbour/.seawall/postgres/.db.partial/*"])
def test_a_supervisor_that_is_killed_while_it_makes_the_database(
    partial: str, harbour: Harbour, tmp_path: Path
) -> None:
    if partial.startswith("cache"):
        (tmp_path / "cache" / "seawall").unlink()
    with harbour.up() as running:
        deadline = time.monotonic() + 30
        while not list(tmp_path.glob(partial)):
            assert time.monotonic() < deadline
        running.process.kill()  # and start again at once, whatever may still be running
        running.process.wait()
        assert_starts_with(harbour, [])


def kill(running: Running, harbour: Harbour) -> None:
    """Kill a supervisor when it cannot start anything more, and see that all that it had started ends."""
    running.process.send_signal(signal.SIGSTOP)
    family = traces.family(running.process.pid)
    running.process.kill()
    running.process.wait()
    traces.wait_for_death(family, harbour.folder, ORPHAN_SECONDS)
    assert traces.listening(harbour.ports.values()) == []


def assert_starts_with(harbour: Harbour, cargo: list[str]) -> None:
    with harbour.up() as running:
        assert running.urls
        assert harbour.cargo() == cargo
        assert [each["name"] for each in running.events if each["event"] == "crashed"] == []
        family = traces.family(running.process.pid)
        assert running.stop() == 0
    assert_nothing_is_left(harbour, family)


def test_the_second_one_is_told_who_has_the_stack(harbour: Harbour) -> None:
    with harbour.up() as first:
        assert first.urls
        with harbour.up() as second:
            assert second.process.wait(30) == 1
        (problem,) = second.events[0]["errors"]
        assert problem["code"] == "SW306"
        assert f"process {first.process.pid}" in problem["message"]
        assert traces.listening(harbour.ports.values()) == list(harbour.ports.values())


def test_a_port_that_is_taken_names_its_holder_and_starts_nothing(harbour: Harbour) -> None:
    with socket.create_server(("127.0.0.1", harbour.ports["pier"])):
        before = traces.files(harbour.folder)
        with harbour.up() as running:
            assert running.process.wait(30) == 1
    (problem,) = running.events[0]["errors"]
    assert problem["code"] == "SW302"
    assert f"port {harbour.ports['pier']} for pier is held by pid {os.getpid()}" in problem["message"]
    assert len(running.events) == 1
    assert traces.files(harbour.folder) == before


def test_stale_files_stop_nothing(harbour: Harbour) -> None:
    with harbour.up() as running:
        assert running.urls
        harbour.load("rope")
        data = harbour.state / "postgres" / "db"
        postmaster = (data / "postmaster.pid").read_text().splitlines()
    # As after a power cut, when somebody else has got the ids meanwhile.
    (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *postmaster[1:]]) + "\n")
    (harbour.state / "lock").write_text(f"{os.getpid()} 1\n")
    assert_starts_with(harbour, ["rope"])


def test_a_database_that_is_killed_comes_back(harbour: Harbour) -> None:
    with harbour.up() as running:
        assert running.urls
        harbour.load("rope")
        since = len(running.events)
        os.kill(running.pid("db"), signal.SIGKILL)
        crash = running.wait_for(event("crashed", "db"), since=since)
        assert crash["status"] == -signal.SIGKILL
        assert crash["restart_in"] <= 1
        running.wait_for(event("ready", "db"), since=since)
        assert harbour.cargo() == ["rope"]
        crashes = [each for each in running.events if each["event"] == "crashed"]
        assert [each["name"] for each in crashes] == ["db"] * len(crashes)
        assert len(crashes) <= 3


def test_a_program_that_crashes_again_and_again_is_started_less_and_less_often(harbour: Harbour) -> None:
    with harbour.up("leaky") as running:
        running.wait_for(event("crashed", "boat"))
        crashed = time.monotonic()
        running.wait_for(lambda each: each["event"] == "starting" and each["restarts"] == 1)
        assert time.monotonic() - crashed < 3  # the aim is 1
        running.wait_for(lambda each: each["event"] == "starting" and each["restarts"] == 3)
    crashes = [each for each in running.events if each["event"] == "crashed"]
    assert [each["restart_in"] for each in crashes[:3]] == [0.5, 1, 2]
    assert crashes[0]["status"] == 3
    assert crashes[0]["last_lines"] == [str(number) for number in range(11, 31)]


@contextmanager
def small_disk(harbour: Harbour, megabytes: int) -> Iterator[None]:
    """A file system of its own under the state folder."""
    harbour.state.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(harbour.state)]
    mounted = subprocess.run(mount, check=False, capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(harbour.state)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all the space that is left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(65536))
    return filler


def test_a_disk_that_is_too_small_is_an_error(harbour: Harbour) -> None:
    with small_disk(harbour, 8):
        with harbour.up() as running:
            status = running.process.wait(30)
            assert running.process.stderr is not None
            assert running.process.stderr.read() == ""
        assert status == 1
        (problem,) = running.events[-1]["errors"]
        assert problem["code"] == "SW318"
        assert "No space left" in problem["saw"]
        assert str(harbour.state) in problem["message"]
        assert traces.concerned(harbour.folder) == []


def test_a_disk_that_is_full_stops_nothing_for_longer_than_it_is_full(harbour: Harbour) -> None:
    with small_disk(harbour, 160), harbour.up() as running:
        assert running.urls
        harbour.load("rope")
        filler = fill(harbour.state)
        since = len(running.events)
        with pytest.raises((asyncpg.PostgresError, OSError)):
            harbour.write_ahead(megabytes=160)
        # PostgreSQL ends when it cannot write its log ahead: it is started again, less and less often.
        running.wait_for(event("crashed", "db"), since=since)
        running.wait_for(lambda each: each["event"] == "crashed" and each["restart_in"] > 1, since=since)
        assert len([each for each in running.events[since:] if each["event"] == "starting"]) <= 3
        said = [each for each in running.events[since:] if "No space left" in str(each)]
        assert said
        filler.unlink()
        running.wait_for(event("ready", "db"), since=len(running.events))
        harbour.load("sail")
        cargo = harbour.cargo()
        assert (cargo[0], cargo[-1]) == ("rope", "sail")
        assert len(cargo) - 2 - harbour.acknowledged in {0, 1}  # of the last one we do not know


def test_a_start_on_a_full_disk_is_an_error(harbour: Harbour) -> None:
    with small_disk(harbour, 160):
        with harbour.up() as running:
            assert running.urls
        filler = fill(harbour.state)
        with harbour.up() as running:
            assert running.process.wait(60) == 1
            problems = running.events[-1]["errors"]
            assert "No space left" in str(problems)
        assert traces.concerned(harbour.folder) == []
        filler.unlink()
        assert_starts_with(harbour, [])
