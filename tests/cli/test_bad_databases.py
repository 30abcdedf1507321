"""What people get whose database is not as it must be: as `test_bad_inputs`, with real servers."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from seawall.runtime import ledger
from tests.cli.bad_input import CANARY, MIGRATE, SECRET_URL, UP, Row, one, refused, said
from tests.support.cluster import GUARDED
from tests.support.old_postgres import saying
from tests.support.pgbouncer import needed, pgbouncer, serves
from tests.support.waiting import until

STACK = "return [Postgres('db')]"
ONE_FILE = {"migrations/0001_a.sql": "create table a ();\n"}
ROWS = [
    Row(
        "a database that nobody serves",
        MIGRATE,
        one("SW502", "", "cannot reach 127.0.0.1:1/orders: refused (3 tries, "),
        variables={"DATABASE_URL": SECRET_URL},
    ),
    Row(
        "a database whose host has no address",
        MIGRATE,
        one("SW502", "", "cannot reach nowhere.invalid:5432/orders: the name is not known (3 tries, "),
        variables={"DATABASE_URL": f"postgresql://ann:{CANARY}@nowhere.invalid/orders"},
    ),
    Row(
        "a port for a database that runs elsewhere",
        (*UP, "--port", "db=5433"),
        one("SW001", "", "--port db=5433: db runs elsewhere, at the URL in DATABASE_URL", "fix: unset DATABASE_URL"),
        stack=STACK,
        variables={"DATABASE_URL": SECRET_URL},
        status=2,
    ),
    Row(
        "a database that nobody serves, for a stack",
        UP,
        one("SW502", "", "cannot reach 127.0.0.1:1/orders: refused", "fix: start that database, or unset DATABASE_URL"),
        stack=STACK,
        variables={"DATABASE_URL": SECRET_URL},
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.about)
def test_a_database_that_cannot_be_reached(row: Row, folder: Path) -> None:
    refused(row, folder)


def ask(url: str, query: str, *arguments: object) -> Any:
    """One value from a database."""

    async def run() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(query, *arguments)
        finally:
            await connection.close()

    return asyncio.run(run())


def url_at(server: str, login: str = f"ann:{CANARY}", database: str = "postgres") -> dict[str, str]:
    return {"DATABASE_URL": f"postgresql://{login}@{server.rpartition('@')[2]}/{database}"}


def rows_of_both(server: dict[str, str], *problem: str) -> list[Row]:
    """A database that is refused, by the migrator and by `up`."""
    found = one(problem[0], "", *problem[1:])
    return [Row("", MIGRATE, found, variables=server), Row("", UP, found, stack=STACK, variables=server)]


def test_a_login_that_is_wrong(folder: Path, postgres_server: str) -> None:
    ask(f"{postgres_server}/postgres", f"create role {GUARDED} login password 'right'")
    try:
        words = "cannot reach 127.0.0.1:", "/postgres: wrong user or password"
        for row in rows_of_both(url_at(postgres_server, f"{GUARDED}:{CANARY}"), "SW502", *words):
            refused(row, folder)
    finally:
        ask(f"{postgres_server}/postgres", f"drop role {GUARDED}")


def test_a_server_without_tls_where_the_url_asks_for_it(folder: Path, postgres_server: str) -> None:
    login, database = f"postgres:{CANARY}", "postgres?sslmode=require"
    for row in rows_of_both(
        url_at(postgres_server, login, database), "SW502", "/postgres: TLS failed: the server does"
    ):
        refused(row, folder)


def test_a_database_that_the_server_does_not_have(folder: Path, postgres_server: str) -> None:
    server = url_at(postgres_server, f"postgres:{CANARY}", "nowhere")
    for row in rows_of_both(server, "SW502", "cannot reach", "there is no database of that name"):
        refused(row, folder)


def test_a_server_that_says_it_is_postgres_13(folder: Path) -> None:
    with saying("13.14") as port:
        for row in rows_of_both(url_at(f"127.0.0.1:{port}"), "SW503", "Postgres 13 found, 15 or newer needed"):
            refused(row, folder)


@needed
def test_migrations_through_a_pooler(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, postgres_server: str
) -> None:
    with pgbouncer(tmp_path_factory.mktemp("pooler"), f"{postgres_server}/postgres") as url:
        asyncio.run(serves(url))
        words = "/postgres is a pooler's: migrations need a connection of their own", "DATABASE_DIRECT_URL="
        through = {"DATABASE_URL": url.replace("postgres@", f"postgres:{CANARY}@")}
        refused(Row("", MIGRATE, one("SW502", "", *words), variables=through), folder)


@contextmanager
def silent() -> Iterator[int]:
    """It takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@contextmanager
def full() -> Iterator[int]:
    """Its queue is full, and it accepts nobody: the kernel leaves whoever connects without an answer."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize("server", [silent, full])
def test_a_server_that_does_not_answer(server: Any, folder: Path) -> None:
    with server() as port:
        said_of_it = one("SW502", "", f"cannot reach 127.0.0.1:{port}/postgres: no answer in time")
        refused(Row("", UP, said_of_it, stack=STACK, variables=url_at(f"127.0.0.1:{port}")), folder)


def test_a_database_that_does_not_fit_its_migrations(folder: Path, database_url: str) -> None:
    """Applied, then in turn: edited, lost, and of a newer release."""
    url = {"DATABASE_URL": database_url}
    words = (*MIGRATE, "migrations")
    row = Row("", words, (), files=ONE_FILE, variables=url)
    row.write(folder)
    assert said(row, folder).status == 0
    first = folder / "migrations" / "0001_a.sql"
    first.write_text("create table b ();\n")
    refused(Row("", words, one("SW504", "migrations/0001_a.sql:1", "different checksum"), variables=url), folder)
    first.rename(first.with_name("0002_b.sql"))
    lost = one("SW508", "migrations/0002_b.sql:1", "0001_a was applied and has no file")
    refused(Row("", words, lost, variables=url), folder)
    first.with_name("0002_b.sql").unlink()
    ahead = one(
        "SW508", "", "database is at 0001_a, code knows no migration: an older release", "wanted: a release that"
    )
    refused(Row("", words, ahead, variables=url), folder)
    assert ask(database_url, "select to_regclass('b') is null")


def test_a_database_that_is_behind_is_told_apart_without_changing_it(folder: Path, database_url: str) -> None:
    behind = one("SW509", "migrations/0001_a.sql:1", "code needs 0001_a", "fix: python -m seawall.runtime.migrate")
    words, url = (*MIGRATE, "--check", "migrations"), {"DATABASE_URL": database_url}
    refused(Row("", words, behind, files=ONE_FILE, variables=url), folder)
    assert ask(database_url, "select to_regclass('a') is null and to_regnamespace('seawall') is null")


@contextmanager
def migrator_at_work(folder: Path, url: str) -> Iterator[int]:
    """Another migrator with a file that takes its time; yields its process as the server knows it."""
    (folder / "migrations").mkdir(parents=True)
    (folder / "migrations" / "0001_slow.sql").write_text("select pg_sleep(600);\n")
    variables = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "SEAWALL_INSTANCE": "first"}
    command = [sys.executable, "-B", "-m", *MIGRATE, "migrations"]
    holder = "select pid from pg_locks where locktype = 'advisory' and granted and objid::bigint = $1 & 4294967295"
    with subprocess.Popen(command, cwd=folder, env=variables, stdout=subprocess.DEVNULL) as process:
        try:
            asyncio.run(until(lambda: asyncio.to_thread(ask, url, holder, ledger.LOCK)))
            yield ask(url, holder, ledger.LOCK)
        finally:
            process.kill()


def test_a_migrator_waits_for_another_names_it_and_gives_up(folder: Path, database_url: str) -> None:
    with migrator_at_work(folder.parent / "first", database_url) as pid:
        words, url = (*MIGRATE, "--wait", "1", "migrations"), {"DATABASE_URL": database_url}
        name = f"pid {pid} (seawall migrate on first), since "
        given_up = one("SW507", "", "another migrator is at work after 1 s", f"saw: {name}", "pg_terminate_backend")
        people = refused(Row("", words, given_up, files=ONE_FILE, variables=url), folder)
        assert people.text.index(f"waiting for another migrator: {name}") < people.text.index("error[SW507]")
        assert ask(database_url, "select to_regclass('a') is null")
