import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seawall.render.kubernetes import capacity, stateful_set
from seawall.stack import Api, Autoscale, CloudNativePG, Environment, Postgres, Resources, SealedSecrets, Secret, Worker
from tests.render.kubernetes.made import made, scope

DB = Postgres("db", version=17, storage="20Gi", resources=Resources(cpu="1", memory="2Gi"))


def spec(*services: Any) -> dict[str, Any]:
    return dict(made(stateful_set.objects, *(services or (DB,)))["StatefulSet/db"]["spec"])


def container() -> dict[str, Any]:
    (found,) = spec()["template"]["spec"]["containers"]
    return dict(found)


def mounted(folder: str) -> dict[str, Any]:
    """The volume, or the claim, that the server finds in a folder."""
    (name,) = (each["name"] for each in container()["volumeMounts"] if each["mountPath"] == folder)
    inside = spec()["template"]["spec"]["volumes"]
    claims = [{"name": each["metadata"]["name"], "claim": each["spec"]} for each in spec()["volumeClaimTemplates"]]
    (found,) = (each for each in [*inside, *claims] if each["name"] == name)
    return dict(found)


def test_one_server_whose_data_outlives_it() -> None:
    found = spec()
    assert found["replicas"] == 1
    assert found["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    claim = mounted("/var/lib/postgresql")["claim"]
    assert claim["accessModes"] == ["ReadWriteOncePod"]
    assert claim["resources"]["requests"]["storage"] == "20Gi"


def test_its_pod_is_not_sent_off_a_lost_node_as_nothing_would_replace_it() -> None:
    assert "tolerations" not in spec()["template"]["spec"]


def test_a_pod_that_never_became_ready_is_replaced_by_a_mended_one() -> None:
    assert spec()["podManagementPolicy"] == "Parallel"


def test_postgresql_is_not_process_1() -> None:
    """As that, it ends every session when an orphan, such as what a probe that was cut short left, ends badly."""
    assert spec()["template"]["spec"]["shareProcessNamespace"] is True


@pytest.fixture
def start(tmp_path: Path) -> Callable[[str], str]:
    """Runs the start of the container, with a data folder here and this /proc; what it prints, its entrypoint last."""
    entrypoint = tmp_path / "docker-entrypoint.sh"
    entrypoint.write_text('#!/bin/sh\necho entered "$@"\n')
    entrypoint.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PGDATA": str(tmp_path)}

    def run(proc: str) -> str:
        shell, flag, script, zero = container()["command"]
        command = [shell, flag, script.replace("/proc/", f"{proc}/"), zero, *container()["args"]]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    return run


def test_a_lock_that_no_server_of_the_pod_holds_is_removed_before_the_image_starts(
    start: Callable[[str], str], tmp_path: Path
) -> None:
    lock, comm = tmp_path / "postmaster.pid", tmp_path / "proc" / "12" / "comm"
    comm.parent.mkdir(parents=True)
    entered = " ".join(["entered", *container()["args"]])
    comm.write_text("postgres_export\n")
    assert start(str(tmp_path / "proc")) == f"{entered}\n"  # a new database has none
    lock.write_text("12\n")
    assert start(str(tmp_path / "proc")).splitlines()[-1] == entered
    assert not lock.exists()
    lock.write_text("12\n")
    comm.write_text("postgres\n")
    assert start(str(tmp_path / "proc")) == f"{entered}\n"
    assert lock.exists()


def test_its_service_name_is_that_of_its_service() -> None:
    assert f"Service/{spec()['serviceName']}" in made(stateful_set.objects, DB)


def test_its_service_finds_its_pods_and_its_port() -> None:
    service = made(stateful_set.objects, DB)["Service/db"]["spec"]
    labels = spec()["template"]["metadata"]["labels"]
    assert service["selector"].items() <= labels.items()
    assert spec()["selector"]["matchLabels"].items() <= labels.items()
    (port,), (inside,) = service["ports"], container()["ports"]
    assert (port["port"], port["targetPort"], inside["containerPort"]) == (5432, inside["name"], 5432)


def test_the_data_lies_neither_in_an_images_own_volume_nor_in_a_folder_of_the_version() -> None:
    """The first would lose it with the pod, the second would begin anew with the next version's image."""
    (data,) = (each["value"] for each in container()["env"] if each["name"] == "PGDATA")
    assert data.startswith("/var/lib/postgresql/")
    assert data != "/var/lib/postgresql/data"
    assert "17" not in data


def test_the_image_is_read_only_and_what_the_server_writes_to_is_not() -> None:
    assert container()["securityContext"]["readOnlyRootFilesystem"] is True
    for folder in ("/tmp", "/var/run/postgresql", "/dev/shm"):
        assert "sizeLimit" in mounted(folder)["emptyDir"]
    assert mounted("/dev/shm")["emptyDir"] == {"medium": "Memory", "sizeLimit": "2Gi"}


def test_the_login_reaches_the_image_as_files() -> None:
    variables = {each["name"]: each["value"] for each in container()["env"]}
    for part in ("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"):
        assert variables[f"{part}_FILE"] == f"/etc/seawall/secrets/{part}"
    assert mounted("/etc/seawall/secrets")["projected"]["sources"][0]["secret"]["name"] == "db-secret"


@pytest.mark.parametrize(
    ("status", "alive", "ready"), [(0, True, True), (1, True, False), (2, False, False), (3, False, False)]
)
def test_a_server_that_replays_its_log_is_alive_and_not_ready(status: int, *, alive: bool, ready: bool) -> None:
    """Status 1 of `pg_isready` is what it says of a server that starts, stops or recovers."""
    for name, wanted in (("startupProbe", alive), ("livenessProbe", alive), ("readinessProbe", ready)):
        *shell, script = container()[name]["exec"]["command"]
        asked = f"cat() {{ echo shop; }}; pg_isready() {{ return {status}; }}; {script}"
        assert (subprocess.run([*shell, asked], check=False).returncode == 0) is wanted
        assert "-h 127.0.0.1" in script, "not by its socket, where it listens while it is being made"


def test_it_has_time_to_write_a_checkpoint() -> None:
    assert spec()["template"]["spec"]["terminationGracePeriodSeconds"] == 120


@pytest.mark.parametrize(
    ("services", "most"),
    [
        ([], 100),
        ([Api("a", app="a:b", uses=[DB], scale=2)], 100),
        ([Api("a", app="a:b", uses=[DB], pool=39, scale=1)], 100),
        ([Api("a", app="a:b", uses=[DB], pool=40, scale=1)], 200),
        # 10 replicas and 3 more during a release, each with its pool and 1 beside it, and 20 in reserve: 293. With a
        # worker, whose jobs may have as many connections again for their own transactions, 345.
        ([Api("a", app="a:b", uses=[DB], pool=20, scale=Autoscale(2, 10))], 300),
        ([Api("a", app="a:b", uses=["db"], pool=20, scale=10), Worker("w", jobs="a:b", uses=[DB])], 400),
    ],
)
def test_it_takes_the_connections_of_all_that_use_it(services: list[Any], most: int) -> None:
    assert capacity.connections(scope(DB, *services), DB) == most
    (found,) = spec(DB, *services)["template"]["spec"]["containers"]
    assert found["args"] == [f"--max-connections={most}", "--shared-buffers=512MB"]


def test_its_volume_is_of_the_clusters_default_class_or_of_the_one_that_is_named() -> None:
    (claim,) = spec()["volumeClaimTemplates"]
    assert "storageClassName" not in claim["spec"]
    (claim,) = spec(Postgres("db", storage_class="fast-ssd"))["volumeClaimTemplates"]
    assert claim["spec"]["storageClassName"] == "fast-ssd"


def test_a_login_that_is_sealed_anew_restarts_no_database() -> None:
    environment = Environment("prod", secrets=SealedSecrets())
    texts = {"db-secret": {"POSTGRES_USER": "a", "POSTGRES_PASSWORD": "b", "POSTGRES_DB": "c"}}
    found = made(stateful_set.objects, DB, environment=environment, sealed=texts)["StatefulSet/db"]
    assert "annotations" not in found["spec"]["template"]["metadata"]


@pytest.mark.parametrize("database", [Postgres("db", managed=Secret("URL")), Postgres("db", operator=CloudNativePG())])
def test_who_has_it_run_by_others_has_no_stateful_set(database: Postgres) -> None:
    assert made(stateful_set.objects, database) == {}
