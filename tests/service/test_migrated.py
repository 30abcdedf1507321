from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from seawall.runtime import migrator
from seawall.runtime.database import close_all
from seawall.service import Service
from tests.service.support import client
from tests.service.test_fastapi import api


@pytest.fixture(autouse=True)
async def _closed() -> AsyncIterator[None]:
    yield
    await close_all()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATABASE_MIGRATIONS", "migrations")
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_first.sql").write_text("create table first (n integer);\n")
    return tmp_path / "migrations"


async def test_a_service_is_not_ready_until_its_migrations_are_applied(folder: Path, database_url: str) -> None:
    service = Service(api())
    async with client(service) as asked:
        assert (await asked.get("/without")).status_code == 200  # what starts a service in a test
        assert (await asked.get("/ready")).status_code == 503
        check = (await asked.get("/health")).json()["checks"]["migrations"]
        assert check["status"] != "ok"
        assert "code needs 0001_first" in check["error"]
        assert (await asked.get("/without")).status_code == 200
        await migrator.apply(database_url, [folder.name])
        assert (await asked.get("/ready")).status_code == 200
        assert (await asked.get("/health")).json()["checks"]["migrations"]["status"] == "ok"


async def test_once_they_are_applied_nobody_asks_again(folder: Path, database_url: str) -> None:
    await migrator.apply(database_url, [folder.name])
    service = Service(api())
    async with client(service) as asked:
        assert (await asked.get("/without")).status_code == 200
        assert (await asked.get("/ready")).status_code == 200
        (folder / "0002_second.sql").write_text("create table second (n integer);\n")
        assert (await asked.get("/ready")).status_code == 200


@pytest.mark.usefixtures("folder")
async def test_without_the_variable_there_is_no_such_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_MIGRATIONS")
    async with client(Service(api())) as asked:
        assert (await asked.get("/without")).status_code == 200
        assert "migrations" not in (await asked.get("/health")).json()["checks"]
