import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from seawall.local.events import Crashed, Noticed, Output, Ready, Starting
from seawall.local.logfile import Entry, LogFile, OfAChild
from seawall.local.logreader import LogReader, merged, names

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def line(message: str, *, seconds: int = 0, level: str = "info") -> Output:
    time = (NOON + timedelta(seconds=seconds)).isoformat()
    return Output("api", "stdout", json.dumps({"timestamp": time, "level": level, "message": message}))


def written(state: Path, *events: OfAChild, limit: int = 1_000_000) -> LogFile:
    state.joinpath("logs").mkdir(exist_ok=True)
    log = LogFile(state / "logs" / "api.log", limit, now=lambda: NOON)
    for event in events:
        log.write(event)
    return log


def events(state: Path) -> list[OfAChild]:
    reader = LogReader(state, "api")
    found = [entry.event for entry in reader.read()]
    reader.close()
    return found


def messages(entries: list[Entry]) -> list[str]:
    return [json.loads(entry.event.line)["message"] for entry in entries if isinstance(entry.event, Output)]


def test_a_json_log_line_stands_there_as_the_child_wrote_it(tmp_path: Path) -> None:
    event = line("ready  ä \\u0000")
    written(tmp_path, event).close()
    assert (tmp_path / "logs" / "api.log").read_text() == event.line + "\n"
    assert events(tmp_path) == [event]


@pytest.mark.parametrize(
    "event",
    [
        Output("api", "stdout", "plain"),
        Output("api", "stderr", '{"timestamp": "2026-11-21T12:00:00Z"}'),
        Output("api", "stdout", '{"message": "no time"}'),
        Output("api", "stdout", '{"timestamp": 5}'),
        Output("api", "stdout", "{broken"),
        Output("api", "stdout", ""),
        Starting("api", 7, 2),
        Ready("api", 0.25),
        Crashed("api", -9, ("a", "b"), 0.5),
        Noticed("api", "going on"),
    ],
)
def test_anything_else_comes_back_as_it_was(event: OfAChild, tmp_path: Path) -> None:
    written(tmp_path, event).close()
    assert events(tmp_path) == [event]
    assert json.loads((tmp_path / "logs" / "api.log").read_text())["timestamp"] == "2026-11-21T12:00:00Z"


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (line("x", level="warn"), "warn"),
        (Output("api", "stderr", "Traceback"), "warning"),
        (Output("api", "stdout", "print"), "info"),
        (Output("api", "stderr", "LOG:  listening"), "info"),
        (Output("api", "stderr", "ERROR:  division by zero"), "error"),
        (Crashed("api", 1, (), 0.5), "error"),
        (Starting("api", 7, 0), "info"),
    ],
)
def test_every_line_has_a_level(event: OfAChild, level: str, tmp_path: Path) -> None:
    written(tmp_path, event).close()
    reader = LogReader(tmp_path, "api")
    assert [entry.level for entry in reader.read()] == [level]
    reader.close()


def test_two_files_are_kept_and_no_more(tmp_path: Path) -> None:
    lines = [line(f"number {number:04}") for number in range(100)]
    written(tmp_path, *lines, limit=2_000).close()
    files = sorted(tmp_path.joinpath("logs").iterdir())
    assert [file.name for file in files] == ["api.log", "api.log.1"]
    assert all(0 < file.stat().st_size <= 2_000 for file in files)
    kept = events(tmp_path)
    assert kept == lines[-len(kept) :]
    assert len(kept) > 20


def test_a_reader_goes_on_where_it_stopped_also_over_a_rotation(tmp_path: Path) -> None:
    log = written(tmp_path, limit=1_000)
    reader = LogReader(tmp_path, "api")
    seen: list[Entry] = []
    for number in range(60):
        log.write(line(str(number)))
        if number % 5 == 0:
            seen += reader.read()
    seen += reader.read()
    assert messages(seen) == [str(number) for number in range(60)]
    assert list(reader.read()) == []
    log.close()
    reader.close()


def test_a_line_that_is_not_whole_yet_comes_when_it_is(tmp_path: Path) -> None:
    tmp_path.joinpath("logs").mkdir()
    text = line("late").line
    with (tmp_path / "logs" / "api.log").open("w") as file:
        file.write(text[:20])
        file.flush()
        reader = LogReader(tmp_path, "api")
        assert list(reader.read()) == []
        file.write(text[20:] + "\n")
        file.flush()
        assert messages(list(reader.read())) == ["late"]
    reader.close()


def test_a_torn_line_takes_no_other_with_it(tmp_path: Path) -> None:
    tmp_path.joinpath("logs").mkdir()
    (tmp_path / "logs" / "api.log").write_text(line("torn").line[:30])
    written(tmp_path, line("next")).close()
    assert events(tmp_path) == [line("next")]


def test_a_full_disk_is_an_error_of_the_one_line(tmp_path: Path) -> None:
    log = LogFile(Path("/dev/full"))
    for _ in range(2):
        with pytest.raises(OSError, match="No space left"):
            log.write(line("x"))
    log.close()
    written(tmp_path, line("elsewhere")).close()


def test_several_logs_are_read_in_the_order_of_time(tmp_path: Path) -> None:
    tmp_path.joinpath("logs").mkdir()
    for name, times in {"api": (0, 3, 4), "worker": (1, 2, 5)}.items():
        log = LogFile(tmp_path / "logs" / f"{name}.log")
        for seconds in times:
            log.write(line(str(seconds), seconds=seconds))
        log.close()
    assert names(tmp_path) == ["api", "worker"]
    readers = [LogReader(tmp_path, name) for name in names(tmp_path)]
    assert messages(list(merged(readers))) == ["0", "1", "2", "3", "4", "5"]
    for reader in readers:
        reader.close()


def test_a_log_that_is_not_there_has_nothing_to_say(tmp_path: Path) -> None:
    assert names(tmp_path) == []
    assert list(LogReader(tmp_path, "api").read()) == []
