"""The pods of a rendered database in real containers: they start, stop, keep their data, dump it and restore it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from seawall.local import container as engines
from seawall.render.kubernetes import backup, restore, restore_test, stateful_set
from seawall.render.kubernetes.database import DATA
from seawall.stack import Backup, Postgres
from tests.render.kubernetes.made import made
from tests.support.pods import Pods

ENGINE = engines.find(os.environ)
IMAGE = "postgres:18"
DB = Postgres("db", backup=Backup())
SECRETS = {"db-secret": {"POSTGRES_USER": "shop-owner", "POSTGRES_PASSWORD": "it's s3cret", "POSTGRES_DB": "shop"}}


def pod(kind: str, name: str) -> dict[str, Any]:
    objects: dict[str, Any] = {}
    for module in (stateful_set, backup, restore, restore_test):
        objects |= made(module.objects, DB)
    spec = objects[f"{kind}/{name}"]["spec"]
    template = spec["jobTemplate"]["spec"]["template"] if kind == "CronJob" else spec["template"]
    return dict(template["spec"])


@pytest.fixture(scope="module")
def pods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pods]:
    tries = ("image", "inspect", IMAGE), ("pull", "--quiet", IMAGE)
    if (
        os.geteuid() != 0
        or ENGINE is None
        or all(
            subprocess.run([ENGINE.program, *words], check=False, capture_output=True, timeout=120).returncode
            for words in tries
        )
    ):
        pytest.skip(f"no root here, or no docker or podman that works and has {IMAGE}")
    network = f"seawall-test-{uuid4().hex[:8]}"
    found = Pods(ENGINE.program, IMAGE, tmp_path_factory.mktemp("volumes"), SECRETS, network)
    assert found.run("network", "create", network).returncode == 0
    yield found
    found.run("network", "rm", network)


@pytest.fixture(scope="module")
def kept(pods: Pods) -> str:
    """Runs the database on a new volume, fills, dumps and stops it; returns what the dump said."""
    database = pod("StatefulSet", "db")
    (server,) = database["containers"]
    with pods.started(database, server, f"{pods.network}-db", *on(pods)) as name:
        pods.wait(name, server["startupProbe"])
        pods.wait(name, server["readinessProbe"])
        assert pods.asked(name, server["livenessProbe"])
        assert sql(pods, name, "show max_connections") == "100"
        assert sql(pods, name, "show shared_buffers") == "128MB"
        sql(pods, name, "create table orders as select n from generate_series(1, 500) n")
        dump = pod("CronJob", "db-backup")
        dumped = pods.finished(dump, dump["containers"][0], "--network", pods.network)
        assert dumped.returncode == 0, dumped.stderr
        pods.run("stop", "--time", str(database["terminationGracePeriodSeconds"]), name)
        assert pods.run("inspect", "--format", "{{.State.ExitCode}}", name).stdout.strip() == "0"
        assert "database system is shut down" in pods.run("logs", name).stderr
    return dumped.stdout


def on(pods: Pods) -> tuple[str, ...]:
    """The network on which the database is called as its Service is."""
    return ("--network", pods.network, "--network-alias", "db")


def sql(pods: Pods, name: str, text: str) -> str:
    done = pods.run("exec", name, "psql", "-AtX", "-U", "shop-owner", "-d", "shop", "-c", text)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.usefixtures("kept")
def test_a_database_keeps_its_data(pods: Pods) -> None:
    database = pod("StatefulSet", "db")
    (server,) = database["containers"]
    with pods.started(database, server, f"{pods.network}-again", *on(pods)) as name:
        pods.wait(name, server["readinessProbe"])
        assert sql(pods, name, "select count(*) from orders") == "500"


@pytest.mark.usefixtures("kept")
def test_a_server_of_another_version_refuses_the_data_and_leaves_it(pods: Pods) -> None:
    database = pod("StatefulSet", "db")
    version = pods.folder / "data" / Path(DATA).name / "PG_VERSION"
    before = version.read_text()
    version.write_text("17\n")
    refused = pods.finished(database, database["containers"][0], "--network", pods.network)
    version.write_text(before)
    assert refused.returncode != 0
    assert "database files are incompatible with server" in refused.stderr


@pytest.mark.usefixtures("kept")
def test_a_restored_dump_takes_the_place_of_the_data(pods: Pods) -> None:
    database = pod("StatefulSet", "db")
    (server,) = database["containers"]
    with pods.started(database, server, f"{pods.network}-lost", *on(pods)) as name:
        pods.wait(name, server["readinessProbe"])
        sql(pods, name, "delete from orders where n > 100")
        restoring = pod("CronJob", "db-restore")
        done = pods.finished(restoring, restoring["containers"][0], "--network", pods.network)
        assert done.returncode == 0, done.stderr
        assert "into shop_restored: 1 tables, about 500 rows; shop is as it was\n" in done.stdout
        assert sql(pods, name, "select count(*) from orders") == "100"
        rename = "alter database shop rename to shop_before; alter database shop_restored rename to shop"
        for each in rename.split("; "):
            renamed = pods.run("exec", name, "psql", "-qX", "-U", "shop-owner", "-d", "postgres", "-c", each)
            assert renamed.returncode == 0, renamed.stderr
        assert sql(pods, name, "select count(*) from orders") == "500"


def test_its_newest_dump_is_restored_beside_a_server_that_nothing_else_reaches(pods: Pods, kept: str) -> None:
    test = pod("CronJob", "db-backup-test")
    (server,), (restore,) = test["initContainers"], test["containers"]
    with pods.started(test, server, f"{pods.network}-restored", "--network", pods.network) as name:
        pods.wait(name, server["startupProbe"])
        restored = pods.finished(test, restore, "--network", f"container:{name}")
        assert restored.returncode == 0, restored.stderr
        dump = kept.split()[3].removesuffix(":")
        assert restored.stdout == f"restored ./{dump}: 1 tables, about 500 rows\n"
        address = pods.run("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name)
        asked = ("pg_isready", "-h", address.stdout.strip(), "-U", "postgres")
        assert pods.run("exec", name, *asked).stdout.endswith("no response\n")
