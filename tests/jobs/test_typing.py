"""What type checkers say of code that declares and enqueues jobs: nothing of what is right, each fault of the rest."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

# asyncpg has no types of its own: for mypy its connections are `Any`, and the arguments must be checked all the same.
IMPORTS = """
import asyncpg  # type: ignore[import-untyped]
import psycopg
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Session
from typing import assert_type
from seawall.jobs import Message
"""
HEAD = """
from datetime import timedelta
from seawall.jobs import Backoff, Discard, Job, Jobs, Retry

jobs = Jobs()


@jobs.job(max_attempts=5, timeout=30, backoff=Backoff(first=1), retry_on=(OSError,), discard_on=(KeyError, LookupError))
async def with_job(job: Job, order_id: int, note: str = "") -> str:
    if job.attempt == 3:
        raise Discard("gone")
    raise Retry("busy", after=timedelta(minutes=1))


@jobs.job
def plain(order_id: int) -> bool:
    return True


@jobs.job
async def bare(job: Job, *, text: str) -> None: ...


@jobs.cron("* * * * *")
async def tick(job: Job) -> None: ...

"""
GOOD = """
async def right(job: Job, a: asyncpg.Connection, p: "psycopg.AsyncConnection[object]", c: AsyncConnection,
                s: AsyncSession) -> None:
    assert_type(await with_job.enqueue(1, note="x"), int)
    assert_type(await with_job.options(delay=5, key="k").enqueue(1), int)
    assert_type(await with_job.options(connection=a).enqueue(1), int)
    assert_type(await with_job.options(connection=p, wake=False).enqueue(1), int)
    assert_type(await with_job.options(connection=c).enqueue(1), int)
    assert_type(await with_job.options(connection=s).enqueue(1), int)
    assert_type(await with_job(job, 1), str)
    assert_type(plain(1), bool)
    assert_type(await plain.enqueue(order_id=1), int)
    assert_type(await bare.enqueue(text="x"), int)
    await bare(job, text="x")
    await tick.enqueue()
    assert_type(plain.message(1), Message)
    mixed = [plain.message(1), with_job.options(key="k").message(2, note="x")]
    assert_type(await jobs.enqueue_many(mixed, connection=s), list[int])


def blocking(p: "psycopg.Connection[object]", c: Connection, s: Session) -> None:
    assert_type(plain.enqueue_sync(1), int)
    assert_type(plain.options(connection=p).enqueue_sync(1), int)
    assert_type(plain.options(connection=c).enqueue_sync(1), int)
    assert_type(plain.options(connection=s).enqueue_sync(order_id=1), int)
    assert_type(jobs.enqueue_many_sync([plain.message(1)], connection=s), list[int])
"""
# Each faulty line, with what mypy and pyright call the fault.
BAD = {
    'with_job.message("1")': ("arg-type", "reportArgumentType"),
    "with_job.message()": ("call-arg", "reportCallIssue"),
    "with_job.message(1, 2)": ("arg-type", "reportArgumentType"),
    "with_job.message(1, to=2)": ("call-arg", "reportCallIssue"),
    'plain.enqueue_sync("1")': ("arg-type", "reportArgumentType"),
    "plain.enqueue_sync(1, 2)": ("call-arg", "reportCallIssue"),
    "plain.options().enqueue_sync()": ("call-arg", "reportCallIssue"),
    'bare.message("x")': ("call-arg", "reportCallIssue"),
    'plain.options(connection="db")': ("arg-type", "reportArgumentType"),
    'plain.options(delay="soon")': ("arg-type", "reportArgumentType"),
    "plain.options(keys=1)": ("call-arg", "reportCallIssue"),
    'plain("1")': ("arg-type", "reportArgumentType"),
    "jobs.enqueue_many_sync([1])": ("list-item", "reportArgumentType"),
    "jobs.job(retry_on=OSError)": ("call-overload", "reportArgumentType"),
    'jobs.job(ack="later")': ("call-overload", "reportArgumentType"),
}
BAD_AWAITED = {
    "with_job(job)": ("call-arg,unused-coroutine", "reportCallIssue"),
    'await with_job.enqueue("1")': ("arg-type", "reportArgumentType"),
    "await with_job.enqueue(job, 1)": ("arg-type", "reportArgumentType"),
    "await with_job.options().enqueue(1, 2)": ("arg-type", "reportArgumentType"),
    "await tick.enqueue(1)": ("call-arg", "reportCallIssue"),
    "await jobs.enqueue_many([with_job.enqueue(1)])": ("list-item", "reportArgumentType"),
}


def mypy(file: Path) -> dict[int, set[str]]:
    """The names of the faults on each line."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", file.name],
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    found: dict[int, set[str]] = {}
    for line, name in re.findall(r"^[^:\n]+:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.MULTILINE):
        found.setdefault(int(line), set()).add(name)
    return found


def pyright(file: Path) -> dict[int, set[str]]:
    """The same of basedpyright, as strict as pyright can be."""
    (file.parent / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "--outputjson", file.name],
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[int, set[str]] = {}
    for each in json.loads(done.stdout)["generalDiagnostics"]:
        if each["severity"] == "error":
            found.setdefault(each["range"]["start"]["line"] + 1, set()).add(each["rule"])
    return found


@pytest.fixture(params=["mypy", "pyright"])
def checker(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def faults(checker: str, folder: Path, body: str) -> dict[str, set[str]]:
    """The names of the faults by the text of their lines."""
    file = folder / "typed.py"
    file.write_text(body)
    lines = body.splitlines()
    found = mypy(file) if checker == "mypy" else pyright(file)
    return {lines[number - 1].strip(): names for number, names in found.items()}


def test_code_that_is_right_has_no_fault(checker: str, tmp_path: Path) -> None:
    assert faults(checker, tmp_path, IMPORTS + HEAD + GOOD) == {}


def test_each_fault_is_found_where_it_is_and_called_what_it_is(checker: str, tmp_path: Path) -> None:
    wrong = ["def wrong() -> None:", *(f"    {line}" for line in BAD)]
    awaited = ["async def awaited(job: Job) -> None:", *(f"    {line}" for line in BAD_AWAITED)]
    body = HEAD + "\n".join([*wrong, *awaited])
    found = faults(checker, tmp_path, body)
    index = 0 if checker == "mypy" else 1
    assert {line: names[index] for line, names in (BAD | BAD_AWAITED).items()} == {
        line: ",".join(sorted(names)) for line, names in found.items()
    }
