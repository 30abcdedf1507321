import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from seawall.runtime import ledger
from tests.support.cluster import free_port

COMMAND = [sys.executable, "-m", "seawall.runtime.migrate"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_orders.sql").write_text("create table orders (id int)")
    return tmp_path


def run(project: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    environ = {"PATH": os.environ["PATH"], **variables}
    command = [*COMMAND, *arguments]
    return subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, timeout=60, check=False)


def lines(text: str) -> list[str]:
    return [json.loads(line)["message"] for line in text.splitlines()]


def test_one_line_a_migration_then_a_summary(project: Path, database_url: str) -> None:
    done = run(project, "migrations", DATABASE_URL=database_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert lines(done.stdout) == ["applied 0001_orders", "database is at 0001_orders; 1 applied"]


def test_without_a_source_the_engines_own_come_first(project: Path, database_url: str) -> None:
    done = run(project, "--json", DATABASE_URL=database_url)
    assert done.returncode == 0, done.stdout
    assert list(json.loads(done.stdout)["at"]) == ["seawall.jobs", "migrations"]


def test_a_direct_url_wins(project: Path, database_url: str) -> None:
    done = run(project, "migrations", DATABASE_URL="postgresql://127.0.0.1:1/d", DATABASE_DIRECT_URL=database_url)
    assert done.returncode == 0


def test_the_login_may_be_files(project: Path, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    secrets = tmp_path_factory.mktemp("secrets")
    (secrets / "url").write_text(f"{database_url}\n")
    done = run(project, "migrations", SEAWALL_SECRETS=str(secrets), DATABASE_URL_FILE=str(secrets / "url"))
    assert done.returncode == 0


def test_json_is_one_object_and_nothing_else(project: Path, database_url: str) -> None:
    done = run(project, "--json", "migrations", DATABASE_URL=database_url)
    assert json.loads(done.stdout) == {
        "database": database_url.partition("@")[2],
        "applied": [{"source": "migrations", "name": "0001_orders"}],
        "at": {"migrations": "0001_orders"},
        "errors": [],
    }
    assert lines(done.stderr) == ["applied 0001_orders"]


def test_a_check_says_what_is_missing(project: Path, database_url: str) -> None:
    done = run(project, "--check", "--json", "migrations", DATABASE_URL=database_url)
    assert done.returncode == 1
    (problem,) = json.loads(done.stdout)["errors"]
    assert problem["code"] == "SW509"


def test_people_read_text(project: Path, database_url: str) -> None:
    (project / "migrations" / "0002_bad.sql").write_text("selec 1")
    done = run(project, "migrations", DATABASE_URL=database_url, LOG_FORMAT="console")
    assert done.returncode == 1
    assert "INFO  seawall.runtime.migrator: applied 0001_orders source=migrations" in done.stdout
    assert done.stderr.startswith(
        'error[SW506]: 0002_bad: syntax error at or near "selec"\n  --> migrations/0002_bad.sql:1'
    )


def test_machines_read_lines(project: Path, database_url: str) -> None:
    (project / "migrations" / "0002_bad.sql").write_text("selec 1")
    done = run(project, "migrations", DATABASE_URL=database_url, LOG_FORMAT="json")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout.splitlines()[-1])["problem"]["code"] == "SW506"


async def test_a_patient_one_waits_for_a_database_that_is_not_there_yet(project: Path, database_url: str) -> None:
    place = urlsplit(database_url)
    port = free_port()
    url = database_url.replace(f":{place.port}/", f":{port}/")
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "LOG_FORMAT": "json"}
    command = [*COMMAND, "--patience", "60", "migrations"]
    waiting = await asyncio.create_subprocess_exec(*command, cwd=project, env=environ, stdout=subprocess.PIPE)
    assert waiting.stdout is not None
    assert b"refused; next try in 2 s" in await waiting.stdout.readline()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(place.hostname, place.port)
        await asyncio.gather(_copy(reader, back), _copy(there, writer))

    async with await asyncio.start_server(forward, "127.0.0.1", port):
        out, _ = await waiting.communicate()
    assert (waiting.returncode, lines(out.decode())[-1]) == (0, "database is at 0001_orders; 1 applied")


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


def test_one_without_patience_tries_once(project: Path) -> None:
    url = f"postgresql://127.0.0.1:{free_port()}/d"
    done = run(project, "--patience", "0", "--json", "migrations", DATABASE_URL=url)
    assert "(1 tries, 0 s)" in json.loads(done.stdout)["errors"][0]["message"]


@pytest.mark.parametrize("arguments", [["--wait", "x", "migrations"], ["--wait", "-1", "migrations"], ["--unknown"]])
def test_wrong_usage_exits_2(project: Path, arguments: list[str]) -> None:
    assert run(project, *arguments).returncode == 2


def test_a_missing_url_is_named(project: Path) -> None:
    done = run(project, "--json", "migrations")
    assert done.returncode == 1
    assert json.loads(done.stdout)["errors"][0]["code"] == "SW404"


async def test_ctrl_c_ends_it_without_a_traceback(project: Path, database_url: str) -> None:
    admin = await asyncpg.connect(database_url)
    await admin.execute("select pg_advisory_lock($1)", ledger.LOCK)
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": database_url}
    waiting = await asyncio.create_subprocess_exec(
        *COMMAND, "migrations", cwd=project, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert waiting.stdout is not None
    assert b"waiting for another migrator" in await waiting.stdout.readline()
    waiting.send_signal(signal.SIGINT)
    _, err = await waiting.communicate()
    assert (waiting.returncode, err) == (130, b"")
    await admin.close()


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:canary@127.0.0.1:1/d",
        "postgresql://user:can/ary@canary@127.0.0.1:1/d",
        "postgresql://127.0.0.1:1/d?user=u&password=canary",
        "canary",
    ],
)
def test_no_password_is_printed(project: Path, url: str, log_format: str) -> None:
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "LOG_FORMAT": log_format, "LOG_LEVEL": "debug"}
    command = [*COMMAND, "--patience", "0.01", "migrations"]
    done = subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert "canary" not in done.stdout + done.stderr
    assert "SW50" in done.stdout + done.stderr
