"""The commands around `up`, on a project that `seawall init` has made and that runs in the background."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.support.cluster import free_port
from tests.support.up import SEAWALL, environment, up

SERVICES = ["db", "db-migrate", "worker", "api", "edge"]


def seawall(folder: Path, *words: str, text: str | None = None, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(SEAWALL), *words],
        cwd=folder,
        env={**environment(), **variables},
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def told(folder: Path, *words: str, status: int = 0) -> dict[str, Any]:
    """What a command says as JSON."""
    done = seawall(folder, *words, "--json")
    assert done.returncode == status, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@contextmanager
def going_on(folder: Path, *words: str, stdin: int = subprocess.PIPE) -> "Iterator[subprocess.Popen[str]]":
    """A command, for the block; whatever fails in it, nobody waits for the command for ever."""
    with subprocess.Popen(
        [str(SEAWALL), *words], cwd=folder, env=environment(), stdin=stdin, stdout=subprocess.PIPE, text=True
    ) as command:
        try:
            yield command
        finally:
            command.kill()


def ports() -> list[str]:
    return [word for name in ("edge", "api", "worker") for word in ("--port", f"{name}={free_port()}")]


def made(folder: Path) -> Path:
    assert seawall(folder.parent, "init", str(folder)).returncode == 0
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new project, up in the background."""
    folder = made(tmp_path_factory.mktemp("commands") / "shop")
    try:
        answer = told(folder, "up", "--detach", *ports())
        assert answer["event"] == "up"
        assert set(answer["urls"]) == {"shop", "worker", "api"}
        yield folder
    finally:
        told(folder, "down")


def test_status_says_of_every_service_how_it_is(shop: Path) -> None:
    status = told(shop, "status")
    services = {each["name"]: each for each in status["services"]}
    assert list(services) == SERVICES
    assert status["ready"]
    assert {each["state"] for each in services.values()} == {"ready"}
    assert services["db-migrate"]["pid"] is None
    assert psutil.Process(services["api"]["pid"]).cmdline()[-1] == "app.main:app"
    assert httpx.get(f"{services['api']['url']}/health").json()["status"] == "ok"
    table = seawall(shop, "status")
    assert table.returncode == 0
    assert [line.split()[0] for line in table.stdout.splitlines()] == ["shop", "service", *SERVICES]


def test_it_runs_in_a_session_of_its_own_without_a_terminal(shop: Path) -> None:
    supervisor = psutil.Process(told(shop, "status")["pid"])
    assert os.getsid(supervisor.pid) == supervisor.pid
    assert supervisor.terminal() is None
    for number in (1, 2):
        assert Path(f"/proc/{supervisor.pid}/fd/{number}").readlink() == shop / ".seawall" / "up.out"


def test_a_second_up_names_the_first(shop: Path) -> None:
    done = seawall(shop, "up", "--detach", *ports())
    assert done.returncode == 1
    assert f"as process {told(shop, 'status')['pid']}" in done.stderr
    assert "fix: seawall down" in done.stderr


def test_the_data_of_a_running_stack_are_never_deleted(shop: Path) -> None:
    done = seawall(shop, "up", "--fresh", "--yes", *ports())
    assert done.returncode == 1
    assert "SW306" in done.stderr
    assert (shop / ".seawall" / "postgres" / "db" / "PG_VERSION").exists()


def test_logs_show_what_was_said_as_it_is_said(shop: Path) -> None:
    urls = told(shop, "status")["urls"]
    # A time, not "0s": that is counted from when the command has started, which may be after the request.
    with going_on(shop, "logs", "-f", "api", "--since", datetime.now(UTC).isoformat()) as follower:
        assert follower.stdout is not None
        httpx.post(f"{urls['shop']}/notes", json={"text": "one two"})
        assert re.match(r"api +\d\d:\d\d:\d\d info  POST /notes 201", follower.stdout.readline())
        follower.send_signal(signal.SIGINT)
        assert follower.wait(30) == 0
    started = seawall(shop, "logs")
    assert re.search(r"^db-migrate +\d\d:\d\d:\d\d info  applied 0001_notes", started.stdout, re.MULTILINE)
    assert not re.search(r"^db +LOG:", started.stdout, re.MULTILINE)


def test_a_command_runs_with_the_service_s_variables_and_folder(shop: Path) -> None:
    code = "import os, sys; print(os.getcwd(), dict(os.environ)); sys.exit(int(sys.stdin.read()))"
    done = seawall(shop, "run", "api", "--", "python", "-c", code, text="7", CANARY="not inherited")
    assert done.returncode == 7
    running = psutil.Process(next(each["pid"] for each in told(shop, "status")["services"] if each["name"] == "api"))
    assert done.stdout == f"{running.cwd()} {running.environ()}\n"
    assert "CANARY" not in done.stdout


def test_the_project_s_tests_run_alone_and_as_a_service(shop: Path) -> None:
    as_service = seawall(shop, "run", "api", "--", "pytest", "--color=no")
    assert "4 passed" in as_service.stdout, as_service.stdout + as_service.stderr
    alone = subprocess.run(
        [sys.executable, "-m", "pytest", "--color=no"],
        cwd=shop,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "4 passed" in alone.stdout, alone.stdout + alone.stderr


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["run", "apy", "--", "true"], 1, "did you mean 'api'?"),
        (["run", "api", "--", "no-such-program"], 1, "error[SW305]: 'no-such-program' cannot be run"),
        (["run", "api"], 2, "there is no command to run"),
        (["shell", "nobody"], 1, "wanted: one of db, worker, api"),
        (["open", "db"], 1, "error[SW315]"),
    ],
)
def test_what_cannot_be_run_is_an_error(words: list[str], status: int, said: str, shop: Path) -> None:
    done = seawall(shop, *words)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_psql_and_python_open_on_the_running_stack(shop: Path) -> None:
    query = "select current_database(), current_user;"
    done = seawall(shop, "shell", "db", "--", "-At", text=query)
    assert done.stdout == "shop|postgres\n"
    script = "import os; print('service', os.environ['SEAWALL_SERVICE'])\nexit()\n"
    done = seawall(shop, "shell", "worker", text=script)
    assert "service worker" in done.stdout


def test_no_command_line_and_no_file_but_one_holds_the_password(shop: Path) -> None:
    password = (shop / ".seawall" / "postgres" / "db.password").read_text().strip()
    with going_on(shop, "shell", "db") as shell:
        assert shell.stdin is not None
        assert shell.stdout is not None
        shell.stdin.write("\\pset tuples_only\nselect 'here';\n")
        shell.stdin.flush()
        assert "here" in shell.stdout.readline() + shell.stdout.readline() + shell.stdout.readline()
        assert all(password not in word for word in psutil.Process(shell.pid).cmdline())
        shell.stdin.close()
    for name in ("state.json", "caddy.json", "up.out"):
        assert password not in (shop / ".seawall" / name).read_text()
    assert all(password not in log.read_text() for log in (shop / ".seawall" / "logs").iterdir())


def test_jobs_are_those_of_the_running_stack(shop: Path) -> None:
    assert told(shop, "jobs", "pause", "--job", "count_words")["paused"][0]["changed"]
    urls = told(shop, "status")["urls"]
    note = httpx.post(f"{urls['shop']}/notes", json={"text": "one two three"}).json()["id"]
    (job,) = told(shop, "jobs", "list", "--state", "ready")["jobs"]
    assert (job["name"], job["args"]) == ("count_words", {"note_id": note})
    assert told(shop, "jobs", "cancel", str(job["id"]), "--database", "db")["cancelled"] == [job["id"]]
    assert "cancelled" in seawall(shop / "app", "jobs", "show", str(job["id"])).stdout
    assert told(shop, "jobs", "resume", "--job", "count_words")["resumed"][0]["changed"]
    inside = seawall(shop, "run", "worker", "--", "seawall", "jobs", "stats", "--json")
    assert json.loads(inside.stdout)["paused"] == []
    wrong = seawall(shop, "jobs", "stats", "--database", "queue")
    assert (wrong.returncode, "one of db" in wrong.stderr) == (2, True)


def test_open_names_the_url_and_asks_the_browser(shop: Path, tmp_path: Path) -> None:
    urls = told(shop, "status")["urls"]
    assert told(shop, "open", "api") == {"service": "api", "url": urls["api"]}
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\necho "opened $1"\n')
    browser.chmod(0o755)
    done = seawall(shop, "open", BROWSER=f"{browser} %s")
    assert done.stdout == f"{urls['shop']}\nopened {urls['shop']}\n"


def test_doctor_sees_the_stack_and_asks_its_database(shop: Path) -> None:
    answer = told(shop, "doctor")
    checks = {check["name"]: check for check in answer["checks"]}
    assert answer["ok"]
    assert "held by this stack" in checks["port of api"]["detail"]
    assert checks["database db"]["status"] == "ok"
    assert checks["stack"]["detail"].startswith("shop (dev)")


def test_a_stack_that_changed_is_not_planned_on_ports_that_it_does_not_have(tmp_path: Path) -> None:
    folder = made(tmp_path / "changed")
    with up(folder, *ports(), "--no-reload") as running:
        assert running.urls
        stack = (folder / "stack.py").read_text()
        stack = stack.replace(
            "return [db, worker, api]", 'return [db, worker, api, Api("new", app="app.main:app", port=1)]'
        )
        (folder / "stack.py").write_text(
            stack.replace('"api", app="app.main:app", uses=[db]', '"api", app="app.main:app", uses=[db, "new"]')
        )
        done = seawall(folder, "run", "api", "--", "true")
        assert done.returncode == 1
        assert "error[SW315]: stack.py has changed since the stack was started: new\n" in done.stderr
        (folder / "stack.py").write_text("1/0\n")
        answer = told(folder, "down")  # a broken stack.py stops nobody from stopping
        assert set(answer["stopped"]) == {"db", "worker", "api", "edge"}
        assert running.process.wait(30) == 0


def test_a_part_starts_without_the_rest_and_down_leaves_nothing(tmp_path: Path) -> None:
    folder = made(tmp_path / "part")
    assert told(folder, "status", status=1)["errors"][0]["code"] == "SW312"
    assert told(folder, "down") == {"pid": None, "stopped": []}
    told(folder, "up", "--detach", "--only", "worker", "--port", f"worker={free_port()}")
    status = told(folder, "status")
    assert [each["name"] for each in status["services"]] == ["db", "db-migrate", "worker", "edge"]
    processes = [psutil.Process(each["pid"]) for each in status["services"] if each["pid"]]
    done = seawall(folder, "down")
    assert done.stdout == f"stopped db, worker, edge (process {status['pid']})\n"
    assert len(processes) == 3
    assert not any(process.is_running() for process in processes)
    assert not (folder / ".seawall" / "state.json").exists()


def test_what_does_not_become_ready_is_stopped_and_says_why(tmp_path: Path) -> None:
    folder = made(tmp_path / "wrong")
    (folder / "app" / "jobs.py").write_text("raise RuntimeError('no jobs today')\n")
    answer = told(folder, "up", "--detach", "--only", "worker", "--timeout", "4", *ports()[-2:], status=1)
    [error] = answer["errors"]
    assert error["code"] == "SW307"
    assert error["message"].startswith("worker is not ready after 4 s: ")
    assert "no jobs today" in error["saw"]
    assert told(folder, "status", status=1)["errors"][0]["code"] == "SW312"


def test_fresh_asks_before_it_deletes(tmp_path: Path) -> None:
    folder = made(tmp_path / "fresh")
    part = ["--only", "db"]
    told(folder, "up", "--detach", *part)
    seawall(folder, "shell", "db", "--", "-c", "create table bread ()")
    told(folder, "down")
    assert told(folder, "up", "--fresh", *part, status=2)["errors"][0]["code"] == "SW316"
    assert answered(folder, "n\n", "up", "--fresh", "--detach", *part) == 1
    assert (folder / ".seawall" / "postgres" / "db" / "PG_VERSION").exists()
    assert answered(folder, "y\n", "up", "--fresh", "--detach", *part) == 0
    tables = seawall(folder, "shell", "db", "--", "-Atc", "select count(*) from pg_tables where tablename = 'bread'")
    assert tables.stdout == "0\n"
    told(folder, "down")


def answered(folder: Path, answer: str, *words: str) -> int:
    """The exit status of a command that asks on a terminal."""
    ours, theirs = pty.openpty()
    with going_on(folder, *words, stdin=theirs) as asking:
        os.close(theirs)
        os.write(ours, answer.encode())
        asking.communicate(timeout=60)
        status = asking.returncode
    os.close(ours)
    return status
