"""Jobs as people read them: tables, and one job in full."""

import json
import shutil
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from seawall.cli.output import print_line, use_colour, visible
from seawall.jobs.desk import Count, Pause, Record
from seawall.jobs.states import LIVE, State

_COLOURS: Final = {"running": 32, "dead": 31, "blocked": 33, "cancelled": 90}  # ANSI
_UNITS: Final = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_LONG: Final = 200  # columns, where nobody knows how many there are
_SHOWN_IDS: Final = 5


def counted(ids: Collection[int]) -> str:
    """Which jobs, or how many."""
    if 0 < len(ids) <= _SHOWN_IDS:
        return f"job{'s' if len(ids) > 1 else ''} {', '.join(map(str, sorted(ids)))}"
    return f"{len(ids)} jobs"


def print_list(records: Sequence[Record], *, more: bool) -> None:
    """A line a job; where there may be `more`, the command that shows them."""
    if not records:
        print_line("no jobs")
        return
    now = datetime.now(UTC)
    head = ("id", "state", "queue", "job", "starts", "when", "key", "error")
    _print_table([head, *(_row(record, now) for record in records)])
    if more:
        print_line(f"more with --before {records[-1].id}")


def print_record(record: Record) -> None:
    """A line for each thing that is known; then the arguments and the last error, as they are."""
    now = datetime.now(UTC)
    told = [
        ("job", f"{record.id} {record.name}"),
        ("state", f"{record.state.label}{', told to stop' if record.cancel_requested else ''}"),
        ("queue", f"{record.queue}, priority {record.priority}"),
        ("key", record.key),
        ("starts", f"{record.attempt} of {record.max_attempts}, {record.crashes} crashes of its worker"),
        ("enqueued", _moment(record.enqueued_at, now)),
        ("runs", _moment(record.run_at, now) if record.state in {State.READY, State.BLOCKED} else None),
        ("claimed", _moment(record.claimed_at, now)),
        ("finished", _moment(record.finished_at, now)),
        ("tick", _moment(record.tick, now)),
        ("worker", _worker(record, now)),
        ("release", record.release),
        ("trace", record.traceparent),
    ]
    width = max(len(label) for label, _ in told)
    for label, text in told:
        if text:
            print_line(f"{label.ljust(width)}  {visible(text)}")
    print_line("arguments")
    for line in json.dumps(json.loads(record.args), indent=2, ensure_ascii=False).splitlines():
        print_line(f"  {visible(line)}")
    if record.last_error:
        print_line("last error")
        for line in record.last_error.splitlines():
            print_line(f"  {visible(line)}")


def print_stats(counts: Sequence[Count], paused: Sequence[Pause]) -> None:
    """A line for each queue and name, a column for each state; then what is paused."""
    now = datetime.now(UTC)
    rows = [("queue", "job", *(state.label for state in LIVE), "oldest ready")]
    for queue, name in dict.fromkeys((each.queue, each.name) for each in counts):
        found = {each.state: each for each in counts if (each.queue, each.name) == (queue, name)}
        numbers = [str(found[state].count) if state in found else "" for state in LIVE]
        oldest = found.get(State.READY)
        rows.append((queue, name, *numbers, _moment(oldest.oldest, now) or "" if oldest else ""))
    if counts:
        _print_table(rows)
    else:
        print_line("no jobs")
    for each in paused:
        print_line(visible(f"paused: {each.kind} {each.name}, {_moment(each.since, now)}"))


def stats_as_dict(counts: Sequence[Count], paused: Sequence[Pause]) -> dict[str, Any]:
    """The same for JSON; times as RFC 3339."""
    return {
        "counts": [
            {
                "queue": each.queue,
                "job": each.name,
                "state": each.state.label,
                "count": each.count,
                "oldest": each.oldest.isoformat().replace("+00:00", "Z"),
            }
            for each in counts
        ],
        "paused": [
            {"kind": each.kind, "name": each.name, "since": each.since.isoformat().replace("+00:00", "Z")}
            for each in paused
        ],
    }


def _row(record: Record, now: datetime) -> tuple[str, ...]:
    moments = {
        State.READY: record.run_at,
        State.BLOCKED: record.enqueued_at,
        State.RUNNING: record.claimed_at,
        State.DEAD: record.claimed_at,
    }
    when = _moment(moments.get(record.state, record.finished_at), now) or ""
    error = (record.last_error or "").strip().rpartition("\n")[2]
    starts = f"{record.attempt}/{record.max_attempts}"
    state = "stopping" if record.cancel_requested else record.state.label
    return str(record.id), state, record.queue, record.name, starts, when, record.key or "", error


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as what stands in them; what a terminal has no room for is cut off."""
    shown = [[visible(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in shown) for column in range(len(shown[0]))]
    room = shutil.get_terminal_size((_LONG, 0)).columns if sys.stdout.isatty() else None
    for row in shown:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()[:room]
        print_line(_painted(line, row[1]))


def _painted(line: str, state: str) -> str:
    if state not in _COLOURS or not use_colour(sys.stdout):
        return line
    return line.replace(state, f"\x1b[{_COLOURS[state]}m{state}\x1b[0m", 1)


def _worker(record: Record, now: datetime) -> str | None:
    if record.worker is None:
        return None
    if record.beat is None:
        return f"{record.worker}, gone"
    return f"{record.instance or record.worker}, process {record.pid}, last beat {_moment(record.beat, now)}"


def _moment(moment: datetime | None, now: datetime) -> str | None:
    """How long ago, or in how long."""
    if moment is None:
        return None
    away = _length(abs(moment - now))
    return f"in {away}" if moment > now else f"{away} ago"


def _length(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), _UNITS[-1])
    return f"{seconds // size} {unit}"
