"""The embedded server for real: its data, its login, its ways to run as root, and what stands in its way."""

import asyncio
import os
import pwd
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import asyncpg
import pytest

from seawall import contract
from seawall.errors import SeawallError
from seawall.local import process, procfs
from seawall.local.account import WAYS, Way
from seawall.local.postgres import EmbeddedPostgres
from seawall.runtime import migrator
from tests.support.cluster import free_port
from tests.support.postgres import serving

ROOT = os.geteuid() == 0
NAMESPACES = process.ask(("unshare", "--user", "true"), {"PATH": os.defpath}).status == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root must become somebody else")

Make = Callable[..., EmbeddedPostgres]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def make(tmp_path: Path, cache: Path) -> Make:
    def make(
        database: str = "shop", ways: Sequence[Way] = WAYS, data: Path = tmp_path / "pg" / "db", **options: object
    ) -> EmbeddedPostgres:
        return EmbeddedPostgres(data=data, port=free_port(), database=database, cache=cache, ways=ways, **options)  # type: ignore[arg-type]

    return make


async def _value(server: EmbeddedPostgres, query: str, user: str | None = None) -> object:
    connection = await asyncpg.connect(server.url, user=user, password=user)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


WAYS_HERE = [
    pytest.param(("namespace",), marks=pytest.mark.skipif(not (ROOT and NAMESPACES), reason="no user namespaces")),
    pytest.param(("user",), marks=as_root),
    pytest.param(WAYS),
]


@pytest.mark.parametrize("ways", WAYS_HERE)
async def test_data_outlives_the_server(make: Make, ways: Sequence[Way]) -> None:
    first = make(ways=ways)
    async with serving(first):
        await _value(first, "create table orders as select 42 as id")
    again = make(ways=ways)
    async with serving(again):
        assert await _value(again, "select id from orders") == 42


async def test_the_server_is_reached_by_its_url_and_by_nothing_else(make: Make, tmp_path: Path) -> None:
    server = make(database="my-db")
    async with serving(server):
        assert await _value(server, "select current_database() || ' ' || current_user") == "my-db postgres"
        assert await _value(server, "show listen_addresses") == "127.0.0.1"
        assert await _value(server, "show unix_socket_directories") == ""
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.url.replace("postgres:", "postgres:not"))
    kept = tmp_path / "pg" / "db.password"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text().strip() in server.url
    assert not any(kept.read_text().strip() in word for word in server.command())


async def test_the_server_is_as_durable_as_in_production(make: Make) -> None:
    server = make()
    async with serving(server):
        assert await _value(server, "show fsync") == "on"
        assert await _value(server, "show data_checksums") == "on"
        assert await _value(server, "show max_connections") == "200"
        assert await _value(server, "show server_encoding") == "UTF8"
        assert await _value(server, "select upper('ä') || ('a' > 'B')::text") == "Ätrue"


async def test_the_users_tables_are_apart_from_ours(make: Make, tmp_path: Path) -> None:
    (tmp_path / "0001_workers.sql").write_text("create table workers (id int)")
    server = make()
    async with serving(server):
        await migrator.apply(server.url, [contract.JOBS_MIGRATIONS, str(tmp_path)])
        assert await _value(server, "select 'workers'::regclass = 'public.workers'::regclass")


async def test_a_server_that_is_killed_starts_again_with_its_data(make: Make) -> None:
    server = make()
    async with serving(server) as child:
        await _value(server, "create table orders as select 42 as id")
        os.kill(child.pid, signal.SIGKILL)
        assert await child.wait() == -signal.SIGKILL
    async with serving(server):
        assert await _value(server, "select id from orders") == 42


@pytest.mark.parametrize("ways", WAYS_HERE)
async def test_no_folder_that_is_there_changes_its_owner_or_mode(
    make: Make, tmp_path: Path, ways: Sequence[Way]
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    before = [(path, _ownership(path)) for path in (closed, *closed.parents)]
    server = make(data=closed / ".seawall" / "db", ways=ways)
    async with serving(server) as child:
        uid = _user_of(child.pid)
    assert [(path, _ownership(path)) for path, _ in before] == before
    if ways == ("user",):
        assert uid != 0
        assert (closed / ".seawall" / "db").stat().st_uid == uid


def _ownership(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_uid, status.st_gid, status.st_mode


def _status(pid: int, field: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{field}:"))


def _user_of(pid: int) -> int:
    return int(_status(pid, "Uid"))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter; pytest's own are root's alone."""
    with tempfile.TemporaryDirectory(prefix="seawall-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@as_root
async def test_a_system_user_gets_no_capability_where_it_needs_none(make: Make, open_folder: Path) -> None:
    server = make(data=open_folder / "db", ways=("user",))
    async with serving(server) as child:
        assert int(_status(child.pid, "CapEff"), 16) == 0


@as_root
async def test_a_system_user_gets_one_capability_where_it_may_not_enter(make: Make) -> None:
    server = make(ways=("user",))
    async with serving(server) as child:
        assert int(_status(child.pid, "CapEff"), 16).bit_count() == 1


@as_root
async def test_a_folder_that_is_closed_when_it_is_made_can_be_entered(make: Make, open_folder: Path) -> None:
    server = make(data=open_folder / ".seawall" / "db", ways=("user",))
    server.command()
    (open_folder / ".seawall").mkdir(mode=0o700)  # as `up` does, after it has asked for the command
    async with serving(server):
        assert await _value(server, "select 1") == 1


@as_root
async def test_data_goes_on_with_the_user_that_owns_it(make: Make, tmp_path: Path) -> None:
    async with serving(make(ways=("user",))) as child:
        uid = _user_of(child.pid)
    again = make()
    async with serving(again) as child:
        assert _user_of(child.pid) == uid
    assert (tmp_path / "pg" / "db").stat().st_uid == uid


@as_root
async def test_data_of_roots_user_namespace_is_handed_to_the_system_user(make: Make, tmp_path: Path) -> None:
    if not NAMESPACES:
        pytest.skip("no user namespaces")
    first = make(ways=("namespace",))
    async with serving(first):
        await _value(first, "create table orders as select 42 as id")
    again = make(ways=("user",))
    async with serving(again):
        assert await _value(again, "select id from orders") == 42
    assert pwd.getpwuid((tmp_path / "pg" / "db").stat().st_uid).pw_name in ("postgres", "nobody")


async def test_two_who_prepare_at_once_get_one_template_and_one_folder(tmp_path: Path) -> None:
    data, new_cache = tmp_path / "db", tmp_path / "cache"
    servers = [
        EmbeddedPostgres(data=data, port=free_port(), database="shop", cache=new_cache, password="same") for _ in "ab"
    ]
    others = [
        EmbeddedPostgres(data=tmp_path / name, port=free_port(), database="shop", cache=new_cache) for name in "cd"
    ]
    await asyncio.gather(*(server.prepare() for server in (*servers, *others)))
    assert len([path for path in new_cache.iterdir() if not path.name.startswith(".")]) == 1
    for server in (servers[1], others[0]):
        async with serving(server):
            assert await _value(server, "select 1") == 1


async def test_what_a_killed_preparation_left_is_not_used(make: Make, tmp_path: Path) -> None:
    partial = tmp_path / "pg" / ".db.partial"
    partial.mkdir(parents=True)
    (partial / "PG_VERSION").write_text("18\n")
    server = make()
    async with serving(server):
        assert await _value(server, "select 1") == 1
    assert not partial.exists()


async def test_another_major_version_is_refused_and_kept(make: Make, tmp_path: Path) -> None:
    data = tmp_path / "pg" / "db"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(SeawallError, match="was made by PostgreSQL 16") as caught:
        await make().prepare()
    assert caught.value.problems[0].code == "SW308"
    assert "version=16" in caught.value.problems[0].fix
    assert (data / "PG_VERSION").read_text() == "16\n"


async def test_a_folder_with_something_else_is_refused_and_kept(make: Make, tmp_path: Path) -> None:
    data = tmp_path / "pg" / "db"
    data.mkdir(parents=True)
    (data / "letter").write_text("dear")
    with pytest.raises(SeawallError, match="is not a data folder of PostgreSQL"):
        await make().prepare()
    assert (data / "letter").read_text() == "dear"


@pytest.fixture
def somebody_else() -> Iterator[int]:
    """The id of a process that is no PostgreSQL; not of this one, which the server would know as its parent."""
    with subprocess.Popen(["/bin/sleep", "600"]) as process:
        yield process.pid
        process.kill()


async def test_a_lock_file_with_the_id_of_somebody_else_does_not_stop_the_server(
    make: Make, tmp_path: Path, somebody_else: int
) -> None:
    server = make()
    lock_file = tmp_path / "pg" / "db" / "postmaster.pid"
    async with serving(server) as child:
        content = lock_file.read_text()
        os.kill(child.pid, signal.SIGKILL)
        await child.wait()
    lock_file.write_text(content.replace(str(child.pid), str(somebody_else), 1))
    async with serving(server):
        assert await _value(server, "select 1") == 1


async def test_a_server_that_runs_on_the_data_is_named(make: Make) -> None:
    async with serving(make()) as child:
        with pytest.raises(SeawallError) as caught:
            await make().prepare()
    assert caught.value.problems[0].code == "SW306"
    assert f"process {child.pid}" in str(caught.value)


async def test_a_lost_password_is_replaced_and_a_new_database_is_made(make: Make, tmp_path: Path) -> None:
    first = make(database="one")
    async with serving(first):
        await _value(first, "create table orders as select 42 as id")
    (tmp_path / "pg" / "db.password").unlink()
    second = make(database="two")
    assert second.url.rpartition("@")[0] != first.url.rpartition("@")[0]
    async with serving(second):
        assert await _value(second, "select current_database()") == "two"
    third = make(database="one")
    async with serving(third):
        assert await _value(third, "select id from orders") == 42


async def test_any_printable_name_and_password_will_do(make: Make) -> None:
    server = make(database="""we"ird'; drop \\name""", password="""it's "p@ss/word" \\""")
    async with serving(server):
        assert await _value(server, "select current_database()") == """we"ird'; drop \\name"""


async def test_a_name_with_a_line_end_is_refused(make: Make) -> None:
    with pytest.raises(ValueError, match="printable"):
        await make(database="two\nlines").prepare()


async def test_a_login_that_cannot_be_set_says_why_and_hides_the_password(make: Make, tmp_path: Path) -> None:
    first = make()
    async with serving(first):
        await _value(first, "create role owner superuser login password 'owner'")
        await _value(first, "alter role postgres rename to former", user="owner")
    (tmp_path / "pg" / "db.password").write_text("hunter2\n")
    with pytest.raises(SeawallError, match="does not exist") as caught:
        await make().prepare()
    assert caught.value.problems[0].code == "SW308"
    assert "hunter2" not in str(caught.value)


async def test_a_folder_with_the_role_of_an_earlier_recipe_says_how_to_begin_again(make: Make, tmp_path: Path) -> None:
    first = make()
    async with serving(first):
        await _value(first, "create role owner superuser login password 'owner'")
        await _value(first, "alter role postgres rename to seawall", user="owner")
    data = tmp_path / "pg" / "db"
    (data / "seawall.login").write_text("as an earlier release wrote it")
    with pytest.raises(SeawallError, match='role "postgres" does not exist') as caught:
        await make().prepare()
    (problem,) = caught.value.problems
    assert (problem.code, problem.fix) == ("SW308", f"start with an empty database: mv {data} {data}.old")


def test_nothing_is_written_before_the_preparation(make: Make, tmp_path: Path) -> None:
    server = make()
    assert server.command()
    assert server.url
    assert list(tmp_path.iterdir()) == []


SUPERVISED = """
import asyncio, sys
from pathlib import Path
from seawall.local.events import Ready
from seawall.local.postgres import EmbeddedPostgres
from seawall.local.spec import PostgresProbe, ProcessSpec
from seawall.local.supervisor import Supervisor

folder, port = Path(sys.argv[1]), int(sys.argv[2])
server = EmbeddedPostgres(data=folder / "db", port=port, database="shop", cache=folder / "cache")
spec = ProcessSpec("db", server.command(), {}, "/", PostgresProbe(server.url), stop_signal="SIGINT")

def listen(event):
    if isinstance(event, Ready):
        print("ready", flush=True)

asyncio.run(Supervisor([spec], listen, {"db": server.prepare}).run(asyncio.Event()))
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    argv = [sys.executable, "-c", SUPERVISED, str(tmp_path), str(free_port())]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        yield running
        running.kill()


async def test_no_server_survives_a_supervisor_that_is_killed(
    supervisor: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    assert isinstance(supervisor.args, list)
    port = int(supervisor.args[-1])
    server = EmbeddedPostgres(data=tmp_path / "db", port=port, database="shop", cache=tmp_path / "cache")
    connection = await asyncpg.connect(server.url)
    # A backend that is busy, and that looks at nothing but its work.
    busy = asyncio.create_task(connection.execute("select count(*) from generate_series(1, 1000000000)"))
    await _until(lambda: len(procfs.working_in(str(tmp_path / "db"))) > 1)
    supervisor.kill()
    await _until(lambda: not procfs.working_in(str(tmp_path / "db")))
    with pytest.raises((asyncpg.PostgresError, OSError)):
        await busy
    connection.terminate()
    async with serving(server):
        assert await _value(server, "select 1") == 1


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(6):  # the aim is 2 s
        while not condition():  # noqa: ASYNC110  # what is waited for happens in other processes
            await asyncio.sleep(0.01)


async def test_data_of_another_user_is_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    server = make()
    await server.prepare()
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    with pytest.raises(SeawallError, match="belongs to the user with the id") as caught:
        await make().prepare()
    assert caught.value.problems[0].fix.startswith("sudo chown -R 4321 ")


@pytest.mark.parametrize(
    ("named", "used"), [("/elsewhere", "/elsewhere/seawall"), ("not/absolute", "/home/me/.cache/seawall")]
)
def test_templates_are_kept_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, named: str, used: str) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    assert EmbeddedPostgres(data=Path("db"), port=1, database="shop")._cache == Path(used)
