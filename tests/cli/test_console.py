import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from seawall.cli.console import Console, JsonLines
from seawall.errors import Place, Problem
from seawall.local.events import Crashed, Event, Output, Ready, Starting, Stopped, Unhealthy


def shown(events: Sequence[Event], capsys: pytest.CaptureFixture[str], *, colour: bool = False) -> str:
    banner = ["", "  open http://localhost:8080"]
    console = Console(["db", "api"], {"api": "port 3000"}, banner, databases=["db"], tasks=["migrate"], colour=colour)
    for event in events:
        console(event)
    return capsys.readouterr().out


def test_a_line_a_service_then_the_banner_once_all_are_ready(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(
        [Starting("db", 1, 0), Ready("db", 0.42), Starting("api", 2, 0), Ready("api", 0.5), Ready("api", 0.1)], capsys
    )
    assert out.splitlines() == [
        "db   ready in 0.4 s",
        "api  ready in 0.5 s   port 3000",
        "",
        "  open http://localhost:8080",
        "api  ready in 0.1 s",
    ]


def test_a_json_log_line_is_shown_as_time_level_message_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    line = {
        "timestamp": "2026-11-21T08:01:02.345Z",
        "level": "info",
        "message": "request",
        "logger": "access",
        "service": "api",
        "status": 200,
        "path": "/x y",
    }
    assert (
        shown([Output("api", "stdout", json.dumps(line))], capsys)
        == "api  08:01:02 info  request status=200 path=/x y\n"
    )


def test_what_the_message_says_is_not_said_again(capsys: pytest.CaptureFixture[str]) -> None:
    line = json.dumps({"level": "warning", "message": "GET /a 500", "method": "GET", "status": 500, "duration_ms": 1.5})
    assert shown([Output("api", "stdout", line)], capsys) == "api   warn  GET /a 500 duration_ms=1.5\n"


def test_what_a_database_says_when_all_is_well_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    said = ["LOG:  checkpoint starting", "FATAL:  the database system is starting up", "FATAL:  out of disk"]
    assert shown([Output("db", "stderr", line) for line in said], capsys) == "db   FATAL:  out of disk\n"
    assert shown([Output("api", "stderr", "LOG:  mine")], capsys) == "api  LOG:  mine\n"


def test_an_exception_is_shown_with_its_last_frame(capsys: pytest.CaptureFixture[str]) -> None:
    exception = {"type": "ValueError", "message": "no", "frames": [{"file": "a.py", "line": 3, "function": "f"}]}
    line = json.dumps({"level": "error", "message": "failed", "exception": exception})
    assert "ValueError: no at a.py:3" in shown([Output("api", "stdout", line)], capsys)


@pytest.mark.parametrize("line", ["plain text", '{"not": "a log"}', "{broken", "[1]", ""])
def test_any_other_line_is_shown_as_it_is(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown([Output("api", "stdout", line)], capsys) == f"api  {line}\n"


def test_control_characters_from_outside_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "\x1b]0;owned\x07\x9b31m"
    out = shown(
        [Output("api", "stderr", hostile), Output("api", "stdout", json.dumps({"level": "info", "message": hostile}))],
        capsys,
    )
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "\x9b" not in out
    assert out.count("\\x1b]0;owned\\x07\\x9b31m") == 2


def test_a_crash_is_shown_with_its_last_lines(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown([Crashed("api", -9, ("one", "two"), 0.5)], capsys)
    assert "was killed by signal 9; starts again in 0.5 s" in out
    assert out.splitlines()[1:] == ["api    | one", "api    | two"]
    assert "ended with status 3" in shown([Crashed("api", 3, (), 0.5)], capsys)


def test_restarts_replacement_and_stop_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(
        [
            Starting("api", 5, 2),
            Unhealthy("api", "timeout"),
            Stopped("api", 0, killed=False),
            Stopped("db", -9, killed=True),
        ],
        capsys,
    )
    assert "starting again (2 times)" in out
    assert "does not answer (timeout); replacing it" in out
    assert "api  stopped" in out
    assert "db   had to be killed" in out


def test_names_are_coloured_only_where_colour_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b[" in shown([Ready("db", 0.1)], capsys, colour=True)
    assert "\x1b[" not in shown([Ready("db", 0.1)], capsys)


def test_programs_get_one_json_object_a_line_and_the_urls_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    listen = JsonLines(["db", "api"], {"api": "http://localhost:3000"})
    for event in (Starting("db", 7, 0), Ready("db", 0.25), Ready("api", 0.5), Ready("api", 0.1)):
        listen(event)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {"event": "starting", "name": "db", "pid": 7, "restarts": 0}
    assert [line["event"] for line in lines] == ["starting", "ready", "ready", "up", "ready"]
    assert lines[3]["urls"] == {"api": "http://localhost:3000"}


def problem_line(message: str) -> str:
    problem = Problem("SW401", message, Place("shop/api.py", 3), fix="pip install shop")
    return json.dumps({"level": "critical", "message": message, "problem": problem.as_dict()})


def test_a_problem_that_ends_a_service_is_shown_as_the_commands_show_theirs(capsys: pytest.CaptureFixture[str]) -> None:
    line = problem_line("no module 'shop'")
    out = shown([Output("api", "stdout", line), Crashed("api", 1, (line,), 0.5)], capsys)
    assert out.splitlines() == [
        "api  error[SW401]: no module 'shop'",
        "api    --> shop/api.py:3",
        "api    fix: pip install shop",
        "api  ended with status 1; starts again in 0.5 s",
    ]


def test_the_same_problem_is_not_shown_again_at_every_restart(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = problem_line("one"), problem_line("two")
    out = shown([Output("api", "stdout", line) for line in (first, first, second, second)], capsys)
    assert [line for line in out.splitlines() if "error[" in line] == [
        "api  error[SW401]: one",
        "api  error[SW401]: two",
    ]


def test_a_problem_that_ends_a_task_is_left_to_the_end_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown([Output("migrate", "stdout", problem_line("no"))], capsys) == ""


def test_what_is_not_a_problem_of_ours_is_an_ordinary_field(capsys: pytest.CaptureFixture[str]) -> None:
    line = json.dumps({"level": "info", "message": "hello", "problem": {"code": "SW999"}})
    assert shown([Output("api", "stdout", line)], capsys) == 'api   info  hello problem={"code": "SW999"}\n'


def test_last_lines_look_like_all_others(capsys: pytest.CaptureFixture[str]) -> None:
    line = json.dumps({"timestamp": "2026-11-21T08:01:02Z", "level": "info", "message": "working"})
    assert "api    | 08:01:02 info  working" in shown([Crashed("api", -9, (line,), 0.5)], capsys).splitlines()


def test_an_exception_is_placed_in_the_users_own_code(capsys: pytest.CaptureFixture[str]) -> None:
    files = [f"{Path.cwd()}/shop/api.py", "/venv/lib/python3.11/site-packages/asyncpg/protocol.pyx"]
    frames = [{"file": file, "line": 15 + index, "function": "f"} for index, file in enumerate(files)]
    exception = {"type": "E", "message": "no", "frames": frames}
    line = json.dumps({"level": "error", "message": "failed", "exception": exception})
    assert shown([Output("api", "stdout", line)], capsys).endswith("E: no at shop/api.py:15\n")
