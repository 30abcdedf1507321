"""`seawall jobs` on a real database."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from seawall import contract
from seawall.cli import joined, options
from seawall.cli.main import main
from seawall.jobs import Jobs
from seawall.jobs.states import State
from seawall.jobs.store import Held
from seawall.runtime import migrator
from tests.jobs.stores import PostgresBench

Say = Callable[..., Awaitable[tuple[int, str, str]]]

jobs = Jobs()
NASTY = "\x1b]0;owned\x07\x1b[2J"


@jobs.job(queue="mail")
async def send(to: str) -> None: ...


@jobs.job(queue="reports")
async def report(day: int) -> None: ...


@pytest.fixture
async def bench(database_url: str) -> Any:
    await migrator.apply(database_url, [contract.JOBS_MIGRATIONS], pauses=())
    connection = await asyncpg.connect(database_url)
    made = PostgresBench(database_url, connection)
    yield made
    await made.database.close()
    await connection.close()


@pytest.fixture
def say(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run `seawall jobs ...`: its exit status, output and errors."""
    monkeypatch.setenv(contract.DATABASE_URL, database_url)

    async def run(*words: object) -> tuple[int, str, str]:
        status = await asyncio.to_thread(main, ["jobs", *map(str, words)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def told(say: Say) -> Callable[..., Awaitable[Any]]:
    """The same with ``--json``: what it says."""

    async def run(*words: object, status: int = 0) -> Any:
        found, out, err = await say(*words, "--json")
        assert (found, err) == (status, ""), out + err
        assert out.count("\n") == 1
        return json.loads(out)

    return run


Told = Callable[..., Awaitable[Any]]


async def dead(bench: PostgresBench, error: str = "Traceback ...\nValueError: no", **options: Any) -> int:
    """A job that is dead."""
    job: int = await send.options(connection=bench.connection, **options).enqueue("ada")
    me = await bench.worker()
    (claimed,) = await bench.store.claim(me, "mail", ["send"], 1)
    assert claimed.id == job
    await bench.store.fail(claimed.held, error, None)
    return job


async def some(bench: PostgresBench) -> dict[str, int]:
    """A job in each state."""
    found = {"dead": await dead(bench)}
    me = await bench.worker()
    for name in ("done", "running"):
        found[name] = await report.options(connection=bench.connection).enqueue(1)
        await bench.store.claim(me, "reports", ["report"], 1)
    await bench.store.complete([Held(found["done"], 1)])
    found["ready"] = await report.options(connection=bench.connection, key="k").enqueue(2)
    found["blocked"] = await report.options(connection=bench.connection, key="k").enqueue(3)
    return found


async def test_list_shows_each_job_in_a_line_and_the_same_as_json(bench: PostgresBench, say: Say, told: Told) -> None:
    found = await some(bench)
    listed = (await told("list"))["jobs"]
    assert [(each["id"], each["state"]) for each in listed] == sorted(((v, k) for k, v in found.items()), reverse=True)
    assert listed[0]["args"] == {"day": 3}
    assert listed[0]["enqueued_at"].endswith("Z")
    _, out, _ = await say("list")
    head, *lines = out.splitlines()
    assert head.split() == ["id", "state", "queue", "job", "starts", "when", "key", "error"]
    assert [line.split()[:4] for line in lines[-1:]] == [[str(found["dead"]), "dead", "mail", "send"]]
    assert lines[-1].endswith("ValueError: no")


@pytest.mark.parametrize(
    ("words", "states"),
    [
        (["--state", "dead"], ["dead"]),
        (["--state", "dead", "--state", "done"], ["done", "dead"]),
        (["--queue", "reports", "--job", "report"], ["blocked", "ready", "running", "done"]),
        (["--key", "k"], ["blocked", "ready"]),
        (["--limit", "2"], ["blocked", "ready"]),
        (["--queue", "mail", "--job", "report"], []),
    ],
)
async def test_list_shows_what_is_chosen(bench: PostgresBench, told: Told, words: list[str], states: list[str]) -> None:
    await some(bench)
    assert [each["state"] for each in (await told("list", *words))["jobs"]] == states


async def test_a_long_list_says_how_to_see_the_rest(bench: PostgresBench, say: Say, told: Told) -> None:
    made = await jobs.enqueue_many([send.message(str(n)) for n in range(5)], connection=bench.connection)
    _, out, _ = await say("list", "--limit", 2)
    assert out.splitlines()[-1] == f"more with --before {made[3]}"
    rest = await told("list", "--before", made[3])
    assert [each["id"] for each in rest["jobs"]] == made[2::-1]


async def test_show_tells_all_and_obeys_nothing_that_it_shows(bench: PostgresBench, say: Say, told: Told) -> None:
    job = await dead(bench, error=f"Traceback\nValueError: {NASTY}", key=NASTY)
    await bench.connection.execute("update seawall.jobs set release = '3f9a', args = $1", json.dumps({"to": NASTY}))
    status, out, _ = await say("show", job)
    assert status == 0
    for text in (f"{job} send", "dead", "mail, priority 0", "1 of 5, 0 crashes", "3f9a", "arguments", "last error"):
        assert text in out
    assert not set(out) & {"\x1b", "\x07"}
    assert r"\x1b[2J" in out
    assert (await told("show", job))["key"] == NASTY
    _, listed, _ = await say("list")
    assert "\x1b" not in listed


async def test_a_running_job_shows_its_worker(bench: PostgresBench, say: Say) -> None:
    found = await some(bench)
    assert ", last beat 0 s ago" in (await say("show", found["running"]))[1]


async def test_retry_lets_a_dead_job_begin_again(bench: PostgresBench, say: Say, told: Told) -> None:
    job = await dead(bench)
    assert await say("retry", job) == (0, f"retried job {job}\n", "")
    assert (await bench.look(job))[:3] == (State.READY, 0, 0)
    assert await told("retry", job) == {"retried": [job]}


async def test_discard_gives_a_dead_job_up(bench: PostgresBench, say: Say, told: Told) -> None:
    job, other = await dead(bench), await dead(bench)
    assert await say("discard", job) == (0, f"discarded job {job}\n", "")
    assert await told("discard", other) == {"discarded": [other]}
    assert await bench.state(job) is State.CANCELLED


async def test_cancel_ends_what_waits_and_tells_what_runs(bench: PostgresBench, say: Say, told: Told) -> None:
    found = await some(bench)
    answer = await told("cancel", found["ready"], found["running"])
    assert answer == {"cancelled": [found["ready"]], "told_to_stop": [found["running"]]}
    _, out, _ = await say("cancel", found["running"], found["blocked"])
    assert out.splitlines() == [
        f"cancelled job {found['blocked']}",
        f"told job {found['running']} to stop; `seawall jobs show` says how each ended",
    ]
    assert "stopping" in (await say("list", "--queue", "reports"))[1]


async def test_all_of_a_choice_are_meant_by_all(bench: PostgresBench, say: Say, told: Told) -> None:
    made = [await dead(bench) for _ in range(3)]
    late = await report.options(connection=bench.connection).enqueue(1)
    assert await told("discard", "--all", "--job", "report") == {"discarded": []}
    assert await told("retry", "--all", "--queue", "mail") == {"retried": made}
    assert await say("cancel", "--all") == (0, f"cancelled jobs {', '.join(map(str, [*made, late]))}\n", "")
    assert await say("cancel", "--all") == (0, "cancelled 0 jobs\n", "")


async def test_pause_and_resume(bench: PostgresBench, say: Say, told: Told) -> None:
    await some(bench)
    assert (await say("pause", "--queue", "reports"))[1] == "queue reports paused\n"
    assert (await say("pause", "--queue", "reports", "--job", "send"))[1].splitlines() == [
        "queue reports was paused already",
        "job send paused",
    ]
    assert await bench.store.claim(await bench.worker(), "reports", ["report"], 10) == []
    stats = await told("stats")
    assert [(each["kind"], each["name"]) for each in stats["paused"]] == [("queue", "reports"), ("job", "send")]
    assert "paused: queue reports, 0 s ago" in (await say("stats"))[1]
    assert await told("resume", "--queue", "reports") == {
        "resumed": [{"kind": "queue", "name": "reports", "changed": True}]
    }
    assert (await say("resume", "--queue", "reports"))[1] == "queue reports was not paused\n"
    assert len(await bench.store.claim(await bench.worker(), "reports", ["report"], 10)) == 1


async def test_a_queue_may_be_paused_before_it_has_a_job(bench: PostgresBench, say: Say) -> None:
    assert (await say("pause", "--queue", "uploads"))[0] == 0
    assert [each.name for each in await bench.store.desk.paused()] == ["uploads"]


async def test_stats_count_each_queue_and_name(bench: PostgresBench, say: Say, told: Told) -> None:
    assert (await say("stats"))[1] == "no jobs\n"
    assert (await say("list"))[1] == "no jobs\n"
    await some(bench)
    counts = (await told("stats"))["counts"]
    assert [(each["queue"], each["job"], each["state"], each["count"]) for each in counts] == [
        ("mail", "send", "dead", 1),
        ("reports", "report", "ready", 1),
        ("reports", "report", "running", 1),
        ("reports", "report", "blocked", 1),
    ]
    table = [line.split() for line in (await say("stats"))[1].splitlines()]
    assert table[0] == ["queue", "job", "ready", "running", "blocked", "dead", "oldest", "ready"]
    assert table[1:] == [["mail", "send", "1"], ["reports", "report", "1", "1", "1", "0", "s", "ago"]]


# --- What is refused -------------------------------------------------------------------------------------------------


async def test_what_cannot_be_is_refused_for_all_at_once_and_nothing_is_done(
    bench: PostgresBench, say: Say, told: Told
) -> None:
    found = await some(bench)
    answer = await told("retry", found["dead"], found["done"], 999, status=1)
    assert [(each["code"], each["message"], each["saw"]) for each in answer["errors"]] == [
        ("SW610", f"job {found['done']} cannot be retried", "done"),
        ("SW609", "no job 999", ""),
    ]
    assert await bench.state(found["dead"]) is State.DEAD
    status, out, err = await say("show", 999)
    assert (status, out) == (1, "")
    assert err.startswith("error[SW609]: no job 999\n")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["list", "--job", "sned"], "error[SW601]: no job 'sned'\n  fix: did you mean 'send'?\n"),
        (["pause", "--queue", "mial"], "error[SW611]: no queue 'mial'\n  fix: did you mean 'mail'?\n"),
        (
            ["discard", "--all", "--queue", "report"],
            "error[SW611]: no queue 'report'\n  fix: did you mean 'reports'?\n",
        ),
    ],
)
async def test_a_name_that_was_mistyped_is_answered_with_the_one_that_was_meant(
    bench: PostgresBench, say: Say, words: list[str], error: str
) -> None:
    await some(bench)
    assert await say(*words) == (1, "", error)
    assert await bench.store.desk.paused() == []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "the following arguments are required"),
        (["retry"], "seawall jobs retry ID..., or --all"),
        (["cancel", "1", "--all"], "ids and a choice exclude each other"),
        (["discard", "1", "--queue", "mail"], "ids and a choice exclude each other"),
        (["pause"], "seawall jobs pause --queue NAME, or --job NAME"),
        (["show", "first"], "'first' is not a number from 1"),
        (["show", str(2**63)], "is not a number from 1"),
        (["list", "--limit", "0"], "'0' is not a number from 1"),
        (["list", "--state", "broken"], "invalid choice"),
    ],
)
def test_a_command_line_that_makes_no_sense_exits_2(
    words: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["jobs", *words]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error[SW001]")
    assert text in error


async def test_a_database_without_the_tables_and_one_that_is_away(
    database_url: str, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, _, err = await say("stats")
    assert status == 1
    assert err.startswith("error[SW509]")
    monkeypatch.setenv(contract.DATABASE_URL, "postgresql://u:hunter2@127.0.0.1:1/d")
    status, _, err = await say("stats")
    assert status == 1
    assert err.startswith("error[SW502]")
    assert "hunter2" not in err
    assert database_url


def test_where_there_is_no_database_the_command_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(contract.DATABASE_URL, raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(["jobs", "list"]) == 1
    assert capsys.readouterr().err.startswith("error[SW404]: DATABASE_URL is not set, and there is no stack.py here\n")
    assert main(["jobs", "list", "--database", "queue-db"]) == 1
    assert "QUEUE_DB_DATABASE_URL is not set" in capsys.readouterr().err
    (tmp_path / "stack.py").write_text("")
    assert main(["jobs", "list"]) == 1
    assert capsys.readouterr().err.startswith("error[SW312]")


@pytest.mark.parametrize(
    ("databases", "words", "error"),
    [
        ([], [], "error[SW404]: the stack has no Postgres\n"),
        (["db", "audit"], [], "error[SW001]: the stack has several Postgres\n  wanted: one of db, audit\n"),
        (["db", "audit"], ["--database", "audti"], "error[SW001]: no Postgres 'audti' in the stack\n"),
    ],
)
def test_of_several_databases_one_must_be_named(
    databases: list[str],
    words: list[str],
    error: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    host = SimpleNamespace(databases={name: SimpleNamespace(url="unused") for name in databases})
    monkeypatch.delenv(contract.DATABASE_URL, raising=False)
    monkeypatch.setattr(options, "running", lambda _file: None)
    monkeypatch.setattr(joined, "joined", lambda _file: SimpleNamespace(up=SimpleNamespace(host=host)))
    assert main(["jobs", "stats", *words]) in {1, 2}
    assert capsys.readouterr().err.startswith(error)
