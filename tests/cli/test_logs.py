import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from seawall.cli.logs import moment
from seawall.cli.main import main
from seawall.errors import UsageError
from seawall.local.events import Crashed, Output
from seawall.local.logfile import LogFile

BERLIN = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 21, 15, 30, tzinfo=BERLIN)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that was up: what its services said an hour ago, and now."""
    (tmp_path / "stack.py").write_text("raise SystemExit")  # reading logs does not run it
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".seawall").mkdir()
    now = datetime.now(UTC)
    said = {"api": [(60, "info", "old"), (0, "info", "fresh")], "worker": [(30, "warning", "odd"), (1, "error", "bad")]}
    for name, lines in said.items():
        log = LogFile(tmp_path / ".seawall" / "logs" / f"{name}.log")
        for minutes, level, message in lines:
            entry = {"timestamp": str(now - timedelta(minutes=minutes)), "level": level, "message": message}
            log.write(Output(name, "stdout", json.dumps(entry)))
        log.close()
    return tmp_path


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ([], ["old", "odd", "bad", "fresh"]),
        (["api"], ["old", "fresh"]),
        (["--since", "45m"], ["odd", "bad", "fresh"]),
        (["--since", "30s"], ["fresh"]),
        (["--level", "warn"], ["odd", "bad"]),
        (["--level", "error"], ["bad"]),
        (["worker", "--level", "warning", "--since", "10m"], ["bad"]),
        (["-f", "--since", "10m"], ["bad", "fresh"]),  # nothing is up: there is nothing to follow
    ],
)
@pytest.mark.usefixtures("project")
def test_lines_are_chosen_by_service_time_and_level(
    options: list[str], shown: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["logs", *options]) == 0
    assert [line.split()[3] for line in capsys.readouterr().out.splitlines()] == shown
    assert main(["logs", "--json", *options]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [json.loads(line["line"])["message"] for line in lines] == shown
    assert {line["event"] for line in lines} == {"output"}


def test_crashes_look_as_they_do_in_up(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = LogFile(project / ".seawall" / "logs" / "api.log")
    log.write(Crashed("api", 3, ("last words",), 0.5))
    log.close()
    assert main(["logs", "--level", "error", "--since", "10s"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "api     ended with status 3; starts again in 0.5 s. Its last lines:",
        "api       | last words",
    ]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("words", "status", "code"),
    [(["apy"], 1, "SW315"), (["--since", "yesterday"], 2, "SW001"), (["--level", "loud"], 2, "SW001")],
)
def test_what_cannot_be_shown_is_an_error(
    words: list[str], status: int, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["logs", *words]) == status
    assert code in capsys.readouterr().err


def test_a_stack_that_was_never_up_has_no_logs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stack.py").write_text("")
    monkeypatch.chdir(tmp_path)
    assert main(["logs"]) == 1
    assert "SW312" in capsys.readouterr().err
    assert not (tmp_path / ".seawall").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("10m", NOW - timedelta(minutes=10)),
        ("2h", NOW - timedelta(hours=2)),
        ("1d", NOW - timedelta(days=1)),
        ("14:05", NOW.replace(hour=14, minute=5)),
        ("14:05:09", NOW.replace(hour=14, minute=5, second=9)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=BERLIN)),
        ("2026-11-20T08:00", datetime(2026, 11, 20, 8, tzinfo=BERLIN)),
        ("2026-11-20T08:00Z", datetime(2026, 11, 20, 8, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, expected: datetime) -> None:
    assert moment(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "10", "10x", "-5m", "25:00", "m", "999999d"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        moment(text, NOW)
