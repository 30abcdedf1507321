"""A database that takes no writes, under a service as a process: 503, said as such, until it takes them again."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.service.process import running
from tests.support.cluster import Server


@pytest.fixture
def small_disk(server: Server, tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB that belongs to the server."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, check=False, capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    server.give(folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def until_full(url: str, *statements: str) -> None:
    """Run the statements, then write notes until that fails."""
    await execute(url, *statements)
    async with connected(url) as connection:
        with pytest.raises(asyncpg.DiskFullError):
            await fill(connection)


async def fill(connection: asyncpg.Connection) -> None:
    while True:
        await connection.execute("insert into notes select repeat('x', 1000) from generate_series(1, 20)")


async def execute(url: str, *statements: str) -> None:
    async with connected(url) as connection:
        for statement in statements:
            await connection.execute(statement)


def serves_what_it_can(folder: Path, url: str, why: str, *mend: str) -> None:
    with running(folder, "shop:app", variables={"DATABASE_URL": url}) as service:
        answers = [httpx.post(f"{service.url}/notes") for _ in range(3)]
        assert {answer.status_code for answer in answers} == {503}
        assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
        assert {answer.headers["retry-after"] for answer in answers} == {"1"}
        assert httpx.get(f"{service.url}/time").status_code == 200
        assert httpx.get(f"{service.url}/ready").status_code == 200
        warnings = [line["message"] for line in service.lines if line["logger"] == "seawall.service.app"][1:]
        assert warnings == [why] * 3, service.output
        asyncio.run(execute(url, *mend))
        # A connection that was read-only when it was made is found out and dropped by the first request on it.
        statuses = [httpx.post(f"{service.url}/notes").status_code for _ in range(3)]
        assert statuses[-2:] == [200, 200]


def test_a_file_system_that_is_full(server: Server, small_disk: Path, tmp_path: Path) -> None:
    url = f"{server.url}/postgres"
    asyncio.run(
        until_full(
            url,
            f"create tablespace small location '{small_disk}'",
            "create table notes (text text) tablespace small",
            "create table others (text) tablespace small as select repeat('x', 1000) from generate_series(1, 500)",
        )
    )
    serves_what_it_can(tmp_path, url, "disk full (53100)", "drop table others")


def test_a_server_that_says_its_disk_is_full(tmp_path: Path, database_url: str) -> None:
    """Wherever nothing can be mounted: the same code, raised by a trigger."""
    refuse = "begin raise exception 'no room' using errcode = 'disk_full'; end"
    asyncio.run(
        until_full(
            database_url,
            "create table notes (text text)",
            f"create function refuse() returns trigger language plpgsql as $$ {refuse} $$",
            "create trigger full_disk before insert on notes execute function refuse()",
        )
    )
    serves_what_it_can(tmp_path, database_url, "disk full (53100)", "drop trigger full_disk on notes")


def test_a_primary_that_is_read_only(tmp_path: Path, database_url: str) -> None:
    name = database_url.rpartition("/")[2]
    read_only = f'alter database "{name}" set default_transaction_read_only'
    asyncio.run(execute(database_url, "create table notes (text text)", f"{read_only} = on"))
    mend = "set default_transaction_read_only = off", f"{read_only} = off"
    serves_what_it_can(tmp_path, database_url, "primary is read-only (25006)", *mend)
