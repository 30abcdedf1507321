import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from seawall import contract
from seawall.errors import SeawallError
from seawall.local.elsewhere import Remote, check, remotes
from seawall.stack import Postgres, Secret
from tests.support.cluster import free_port
from tests.support.systems import system

URL = "postgresql://me:canary@db.internal/orders"


def test_the_shell_gives_the_only_database(tmp_path: Path) -> None:
    (found,) = remotes(system(Postgres("db")), tmp_path, {"DATABASE_URL": URL}).values()
    assert str(found) == "PostgreSQL at db.internal:5432/orders, from DATABASE_URL"


def test_of_several_databases_each_has_its_own_variable(tmp_path: Path) -> None:
    two = system(Postgres("orders-db"), Postgres("stock"))
    assert remotes(two, tmp_path, {"DATABASE_URL": URL}) == {}
    found = remotes(two, tmp_path, {"ORDERS_DB_DATABASE_URL": URL, "DATABASE_URL": URL})
    assert found == {"orders-db": Remote("ORDERS_DB_DATABASE_URL", URL)}


def test_its_own_variable_comes_before_the_general_one(tmp_path: Path) -> None:
    found = remotes(system(Postgres("db")), tmp_path, {"DATABASE_URL": "postgresql://a/b", "DB_DATABASE_URL": URL})
    assert found["db"].variable == "DB_DATABASE_URL"


def test_the_secret_of_a_managed_one_may_stand_in_dotenv_and_another_one_may_not(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"DATABASE_URL={URL}\nRDS={URL}\n")
    assert remotes(system(Postgres("db")), tmp_path, {}) == {}
    managed = system(Postgres("db", managed=Secret("RDS")))
    assert remotes(managed, tmp_path, {}) == {"db": Remote("RDS", URL)}
    assert remotes(system(Postgres("db", managed=Secret("NOWHERE"))), tmp_path, {}) == {}


def test_an_empty_variable_gives_nothing(tmp_path: Path) -> None:
    assert remotes(system(Postgres("db")), tmp_path, {"DATABASE_URL": ""}) == {}


def test_every_value_that_is_no_url_is_said_and_none_is_shown(tmp_path: Path) -> None:
    two = system(Postgres("one"), Postgres("two"))
    with pytest.raises(SeawallError) as caught:
        remotes(two, tmp_path, {"ONE_DATABASE_URL": "mysql://canary", "TWO_DATABASE_URL": "canary"})
    assert [problem.code for problem in caught.value.problems] == ["SW501", "SW501"]
    assert "TWO_DATABASE_URL" in str(caught.value)
    assert "canary" not in str(caught.value)


async def problem(url: str) -> str:
    with pytest.raises(SeawallError) as caught:
        await check({"db": Remote("DATABASE_URL", url)})
    (found,) = caught.value.problems
    assert "canary" not in str(found)
    assert "unset DATABASE_URL" in found.fix
    return f"{found.code} {found.message}"


@pytest.fixture
def silent() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


async def test_each_way_not_to_be_reached_is_told_from_the_others(postgres_server: str, silent: int) -> None:
    host = postgres_server.rpartition("@")[2]
    assert "the name is not known" in await problem("postgresql://me:canary@db.invalid/x")
    assert "refused" in await problem(f"postgresql://me:canary@127.0.0.1:{free_port()}/x")
    assert "no answer in time" in await problem(f"postgresql://me:canary@127.0.0.1:{silent}/x")
    assert "no database of that name" in await problem(f"postgresql://postgres:canary@{host}/nowhere")
    nobody = await problem(f"postgresql://nobody:canary@{host}/postgres")
    assert nobody.startswith("SW502")


async def test_a_database_that_is_too_old_is_refused(postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "POSTGRES_MINIMUM", 19)
    found = await problem(f"{postgres_server}/postgres")
    assert found == "SW503 Postgres 18 found, 19 or newer needed"


async def test_a_database_that_answers_is_accepted(postgres_server: str) -> None:
    await check({"db": Remote("DATABASE_URL", f"{postgres_server}/postgres")})
