"""`DATABASE_URL` in the shell: that database instead of an embedded one."""

import asyncio
import json
import subprocess
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.e2e.conftest import HERE, copy
from tests.support.cluster import free_port
from tests.support.up import SEAWALL, environment, up

PORTS = ("shop", "clerk", "web")


@pytest.fixture
def kiosk(tmp_path: Path) -> Path:
    return copy(HERE / "kiosk", tmp_path / "kiosk")


def ask(url: str, query: str) -> str:
    async def run() -> str:
        connection = await asyncpg.connect(url)
        try:
            return str(await connection.fetchval(query))
        finally:
            await connection.close()

    return asyncio.run(run())


def test_it_is_migrated_and_used_and_nothing_is_started_for_it(kiosk: Path, postgres_server: str) -> None:
    ask(f"{postgres_server}/postgres", "create role shopkeeper login superuser password 'canary'")
    host = postgres_server.rpartition("@")[2]
    url = f"postgresql://shopkeeper:canary@{host}/postgres"
    options = [word for name in PORTS for word in ("--port", f"{name}={free_port()}")]
    with up(kiosk, *options, DATABASE_URL=url) as running:
        health = httpx.get(f"{running.urls['shop']}/health").json()
        assert health["checks"]["database"]["status"] == "ok"
        assert ask(url, "select count(*) from goods") == "0"
        notice = running.wait_for(lambda event: event.get("event") == "noticed")
        assert notice["message"] == f"PostgreSQL at {host}/postgres, from DATABASE_URL"
        started = {event["name"] for event in running.events if event["event"] == "starting"}
        assert started == {"db-migrate", "shop", "clerk", "edge"}
        assert "canary" not in str(running.events)
    assert not (kiosk / ".seawall" / "postgres").exists()


@pytest.mark.parametrize(
    ("url", "code"), [("mysql://me:canary@db/x", "SW501"), ("postgresql://me:canary@127.0.0.1:1/x", "SW502")]
)
def test_one_that_cannot_be_used_is_an_error_before_anything_starts(kiosk: Path, url: str, code: str) -> None:
    words = [str(SEAWALL), "up", "--json"]
    words += [word for name in ("edge", *PORTS) for word in ("--port", f"{name}={free_port()}")]
    done = subprocess.run(
        words,
        cwd=kiosk,
        env={**environment(), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    said = [json.loads(line) for line in (done.stdout + done.stderr).splitlines()]
    assert [problem["code"] for line in said for problem in line.get("errors", [])] == [code]
    assert not any("event" in line for line in said)
    assert "canary" not in done.stdout + done.stderr
