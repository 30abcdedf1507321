import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from seawall import contract
from seawall.errors import Place, Problem, SeawallError
from seawall.runtime import ledger, migrator
from seawall.runtime.database import Database
from seawall.runtime.migrator import Report
from tests.support.cluster import Server
from tests.support.waiting import until

SOURCES = ("migrations",)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "migrations").mkdir()
    return tmp_path


@pytest.fixture
async def admin(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


def write(project: Path, **files: str) -> None:
    for name, sql in files.items():
        (project / "migrations" / f"{name.removeprefix('n')}.sql").write_text(sql)


async def apply(url: str, wait: float = 30) -> Report:
    return await migrator.apply(url, SOURCES, wait=wait, pauses=())


async def problems(url: str, wait: float = 30) -> list[Problem]:
    with pytest.raises(SeawallError) as caught:
        await apply(url, wait)
    return list(caught.value.problems)


async def tables(admin: asyncpg.Connection) -> list[str]:
    rows = await admin.fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
    return [row["tablename"] for row in rows]


async def test_files_are_applied_once_and_in_order(project: Path, database_url: str, admin: asyncpg.Connection) -> None:
    write(project, n0001_a="create table a (id int);", n0003_b="alter table a add b int; create table b (id int)")
    report = await migrator.apply(database_url, SOURCES, release="3f9a")
    assert str(report) == "database is at 0003_b; 2 applied"
    assert str(await apply(database_url)) == "database is at 0003_b; 0 applied"
    assert await tables(admin) == ["a", "b"]
    rows = await admin.fetch(
        f"select source, version, name, release from {contract.SCHEMA}.migrations order by version"
    )
    assert [tuple(row) for row in rows] == [("migrations", 1, "0001_a", "3f9a"), ("migrations", 3, "0003_b", "3f9a")]


async def test_a_late_file_with_a_lower_number_is_applied(project: Path, database_url: str) -> None:
    write(project, n0001_a="create table a (id int)", n0003_c="create table c (id int)")
    await apply(database_url)
    write(project, n0002_b="create table b (id int)")
    report = await apply(database_url)
    assert [each.name for each in report.applied] == ["0002_b"]
    assert str(report) == "database is at 0003_c; 1 applied"


async def test_sources_have_numbers_of_their_own(project: Path, database_url: str) -> None:
    write(project, n0001_a="create table a (id int)")
    (project / "stock").mkdir()
    (project / "stock" / "0001_s.sql").write_text("create table s (id int)")
    report = await migrator.apply(database_url, ["stock", "migrations"], pauses=())
    assert [(each.source, each.name) for each in report.applied] == [("stock", "0001_s"), ("migrations", "0001_a")]
    assert str(await migrator.apply(database_url, ["stock"])) == "database is at 0001_s; 0 applied"


@pytest.mark.usefixtures("project")
async def test_nothing_to_do_makes_no_table(database_url: str, admin: asyncpg.Connection) -> None:
    assert str(await apply(database_url)) == "database is at no migration; 0 applied"
    assert not await admin.fetchval("select exists (select from pg_namespace where nspname = 'seawall')")


async def test_nothing_is_kept_of_a_file_that_fails(
    project: Path, database_url: str, admin: asyncpg.Connection
) -> None:
    write(project, n0001_a="create table a (id int)", n0003_c="create table c (id int)")
    write(project, n0002_b="create table b (id int);\n\n-- ä\nselect 'ä',\n  nope\nfrom a;\n")
    (found,) = await problems(database_url)
    assert found.code == "SW506"
    assert found.message == '0002_b: column "nope" does not exist'
    assert found.place == Place("migrations/0002_b.sql", 5)
    assert await tables(admin) == ["a"]
    write(project, n0002_b="create table b (id int)")
    assert str(await apply(database_url)) == "database is at 0003_c; 2 applied"


async def test_an_error_without_a_position_has_the_line_of_its_statement(project: Path, database_url: str) -> None:
    write(project, n0001_a="create table a (id int primary key);\n\ninsert into a\n  values (1), (1);")
    (found,) = await problems(database_url)
    assert found.place == Place("migrations/0001_a.sql", 3)
    assert found.saw == "Key (id)=(1) already exists."


async def test_an_error_at_the_commit_keeps_nothing(
    project: Path, database_url: str, admin: asyncpg.Connection
) -> None:
    write(
        project,
        n0001_a="""create table a (id int primary key);
        create table b (a int references a deferrable initially deferred);
        insert into b values (7);""",
    )
    (found,) = await problems(database_url)
    assert (found.code, found.place) == ("SW506", Place("migrations/0001_a.sql", 1))
    assert await tables(admin) == []


async def test_a_file_without_transaction_runs_statement_by_statement(
    project: Path, database_url: str, admin: asyncpg.Connection
) -> None:
    write(project, n0001_a="create table a (id int)")
    write(
        project,
        n0002_b="""-- seawall: no-transaction
        create index concurrently one on a (id);
        create index concurrently two on a (id);""",
    )
    await apply(database_url)
    assert await admin.fetchval("select count(*) from pg_indexes where tablename = 'a'") == 2


async def test_what_stays_of_a_file_without_transaction_is_told(project: Path, database_url: str) -> None:
    write(project, n0001_a="-- seawall: no-transaction\ncreate table a (id int);\ncreate table a (id int);")
    (found,) = await problems(database_url)
    assert found.place == Place("migrations/0001_a.sql", 3)
    assert "the first 1 statements stay applied" in found.fix


async def test_what_a_file_sets_does_not_reach_the_next(
    project: Path, database_url: str, admin: asyncpg.Connection
) -> None:
    write(project, n0001_a="create schema other; set search_path = other; create table a (id int)")
    write(project, n0002_b="create table b (id int)")
    await apply(database_url)
    assert await tables(admin) == ["b"]


async def test_a_table_may_have_the_name_of_one_of_ours(
    project: Path, database_url: str, admin: asyncpg.Connection
) -> None:
    write(project, n0001_a="create table workers (id int)")
    await migrator.apply(database_url, [contract.JOBS_MIGRATIONS, *SOURCES], pauses=())
    assert await tables(admin) == ["workers"]


async def test_a_role_with_the_name_of_our_schema_keeps_its_tables_out_of_it(
    project: Path, database_url: str, admin: asyncpg.Connection
) -> None:
    write(project, n0001_a="create table workers (id int)")
    await admin.execute("create role seawall superuser login")
    url = database_url.replace("//postgres@", "//seawall@")
    sources = [contract.JOBS_MIGRATIONS, *SOURCES]
    try:
        with pytest.raises(SeawallError) as caught:
            await migrator.apply(url, sources, pauses=())
        (found,) = caught.value.problems
        assert (found.code, found.saw) == ("SW510", 'search_path = "$user", public')
        assert not await admin.fetchval("select exists (select from pg_namespace where nspname = 'seawall')")
        await admin.execute(found.fix)
        await migrator.apply(url, sources, pauses=())
        assert await tables(admin) == ["workers"]
        database = Database(url)
        async with database.acquire() as connection:
            assert await connection.fetchval("select 'workers'::regclass = 'public.workers'::regclass")
        await database.close()
    finally:
        await admin.execute("reassign owned by seawall to postgres; drop owned by seawall; drop role seawall")


async def test_an_edited_file_is_refused_before_anything_runs(
    project: Path, database_url: str, admin: asyncpg.Connection
) -> None:
    write(project, n0001_a="create table a (id int)", n0002_b="create table b (id int)")
    await apply(database_url)
    write(project, n0001_a="create table a (id bigint)", n0002_b="create table b (id bigint)")
    write(project, n0003_c="create table c (id int)")
    found = await problems(database_url)
    assert [problem.code for problem in found] == ["SW504", "SW504"]
    assert found[0].message == "0001_a was applied with a different checksum"
    assert await tables(admin) == ["a", "b"]


async def test_an_older_release_is_refused(project: Path, database_url: str) -> None:
    write(project, n0001_a="create table a (id int)", n0002_b="create table b (id int)")
    await apply(database_url)
    (project / "migrations" / "0002_b.sql").unlink()
    (found,) = await problems(database_url)
    assert (found.code, found.message) == ("SW508", "database is at 0002_b, code knows 0001_a: an older release")


async def test_an_older_release_may_follow_a_compatible_file(project: Path, database_url: str) -> None:
    write(project, n0001_a="create table a (id int)", n0002_b="-- seawall: compatible\ncreate table b (id int)")
    await apply(database_url)
    (project / "migrations" / "0002_b.sql").unlink()
    assert str(await apply(database_url)) == "database is at 0002_b; 0 applied"


async def test_a_file_that_is_gone_is_missed(project: Path, database_url: str) -> None:
    write(project, n0001_a="create table a (id int)", n0002_b="create table b (id int)")
    await apply(database_url)
    (project / "migrations" / "0001_a.sql").unlink()
    (found,) = await problems(database_url)
    assert (found.code, found.message) == ("SW508", "0001_a was applied and has no file")


async def test_of_two_migrators_one_does_the_work(project: Path, database_url: str) -> None:
    write(project, n0001_a="create table a (id int); select pg_sleep(0.3)", n0002_b="create table b (id int)")
    reports = await asyncio.gather(*(apply(database_url) for _ in range(4)))
    assert sorted(len(report.applied) for report in reports) == [0, 0, 0, 2]
    assert {str(report).partition(";")[0] for report in reports} == {"database is at 0002_b"}


async def test_who_waits_too_long_is_told_for_whom(
    project: Path, database_url: str, admin: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    write(project, n0001_a="create table a (id int)")
    await admin.execute("set application_name = 'seawall migrate on blue'")
    await admin.execute("select pg_advisory_lock($1)", ledger.LOCK)
    (found,) = await problems(database_url, wait=0.3)
    assert found.code == "SW507"
    assert found.saw.startswith(f"pid {admin.get_server_pid()} (seawall migrate on blue), since ")
    assert caplog.text.count("waiting for another migrator: pid") == 1
    assert await tables(admin) == []


async def test_who_waits_goes_on_when_the_other_ends(
    project: Path, database_url: str, admin: asyncpg.Connection
) -> None:
    write(project, n0001_a="create table a (id int)")
    await admin.execute("select pg_advisory_lock($1)", ledger.LOCK)
    waiting = asyncio.create_task(apply(database_url))
    there = "select exists (select from pg_stat_activity where application_name = $1)"
    await until(lambda: admin.fetchval(there, migrator.NAME))
    assert not waiting.done()
    await admin.execute("select pg_advisory_unlock($1)", ledger.LOCK)
    assert len((await waiting).applied) == 1


async def test_a_lock_that_somebody_holds_ends_the_migration(
    project: Path, database_url: str, admin: asyncpg.Connection
) -> None:
    write(project, n0001_a="create table a (id int)")
    await apply(database_url)
    write(project, n0002_b="set lock_timeout = '50ms';\nalter table a add b int")
    async with admin.transaction():
        await admin.execute("lock table a")
        (found,) = await problems(database_url)
    assert found.code == "SW506"
    assert "run it again later" in found.fix
    assert len((await apply(database_url)).applied) == 1


async def test_a_check_changes_nothing(project: Path, database_url: str, admin: asyncpg.Connection) -> None:
    write(project, n0001_a="create table a (id int)", n0002_b="create table b (id int)")
    with pytest.raises(SeawallError) as caught:
        await migrator.check(database_url, SOURCES)
    (found,) = caught.value.problems
    assert (found.code, found.message) == ("SW509", "database is at no migration, code needs 0002_b")
    assert await tables(admin) == []
    assert not await admin.fetchval("select exists (select from pg_namespace where nspname = 'seawall')")
    await apply(database_url)
    assert str(await migrator.check(database_url, SOURCES)) == "database is at 0002_b; 0 applied"


async def test_connecting_is_tried_again(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    write(project, n0001_a="create table a (id int)")
    with pytest.raises(SeawallError) as caught:
        await migrator.apply("postgresql://u:canary@127.0.0.1:1/d", SOURCES, pauses=(0.01, 0.02))
    assert str(caught.value).startswith("error[SW502]: cannot reach 127.0.0.1:1/d: refused (3 tries, ")
    assert caplog.text.count("next try in") == 2
    assert "canary" not in caplog.text


@pytest.mark.usefixtures("project")
async def test_what_cannot_help_is_not_tried_again(postgres_server: str) -> None:
    began = time.monotonic()
    with pytest.raises(SeawallError, match="no database of that name"):
        await migrator.apply(f"{postgres_server}/absent", SOURCES, pauses=(60,))
    assert time.monotonic() - began < 30


async def test_a_server_that_goes_away_in_the_middle(project: Path, server: Server) -> None:
    url = f"{server.url}/postgres"
    write(project, n0001_a="create table a (id int)", n0002_b="create table b (id int); select pg_sleep(60)")
    migrating = asyncio.create_task(problems(url))
    admin = await asyncpg.connect(url)
    asleep = "select exists (select from pg_stat_activity where wait_event = 'PgSleep')"
    await until(lambda: admin.fetchval(asleep))
    server.stop(signal.SIGQUIT)
    (found,) = await migrating
    assert (found.code, found.message.partition(":")[0]) == ("SW502", "cannot reach 127.0.0.1")
    admin.terminate()
    server.start()
    write(project, n0002_b="create table b (id int)")
    assert [each.name for each in (await apply(url)).applied] == ["0002_b"]


@pytest.mark.parametrize(
    ("seconds", "pauses"), [(0, ()), (0.5, (0.5,)), (6, (2, 4)), (12.5, (2, 4, 5, 1.5)), (300, (2, 4, *[5] * 58, 4))]
)
def test_pauses_last_as_long_as_asked(seconds: float, pauses: tuple[float, ...]) -> None:
    assert migrator.pauses(seconds) == pauses
