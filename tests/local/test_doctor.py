import asyncio
import os
import shutil
import socket
from pathlib import Path

import pytest

from seawall.local import doctor
from seawall.local.state import State
from seawall.stack import Api, Postgres
from seawall.testing import postgres
from tests.support.cluster import free_port
from tests.support.systems import system


def test_this_machine_can_run_a_stack(tmp_path: Path) -> None:
    checks = {check.name: check for check in doctor.machine(tmp_path)}
    assert {"python", "seawall", "postgresql", "caddy", "disk of .seawall", "disk of the cache", "open files"} <= set(
        checks
    )
    assert checks["postgresql"].detail.startswith("18.")
    assert checks["caddy"].detail.startswith("v2.")
    assert ("postgresql as root" in checks) == (os.geteuid() == 0)
    assert all(check.status != "error" for check in checks.values())
    assert list(tmp_path.iterdir()) == []


def test_a_version_that_is_not_here_is_an_error_with_what_is(tmp_path: Path) -> None:
    [check] = [check for check in doctor.machine(tmp_path, 99) if check.name == "postgresql"]
    assert check.status == "error"
    assert check.detail.startswith("PostgreSQL 99 is not on this machine (saw PostgreSQL ")


def test_a_port_is_free_or_its_holder_is_named() -> None:
    port = free_port()
    api = Api("api", app="a:b", port=port)
    [check] = doctor.ports_of(system(api), None)
    assert (check.status, check.detail) == ("ok", f"{port}, free")
    with socket.create_server(("127.0.0.1", port)):
        [check] = doctor.ports_of(system(api), None)
        assert check.status == "error"
        assert f"held by pid {os.getpid()}" in check.detail
        assert "--port api=" in check.fix
        state = State(1, 1, "bakery", "dev", "stack.py", {}, {"api": port}, {})
        [check] = doctor.ports_of(system(api), state)
        assert (check.status, check.detail) == ("ok", f"{port}, held by this stack")


def test_no_port_is_proposed_twice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        apis = [Api(name, app="a:b", port=other.getsockname()[1]) for name in ("a", "b")]
        fixes = [check.fix for check in doctor.ports_of(system(*apis), None)]
    assert len({fix.rpartition("=")[2] for fix in fixes}) == 2


def test_a_database_that_runs_elsewhere_needs_no_port() -> None:
    assert list(doctor.ports_of(system(Postgres("db")), None, {"db"})) == []


def test_a_database_s_port_may_be_taken() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 5432))
            other.listen(1)
        except OSError:
            pass  # somebody else has it: as good
        [check] = doctor.ports_of(system(Postgres("db")), None)
    assert (check.status, check.detail) == ("ok", "5432 is taken; a free one will do")


@pytest.mark.parametrize(("free", "status"), [(10**12, "ok"), (5 * 10**8, "warning"), (10**8, "error")])
def test_little_room_is_a_warning_and_none_an_error(
    free: int, status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": free}))
    [check] = [check for check in doctor.machine(tmp_path / "not" / "there") if check.name == "disk of .seawall"]
    assert check.status == status
    assert str(tmp_path) in check.detail


async def test_settings_that_lose_data_are_errors(postgres_server: str) -> None:
    check = await doctor.database("db", f"{postgres_server}/postgres")
    assert check.status == "ok"
    assert check.detail == "fsync on, full_page_writes on, synchronous_commit on, data_checksums on"
    check = await doctor.database("db", f"{postgres_server}/postgres?options=-csynchronous_commit=off")
    assert (check.status, check.fix) == ("warning", "alter system set synchronous_commit = on")


async def test_a_database_that_does_not_answer_is_an_error_without_its_password() -> None:
    check = await doctor.database("db", "postgresql://me:canary@127.0.0.1:1/x")
    assert check.status == "error"
    assert "canary" not in str(check)


def test_the_database_of_tests_may_lose_data_and_is_gone_afterwards(tmp_path: Path) -> None:
    (tmp_path / "0001_bread.sql").write_text("create table bread (id integer)")
    with postgres(migrations=str(tmp_path)) as url:
        check = asyncio.run(doctor.database("db", url))
        assert check.status == "error"
        assert check.fix == "alter system set fsync = on"
    assert asyncio.run(doctor.database("db", url)).detail.startswith("cannot be asked")
