"""What people get for what they get wrong: each row runs the real command, twice, and nothing may have happened.

The rows are those of the design's table that concern the stack file and everything that it names; those that concern
a database are in `test_bad_databases`, what is asserted of all is in `bad_input`.
"""

import os
import socket
import sys
from pathlib import Path

import pytest

from seawall.local import account
from tests.cli.bad_input import (
    APP,
    CANARY,
    JOBS,
    MIGRATE,
    SECRET_URL,
    SERVICE,
    UP,
    WORKER,
    Row,
    one,
    refused,
)  # fmt: skip

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
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.about)
def test_a_bad_input(row: Row, folder: Path) -> None:
    refused(row, folder)


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
        refused(row, folder)


def test_a_port_that_only_root_may_have(folder: Path) -> None:
    """Whoever runs the tests: where it is root, the command runs as somebody else."""
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) > 80:
        ordinary = account.choose(Path(sys.executable), folder).prefix
    else:
        pytest.skip("here everybody may listen on every port")
    row = Row(
        "privileged port",
        UP,
        (
            ("SW303", "stack.py:6:", ("port 80 for a needs root", "fix: use a port of 1024 or more: --port a=80")),
            ("SW303", "stack.py:7:", ("port 443 for b needs root", "--port b=84")),
        ),
        stack="a = Program('a', command=['sh'], port=80)\nb = Program('b', command=['sh'], port=443)\nreturn [a, b]",
    )
    refused(row, folder, ordinary)
