"""What the CronJobs of dumps say, and what their scripts do: these run here, with PostgreSQL's real programs."""

import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from seawall.render.kubernetes import backup, restore, restore_test
from seawall.render.kubernetes.object import Object
from seawall.render.kubernetes.scope import Scope
from seawall.stack import Backup, CloudNativePG, Postgres
from tests.render.kubernetes.made import made
from tests.support.cluster import PROGRAMS

DB = Postgres("db", storage="20Gi", backup=Backup(schedule="5 1 * * *", test="5 3 * * 6", time_zone="Europe/Berlin"))
DAY = 86400.0


def objects(scope: Scope) -> Iterator[Object]:
    """All that there is about dumps."""
    for module in (backup, restore, restore_test):
        yield from module.objects(scope)


def cron_job(name: str) -> dict[str, Any]:
    return dict(made(objects, DB)[f"CronJob/{name}"]["spec"])


def pod(name: str) -> dict[str, Any]:
    return dict(cron_job(name)["jobTemplate"]["spec"]["template"]["spec"])


class Shell:
    """Runs the scripts of the CronJobs against a real server, each as its pod would, but for where things are."""

    def __init__(self, folder: Path, url: str) -> None:
        self.dumps = folder / "backups"
        self.dumps.mkdir()
        self._secrets = folder / "secrets"
        self._secrets.mkdir()
        self._server = urlsplit(url)
        self.login(self._server.path.lstrip("/"))

    def login(self, database: str) -> None:
        for part, value in (("USER", "postgres"), ("PASSWORD", "unused"), ("DB", database)):
            (self._secrets / f"POSTGRES_{part}").write_text(value)

    def dump(self) -> "subprocess.CompletedProcess[str]":
        return self._run("db-backup", {})

    def restore(self, database: str) -> "subprocess.CompletedProcess[str]":
        """As the test of a dump does, into a server of its own."""
        return self._run("db-backup-test", {"PGDATABASE": database})

    def restore_beside(self, dump: str = "", **changed: str) -> "subprocess.CompletedProcess[str]":
        """As a person has it done, into the server itself."""
        return self._run("db-restore", {"DUMP": dump, **changed})

    def _run(self, name: str, changed: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        (container,) = pod(name)["containers"]
        variables = {each["name"]: each["value"] for each in container["env"]}
        for key, value in variables.items():
            if key.endswith("_FILE"):
                variables[key] = str(self._secrets / Path(value).name)
        here = {"BACKUPS": str(self.dumps), "PGHOST": "127.0.0.1", "PGPORT": str(self._server.port)}
        environ = {**variables, **here, "PATH": f"{PROGRAMS}:{os.environ['PATH']}", **changed}
        return subprocess.run(
            container["command"], env=environ, capture_output=True, text=True, timeout=60, check=False
        )

    def old(self, name: str, days: float) -> None:
        """A dump that was made so many days ago."""
        file = self.dumps / name
        file.write_bytes(b"old")
        then = file.stat().st_mtime - days * DAY
        os.utime(file, (then, then))


@pytest.fixture
def shell(tmp_path: Path, database_url: str) -> Shell:
    return Shell(tmp_path, database_url)


@pytest.fixture
async def filled(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "create schema shop; create table shop.orders (id int primary key, parent int references shop.orders);"
        "insert into shop.orders select n, nullif(n - 1, 0) from generate_series(1, 1000) n;"
        "create table public.empty ()"
    )
    await connection.close()


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[str]:
    """The name of another database of the server, with nothing in it."""
    name = f"{urlsplit(database_url).path.lstrip('/')}_restored"
    connection = await asyncpg.connect(database_url)
    await connection.execute(f"create database {name}")
    yield name
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


@pytest.mark.usefixtures("filled")
def test_what_is_dumped_is_restored(shell: Shell, empty: str) -> None:
    dumped = shell.dump()
    assert dumped.returncode == 0, dumped.stderr
    (file,) = shell.dumps.iterdir()
    assert file.suffix == ".dump"
    assert file.stat().st_mode & 0o077 == 0
    restored = shell.restore(empty)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert restored.stdout == f"restored ./{file.name}: 2 tables, about 1000 rows\n"


@pytest.mark.usefixtures("filled")
async def test_what_a_role_may_read_stops_no_restore(shell: Shell, empty: str, database_url: str) -> None:
    """The throw-away server has no roles but its own."""
    connection = await asyncpg.connect(database_url)
    role = f"{empty}_reader"
    await connection.execute(f"create role {role}; grant select on shop.orders to {role}")
    dumped = shell.dump()
    await connection.execute(f"drop owned by {role}; drop role {role}")
    await connection.close()
    assert dumped.returncode == 0, dumped.stderr
    restored = shell.restore(empty)
    assert (restored.returncode, restored.stderr) == (0, "")


@pytest.mark.usefixtures("filled")
def test_a_dump_that_fails_leaves_nothing_and_deletes_nothing(shell: Shell) -> None:
    shell.old("20200101T000000Z.dump", 400)
    (shell.dumps / "20200102T000000Z.dump.part").write_bytes(b"what a killed one left")
    shell.login("nowhere")
    dumped = shell.dump()
    assert dumped.returncode != 0
    assert 'database "nowhere" does not exist' in dumped.stderr
    assert not [each for each in shell.dumps.iterdir() if each.suffix == ".dump" and each.name > "2021"]
    assert (shell.dumps / "20200101T000000Z.dump").exists()


@pytest.mark.usefixtures("filled")
def test_old_dumps_go_before_a_new_one_needs_their_room_but_the_newest(shell: Shell) -> None:
    shell.old("20200101T000000Z.dump", 400)
    shell.old("20200102T000000Z.dump", 399)
    shell.login("nowhere")
    assert shell.dump().returncode != 0
    assert [each.name for each in shell.dumps.iterdir() if each.suffix == ".dump"] == ["20200102T000000Z.dump"]


@pytest.mark.usefixtures("filled")
def test_old_dumps_go_when_a_new_one_is_there(shell: Shell) -> None:
    shell.old("old.dump", 15.5)
    shell.old("young.dump", 13)
    (shell.dumps / "lost+found").mkdir()  # the file system's own: on a real volume it may not be read
    shell.old("lost+found/old.dump", 15.5)
    dumped = shell.dump()
    assert dumped.returncode == 0, dumped.stderr
    assert "dumps kept: 2" in dumped.stdout
    assert not (shell.dumps / "old.dump").exists()
    assert (shell.dumps / "young.dump").exists()
    assert (shell.dumps / "lost+found" / "old.dump").exists()


def test_no_dump_at_all_fails_the_test(shell: Shell, empty: str) -> None:
    restored = shell.restore(empty)
    assert (restored.returncode, restored.stderr) == (1, "no dump of the last 48 hours to restore\n")


def test_dumps_that_are_no_longer_made_fail_the_test(shell: Shell, empty: str) -> None:
    shell.old("20200101T000000Z.dump", 2.1)
    assert shell.restore(empty).stderr == "no dump of the last 48 hours to restore\n"


@pytest.mark.usefixtures("filled")
def test_one_dump_may_be_missing(shell: Shell, empty: str) -> None:
    shell.dump()
    (file,) = shell.dumps.iterdir()
    then = file.stat().st_mtime - 1.9 * DAY
    os.utime(file, (then, then))
    assert shell.restore(empty).returncode == 0


@pytest.mark.parametrize(
    ("schedule", "hours"), [("*/20 * * * *", "1"), ("0 2,14 * * *", "24"), ("0 2 * * 0", "336"), ("0 2 1 * *", "1488")]
)
def test_how_old_the_newest_may_be_goes_by_how_often_dumps_are_made(schedule: str, hours: str) -> None:
    found = made(objects, Postgres("db", backup=Backup(schedule=schedule, keep_days=3)))
    spec = found["CronJob/db-backup-test"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    variables = {each["name"]: each.get("value") for each in spec["containers"][0]["env"]}
    assert variables["MOST_HOURS"] == hours
    assert "KEEP_DAYS" not in variables


@pytest.mark.usefixtures("filled")
def test_a_damaged_dump_fails_the_test(shell: Shell, empty: str) -> None:
    shell.dump()
    (file,) = shell.dumps.iterdir()
    file.write_bytes(file.read_bytes()[:-600])
    restored = shell.restore(empty)
    assert restored.returncode != 0
    assert "pg_restore: error" in restored.stderr


@pytest.mark.usefixtures("filled")
def test_what_cannot_be_restored_fails_the_test(shell: Shell, empty: str) -> None:
    shell.dump()
    assert shell.restore(empty).returncode == 0
    again = shell.restore(empty)  # its tables are there already
    assert again.returncode != 0
    assert "already exists" in again.stderr


@pytest.fixture
async def beside(database_url: str) -> AsyncIterator[str]:
    """The address of the database that a restore makes beside the other."""
    yield f"{database_url}_restored"
    connection = await asyncpg.connect(database_url)
    await connection.execute(f"drop database {urlsplit(database_url).path.lstrip('/')}_restored with (force)")
    await connection.close()


@pytest.mark.usefixtures("filled")
async def test_a_person_has_the_newest_dump_restored_beside_the_data(
    shell: Shell, database_url: str, beside: str
) -> None:
    shell.old("20200101T000000Z.dump", 400)
    assert shell.dump().returncode == 0
    connection = await asyncpg.connect(database_url)
    await connection.execute("delete from shop.orders where id = 1000")
    done = shell.restore_beside()
    assert (done.returncode, done.stderr) == (0, "")
    database = urlsplit(database_url).path.lstrip("/")
    assert f"into {database}_restored: 2 tables, about 1000 rows; {database} is as it was" in done.stdout
    assert await connection.fetchval("select count(*) from shop.orders") == 999
    await connection.close()
    restored = await asyncpg.connect(beside)
    assert await restored.fetchval("select count(*) from shop.orders") == 1000
    await restored.close()
    again = shell.restore_beside()
    assert again.returncode != 0
    assert "already exists" in again.stderr  # nothing is overwritten


@pytest.mark.usefixtures("filled", "beside")
def test_or_any_other_dump(shell: Shell) -> None:
    assert shell.dump().returncode == 0
    (good,) = [each.name for each in shell.dumps.iterdir()]
    (shell.dumps / "99990101T000000Z.dump").write_bytes(b"the newest, and damaged")
    missing = shell.restore_beside("20200101T000000Z.dump")
    wanted = f"there is no dump '20200101T000000Z.dump', but: {good} 99990101T000000Z.dump\n"
    assert (missing.returncode, missing.stderr) == (1, wanted)
    assert shell.restore_beside(good).returncode == 0


@pytest.mark.usefixtures("filled")
async def test_a_restore_that_would_fill_the_volume_of_the_database_does_not_begin(
    shell: Shell, database_url: str, tmp_path: Path
) -> None:
    assert shell.dump().returncode == 0
    script = pod("db-restore")["containers"][0]["command"][-1]
    assert "df -Pk . |" in script
    full = {"PATH": f"{tmp_path}:{PROGRAMS}:{os.environ['PATH']}"}
    psql = tmp_path / "psql"  # the server's own answer, but for how much is left there
    psql.write_text(f'#!/bin/sh\nexec {PROGRAMS}/psql "$@" -c "select false"\n')
    psql.chmod(0o755)
    refused = shell.restore_beside(**full)
    assert refused.returncode == 1
    assert "has no room for a copy" in refused.stderr
    connection = await asyncpg.connect(database_url)
    assert not await connection.fetchval(
        "select count(*) from pg_database where datname = $1 || '_restored'", urlsplit(database_url).path.lstrip("/")
    )
    await connection.close()


def test_a_restore_is_never_due_and_not_tried_twice() -> None:
    found = cron_job("db-restore")
    assert found["suspend"] is True
    assert found["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert "suspend" not in cron_job("db-backup")


def test_when_they_run_and_for_how_long() -> None:
    dump, restore = cron_job("db-backup"), cron_job("db-backup-test")
    assert (dump["schedule"], restore["schedule"]) == ("5 1 * * *", "5 3 * * 6")
    # The pod of a test that is over holds a whole copy of the data: it goes after a day.
    for each, kept in ((dump, 7 * 86400), (restore, 86400)):
        assert (each["timeZone"], each["concurrencyPolicy"]) == ("Europe/Berlin", "Forbid")
        assert each["startingDeadlineSeconds"] == 3600
        inner = each["jobTemplate"]["spec"]
        assert (inner["activeDeadlineSeconds"], inner["ttlSecondsAfterFinished"]) == (4 * 3600, kept)


def test_the_throw_away_server_starts_first_ends_by_itself_and_listens_to_its_pod_alone() -> None:
    keys = [key for key in pod("db-backup-test") if key.lower().endswith("containers")]
    assert keys == ["initContainers", "containers"], "what starts first is read first"
    assert pod("db-backup-test")["shareProcessNamespace"] is True  # PostgreSQL must not be process 1
    (server,) = pod("db-backup-test")["initContainers"]
    assert server["restartPolicy"] == "Always"
    assert "--listen-addresses=127.0.0.1" in server["args"]
    assert "-h 127.0.0.1" in server["startupProbe"]["exec"]["command"][-1]
    (name,) = (each["name"] for each in server["volumeMounts"] if each["mountPath"] == "/var/lib/postgresql")
    (volume,) = (each for each in pod("db-backup-test")["volumes"] if each["name"] == name)
    assert volume["ephemeral"]["volumeClaimTemplate"]["spec"]["resources"]["requests"]["storage"] == "20Gi"


def test_the_volumes_are_of_the_databases_class() -> None:
    found = made(objects, Postgres("db", storage_class="fast-ssd", backup=Backup()))
    test = found["CronJob/db-backup-test"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (volume,) = (each for each in test["volumes"] if "ephemeral" in each)
    assert volume["ephemeral"]["volumeClaimTemplate"]["spec"]["storageClassName"] == "fast-ssd"
    assert found["PersistentVolumeClaim/db-backup"]["spec"]["storageClassName"] == "fast-ssd"


def test_the_restore_test_sees_no_login() -> None:
    inner = pod("db-backup-test")
    assert not [each for each in inner["volumes"] if "projected" in each or "secret" in each]


def test_each_pod_has_labels_and_an_account_of_its_own() -> None:
    found = made(objects, DB)
    for name in ("db-backup", "db-backup-test", "db-restore"):
        assert pod(name)["serviceAccountName"] == name
        assert f"ServiceAccount/{name}" in found
        assert cron_job(name)["jobTemplate"]["spec"]["template"]["metadata"]["labels"]["app"] == name
    assert found["PersistentVolumeClaim/db-backup"]["spec"]["resources"]["requests"]["storage"] == "10Gi"


def test_they_make_room_for_what_answers_requests() -> None:
    assert {pod(name)["priorityClassName"] for name in ("db-backup", "db-backup-test")} == {"seawall-batch"}


def test_the_longest_name_is_not_too_long_for_a_cron_job() -> None:
    found = made(objects, Postgres("d" * 40, backup=Backup()))
    names = [each.partition("/")[2] for each in found if each.startswith("CronJob/")]
    assert len(names) == 3
    assert max(map(len, names)) <= 52


def test_without_a_backup_there_is_none() -> None:
    assert made(objects, Postgres("db"), Postgres("big", operator=CloudNativePG())) == {}
