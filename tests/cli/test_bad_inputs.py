"""What people get for what they get wrong: each row runs the real command, twice, and nothing may have happened.

The rows are those of the design's table that concern the stack file and everything that it names. What is asserted of
every row: exit status, codes, places, the words that matter, at most eight lines an error, the same as JSON, no
traceback, no secret, no process and no file.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from seawall.errors import Place, Problem
from tests.support import traces
from tests.support.up import SEAWALL

CANARY = "c4n4ry"  # the password in every URL: it may be shown nowhere
SECRET_URL = f"postgresql://ann:{CANARY}@127.0.0.1:1/orders"
STACK = """from seawall.stack import Api, Environment, Postgres, Program, Secret, Site, Worker, stack

ENVIRONMENTS = [Environment("dev"), Environment("staging"), Environment("prod")]
@stack("orders", environments=ENVIRONMENTS)
def orders(env):
"""
APP = "async def app(scope, receive, send): ...\n"
JOBS = "from seawall.jobs import Job, Jobs\n\njobs = Jobs()\n\n"
UP = ("up",)
SERVICE = ("seawall.service", "app.main:app")
WORKER = ("seawall.jobs", "work:jobs")
MIGRATE = ("seawall.runtime.migrate",)


@dataclass(frozen=True)
class Row:
    """One bad input. `stack` is the body of the stack function; `files` are others of the project.

    `problems` are the errors in their order: code, place and words of each, the place as ``file:line`` or empty.
    """

    about: str
    words: tuple[str, ...]
    problems: tuple[tuple[str, str, tuple[str, ...]], ...]
    stack: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    status: int = 1

    def write(self, folder: Path) -> None:
        files = dict(self.files)
        if self.stack:
            files["stack.py"] = STACK + "".join(f"    {line}\n" for line in self.stack.splitlines())
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)


def one(code: str, place: str, *words: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return ((code, place, words),)


ROWS = [
    Row("no stack file", UP, one("SW101", "", "no stack.py in orders/ or its parents", "seawall init, or"), status=2),
    Row("no such file", (*UP, "--file", "x.py"), one("SW101", "", "no file x.py"), status=2),
    Row(
        "syntax",
        UP,
        one("SW102", "stack.py:3:11", "SyntaxError: '(' was never closed", "| def orders(env:", "|           ^"),
        files={"stack.py": "import os\n\ndef orders(env:\n    pass\n"},
    ),
    Row(
        "exception",
        UP,
        one("SW102", "common.py:2:12", f"KeyError: '{'x'}'", "return {}[name]"),
        files={
            "common.py": "def limit(name):\n    return {}[name]\n",
            "stack.py": "import common\n\nLIMIT = common.limit('x')\n",
        },
    ),
    Row(
        "exception with a secret",
        UP,
        one("SW102", "stack.py:1:1", "RuntimeError", "***"),
        files={"stack.py": f"raise RuntimeError('no answer from {SECRET_URL}')\n"},
    ),
    Row(
        "unknown argument",
        UP,
        one("SW105", "stack.py:6:37", "Api has no argument 'prot'; did you mean 'port'?"),
        stack="return [Api('api', app='a:app', prot=80)]",
    ),
    Row(
        "types and ranges, all at once and in every environment",
        UP,
        (
            ("SW201", "stack.py:6:", ('worker: replicas must be an integer ≥ 0 (saw "two")',)),
            ("SW201", "stack.py:7:", ("api: port must be an integer from 1 to 65535 (saw 99999) (in prod)",)),
            ("SW201", "stack.py:8:", ("db: version must be an integer from 15 to 18 (saw 9)",)),
        ),
        stack="worker = Worker('worker', jobs='j:jobs', replicas='two', uses=['db'])\n"
        "api = Api('api', app='a:app', port=99999 if env.name == 'prod' else 8000)\n"
        "return [worker, api, Postgres('db', version=9)]",
    ),
    Row(
        "a service twice, an unknown one, and a bad name",
        UP,
        (
            ("SW202", "stack.py:7:", ("service 'api' defined at stack.py:6:13 and stack.py:7:14",)),
            ("SW205", "stack.py:8:", ("web depends on 'pg', which is not defined; defined: api, db",)),
            (
                "SW203",
                "stack.py:9:",
                ("service name 'My_Api' is not a DNS label (a-z, 0-9, '-', at most 40)", "my-api"),
            ),
        ),
        stack="first = Api('api', app='a:app')\n"
        "second = Api('api', app='b:app')\n"
        "web = Site('web', root='.', uses=['pg'])\n"
        "odd = Postgres('My_Api')\n"
        "return [first, Postgres('db'), second, web, odd]",
    ),
    Row(
        "a cycle",
        UP,
        one("SW204", "stack.py:7:", "cycle: api -> worker -> api", "take 'api' out of the uses of 'worker'"),
        stack="api = Api('api', app='a:app', uses=['worker'])\n"
        "worker = Worker('worker', jobs='j:jobs', uses=[api, 'db'])\n"
        "return [api, worker, Postgres('db')]",
    ),
    Row(
        "not a list of services",
        UP,
        one("SW104", "stack.py:4", "orders(env='dev') must return a list of services; item 2 is a str"),
        stack="return [Postgres('db'), 'api']",
    ),
    Row(
        "unknown environment",
        (*UP, "--env", "prd"),
        one("SW106", "", "no environment 'prd'; have dev, staging, prod; did you mean 'prod'?"),
        stack="return [Postgres('db')]",
        status=2,
    ),
    Row(
        "secrets that are missing",
        UP,
        (
            ("SW304", "stack.py:6:", ("STRIPE_KEY needed by api, search is not set", "add STRIPE_KEY=... to .env")),
            ("SW304", "stack.py:6:", ("SMTP_PASSWORD needed by api is not set",)),
        ),
        stack="api = Api('api', app='a:app', secrets=[Secret('STRIPE_KEY'), Secret('SMTP_PASSWORD')])\n"
        "return [api, Program('search', command=['sh'], port=7700, secrets=[Secret('STRIPE_KEY')])]",
        files={".env": f"OTHER={CANARY}\n"},
    ),
    Row(
        "not a Postgres URL, for a stack",
        UP,
        one("SW501", "", "DATABASE_URL is not a Postgres URL (value hidden)"),
        stack="return [Postgres('db'), Api('api', app='a:app', uses=['db'])]",
        variables={"DATABASE_URL": f"mysql://ann:{CANARY}@host/orders"},
    ),
    Row(
        "commands and folders that are not there",
        UP,
        (
            ("SW305", "stack.py:6:", ("search: 'meilisearchh' is not on PATH; did you mean 'meilisearch'?",)),
            ("SW310", "stack.py:6:", ("web: root='frontend' is not a folder in ",)),
            ("SW310", "stack.py:6:", ("db: migrations='sql' is not a folder in ",)),
        ),
        stack="return [Program('search', command=['meilisearchh'], port=7700), Site('web', root='frontend'), "
        "Postgres('db', migrations='sql')]",
    ),
    Row(
        "a port that cannot be read",
        (*UP, "--port", "api=x"),
        one("SW001", "", "--port api=x cannot be read", "SERVICE one of edge, api"),
        stack="return [Api('api', app='a:app', path='/')]",
        status=2,
    ),
    Row(
        "a port for an edge that the stack does not have",
        (*UP, "--port", "8123"),
        one("SW001", "", "--port 8123 is for the edge, and orders has none", "fix: --port api=8123"),
        stack="return [Postgres('db'), Api('api', app='a:app')]",
        status=2,
    ),
    Row(
        "a port for the edge, which the chosen services do not need",
        (*UP, "--only", "worker", "--port", "edge=8123"),
        one("SW001", "", "--port edge=8123 is for the edge, and orders has none", "fix: --port worker=8123"),
        stack="worker = Worker('worker', jobs='j:jobs', uses=['db'])\n"
        "return [Api('api', app='a:app', path='/'), worker, Postgres('db')]",
        status=2,
    ),
    Row(
        "an import that fails",
        SERVICE,
        one("SW401", "app/main.py:3", "app.main:app: ModuleNotFoundError: No module named 'foo'"),
        files={"app/__init__.py": "", "app/main.py": "import os\n\nimport foo\n"},
    ),
    Row(
        "an import that raises with a secret",
        SERVICE,
        one("SW401", "app/main.py:1", "app.main:app: RuntimeError: no answer from postgresql://ann:***@"),
        files={"app/main.py": f"raise RuntimeError('no answer from {SECRET_URL}')\n"},
    ),
    Row(
        "an application of another name",
        SERVICE,
        one("SW402", "", "app.main:app: app.main has no 'app'", "did you mean 'appl'?"),
        files={"app/main.py": "appl = 1\n"},
    ),
    Row("no such module", SERVICE, one("SW402", "", "app.main:app: there is no module 'app'", "searched from")),
    Row(
        "settings that cannot be read, all at once",
        SERVICE,
        (
            ("SW405", "", ("PORT cannot be read", "eighty", "a whole number from 1 to 65535")),
            ("SW501", "", ("DATABASE_URL is not a Postgres URL (value hidden)",)),
            ("SW405", "", ("DATABASE_POOL_SIZE cannot be read",)),
        ),
        files={"app/main.py": APP},
        variables={"PORT": "eighty", "DATABASE_URL": f"mysql://a:{CANARY}@h/x", "DATABASE_POOL_SIZE": "0"},
    ),
    Row(
        "a password with characters that a URL does not have",
        SERVICE,
        one("SW501", "", "DATABASE_URL is not a Postgres URL (value hidden)", "special characters as %XX"),
        files={"app/main.py": APP},
        variables={"DATABASE_URL": f"postgresql://ann:{CANARY}@{CANARY}@host/orders"},
    ),
    Row(
        "cron expressions and zones, all at once",
        WORKER,
        (
            ("SW605", "", ("'* * 31 2 *'", "never")),
            ("SW605", "", ("'0 25 * * *'", "field 2 (hour): 25 is outside 0-23")),
            ("SW606", "", ("unknown time zone 'Mars/Olympus'",)),
        ),
        files={
            "work.py": JOBS
            + "@jobs.cron('* * 31 2 *')\nasync def never(job: Job) -> None: ...\n\n"
            + "@jobs.cron('0 25 * * *')\nasync def late(job: Job) -> None: ...\n\n"
            + "@jobs.cron('0 3 * * *', timezone='Mars/Olympus')\nasync def far(job: Job) -> None: ...\n"
        },
        variables={"DATABASE_URL": SECRET_URL},
    ),
    Row(
        "two jobs of one name",
        WORKER,
        one("SW608", "work.py:8", "job 'a' defined at work.py:5 and work.py:8"),
        files={
            "work.py": JOBS
            + "@jobs.job(name='a')\nasync def first(job: Job) -> None: ...\n\n"
            + "@jobs.job(name='a')\nasync def second(job: Job) -> None: ...\n"
        },
        variables={"DATABASE_URL": SECRET_URL},
    ),
    Row(
        "a worker without a database",
        WORKER,
        one("SW404", "", "DATABASE_URL is not set"),
        files={"work.py": JOBS},
    ),
    Row(
        "migrations that cannot be used, all at once",
        MIGRATE,
        (
            ("SW505", "migrations/a.sql:1", ("a.sql is not the name of a migration", "NNNN_name.sql")),
            ("SW505", "migrations/0001_c.sql:1", ("2 migrations have the number 0001", "0001_b, 0001_c")),
        ),
        files={f"migrations/{name}.sql": "select 1;\n" for name in ("a", "0001_b", "0001_c")},
        variables={"DATABASE_URL": SECRET_URL},
    ),
    Row("nowhere to migrate", MIGRATE, one("SW404", "", "DATABASE_URL is not set")),
    Row(
        "a database that nobody serves",
        MIGRATE,
        one("SW502", "", "cannot reach 127.0.0.1:1/orders: refused (3 tries, 6 s)"),
        variables={"DATABASE_URL": SECRET_URL},
    ),
    Row(
        "a database whose host has no address",
        MIGRATE,
        one("SW502", "", "cannot reach nowhere.invalid:5432/orders: the name is not known (3 tries, 6 s)"),
        variables={"DATABASE_URL": f"postgresql://ann:{CANARY}@nowhere.invalid/orders"},
    ),
]


@dataclass(frozen=True)
class Said:
    status: int
    text: str
    problems: list[Problem]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("orders", "bin", "home"):
        (tmp_path / name).mkdir()
    (tmp_path / "bin" / "meilisearch").touch(0o755)
    return tmp_path / "orders"


def said(row: Row, folder: Path, *options: str) -> Said:
    command = [str(SEAWALL)] if row.words[0] == "up" else [sys.executable, "-m"]
    outer = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PORT")}
    paths = {"PATH": f"{folder.parent / 'bin'}:{outer['PATH']}", "HOME": str(folder.parent / "home")}
    variables = {**outer, **paths, "PYTHONDONTWRITEBYTECODE": "1", "LOG_FORMAT": "console", **row.variables}
    words = [*command, *row.words, *options]
    done = subprocess.run(words, cwd=folder, env=variables, check=False, capture_output=True, text=True, timeout=60)
    return Said(done.returncode, done.stdout + done.stderr, _problems(done.stdout) if options else [])


def _problems(text: str) -> list[Problem]:
    """What `--json` says, as values."""
    document = json.loads(text)
    return [_problem(each) for each in document["errors"]]


def _problem(value: dict[str, Any]) -> Problem:
    place = value["place"] and Place(**value["place"])
    return Problem(**{**value, "place": place, "excerpt": tuple(value["excerpt"])})


def check(row: Row, people: Said, programs: Said) -> None:
    assert (people.status, programs.status) == (row.status, row.status)
    assert "Traceback" not in people.text + programs.text
    assert CANARY not in people.text + programs.text
    assert [problem.code for problem in programs.problems] == [code for code, _, _ in row.problems]
    for problem, (_, place, words) in zip(programs.problems, row.problems, strict=True):
        text = str(problem)
        assert len(text.splitlines()) <= 8
        assert str(problem.place or "").startswith(place)
        assert bool(problem.place) == bool(place)
        assert [word for word in words if word not in text] == []
        assert problem.message in people.text
        assert str(problem.place or "") in people.text


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.about)
def test_a_bad_input(row: Row, folder: Path) -> None:
    row.write(folder)
    before = traces.files(folder.parent)
    with ThreadPoolExecutor() as both:
        people, programs = both.submit(said, row, folder), both.submit(said, row, folder, "--json")
        check(row, people.result(), programs.result())
    assert traces.files(folder.parent) == before
    assert traces.concerned(folder) == []


def test_ports_that_are_taken_all_name_their_holders(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one_port, socket.create_server(("127.0.0.1", 0)) as other:
        ports = [held.getsockname()[1] for held in (one_port, other)]
        row = Row(
            "ports taken",
            UP,
            tuple(
                (
                    "SW302",
                    f"stack.py:{6 + index}:",
                    (f"port {port} for {name} is held by pid {os.getpid()} (", "--port"),
                )
                for index, (name, port) in enumerate(zip(("a", "b"), ports, strict=True))
            ),
            stack=f"a = Program('a', command=['sh'], port={ports[0]})\n"
            f"b = Program('b', command=['sh'], port={ports[1]})\nreturn [a, b]",
        )
        test_a_bad_input(row, folder)


def test_a_database_that_does_not_fit_its_migrations(folder: Path, database_url: str) -> None:
    """Applied, then in turn: edited, lost, and not a name that the server knows."""
    url = {"DATABASE_URL": database_url}
    first = folder / "migrations" / "0001_a.sql"
    row = Row("", (*MIGRATE, "migrations"), (), files={"migrations/0001_a.sql": "create table a ();\n"}, variables=url)
    row.write(folder)
    assert said(row, folder).status == 0
    first.write_text("create table b ();\n")
    edited = Row(
        "edited", row.words, one("SW504", "migrations/0001_a.sql:1", "0001_a", "different checksum"), variables=url
    )
    check(edited, said(edited, folder), said(edited, folder, "--json"))
    first.rename(first.with_name("0002_b.sql"))
    ahead = Row(
        "ahead", row.words, one("SW508", "migrations/0002_b.sql:1", "0001_a was applied and has no file"), variables=url
    )
    check(ahead, said(ahead, folder), said(ahead, folder, "--json"))
    unknown = {"DATABASE_URL": database_url + "_nowhere"}
    missing = Row("missing", row.words, one("SW502", "", "cannot reach", "no database"), variables=unknown)
    check(missing, said(missing, folder), said(missing, folder, "--json"))


def test_a_database_that_is_behind_is_told_apart_without_changing_it(folder: Path, database_url: str) -> None:
    files = {"migrations/0001_a.sql": "create table a ();\n"}
    row = Row("", (*MIGRATE, "--check", "migrations"), (), files=files, variables={"DATABASE_URL": database_url})
    row.write(folder)
    people = said(row, folder)
    assert people.status == 1
    assert "SW509" in people.text
    assert "python -m seawall.runtime.migrate" in people.text
