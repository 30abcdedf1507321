"""A bad input as a value, and what is asserted of every one: the real command runs twice, and nothing may happen.

Asserted are exit status, codes, places, the words that matter, at most eight lines an error, the same as JSON, no
traceback, no secret, no process and no file.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from seawall.errors import Problem
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


@dataclass(frozen=True)
class Said:
    status: int
    text: str
    problems: list[Problem]


def said(row: Row, folder: Path, *options: str, prefix: Sequence[str] = ()) -> Said:
    """Run the row's command, by way of `prefix`."""
    command = [str(SEAWALL)] if row.words[0] == "up" else [sys.executable, "-m"]
    outer = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PORT")}
    paths = {"PATH": f"{folder.parent / 'bin'}:{outer['PATH']}", "HOME": str(folder.parent / "home")}
    variables = {**outer, **paths, "PYTHONDONTWRITEBYTECODE": "1", "LOG_FORMAT": "console", **row.variables}
    words = [*prefix, *command, *row.words, *options]
    done = subprocess.run(words, cwd=folder, env=variables, check=False, capture_output=True, text=True, timeout=60)
    return Said(done.returncode, done.stdout + done.stderr, _problems(done.stdout) if options else [])


def _problems(text: str) -> list[Problem]:
    """What `--json` says, as values."""
    return [Problem.from_dict(each) for each in json.loads(text)["errors"]]


def both(row: Row, folder: Path, prefix: Sequence[str] = ()) -> tuple[Said, Said]:
    """What people and programs are told, at the same time."""
    with ThreadPoolExecutor() as pool:
        people = pool.submit(said, row, folder, prefix=prefix)
        programs = pool.submit(said, row, folder, "--json", prefix=prefix)
        return people.result(), programs.result()


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
        assert str(problem.place or "") in people.text
        assert _numberless(text) in _numberless(people.text)


def _numberless(text: str) -> str:
    """Two runs of a command take a second more or less, and find other ports free."""
    return re.sub(r"\d+", "N", text)


def refused(row: Row, folder: Path, prefix: Sequence[str] = ()) -> Said:
    """Write the row's files, and see that its command is refused and does nothing; returns what people are told."""
    row.write(folder)
    before = traces.files(folder.parent)
    people, programs = both(row, folder, prefix)
    check(row, people, programs)
    assert traces.files(folder.parent) == before
    assert traces.concerned(folder) == []
    return people
