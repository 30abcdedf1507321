"""What happened in one run, as values: what processes wrote down, and what the database kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import orjson

from seawall.jobs.states import State


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a process' journal: `at` by the machine's monotonic clock, in seconds."""

    at: float
    process: str
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __getitem__(self, name: str) -> Any:
        return self.data[name]


@dataclass(frozen=True, slots=True)
class Step:
    """A change of one live job, as a trigger saw it. `source` None: it was enqueued; `target` None: its row has left.

    `claim` is the row's before the change; where a claim begins, the new one. `attempt` and `crashes` are differences.
    """

    number: int
    at: float
    transaction: int
    job: int
    source: State | None
    target: State | None
    claim: int
    attempt: int = 0
    crashes: int = 0
    worker: str | None = None
    tick: float | None = None

    @property
    def begins(self) -> bool:
        """A claim."""
        return self.target is State.RUNNING and self.attempt == 1

    @property
    def ends(self) -> bool:
        """The end of a claim, in whatever way."""
        return self.source is State.RUNNING and self.target is not State.RUNNING

    @property
    def rescues(self) -> bool:
        return self.ends and self.crashes == 1


@dataclass(frozen=True, slots=True)
class Row:
    """What is left of a job at the end of the run. `uid` is its producer's name for it; ticks have none."""

    job: int
    uid: str | None
    state: State
    claim: int
    attempt: int
    max_attempts: int
    crashes: int = 0
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A row of the ledger (written by the completing statement) or of the effects (written by a handler)."""

    job: int
    claim: int


@dataclass(frozen=True, slots=True)
class History:
    """One run. Orders are the rows that producers wrote in the transactions of their enqueues."""

    events: list[Event] = field(default_factory=list[Event])
    steps: list[Step] = field(default_factory=list[Step])
    rows: list[Row] = field(default_factory=list[Row])
    ledger: list[Mark] = field(default_factory=list[Mark])
    effects: list[Mark] = field(default_factory=list[Mark])
    orders: list[str] = field(default_factory=list[str])

    def of(self, *kinds: str) -> list[Event]:
        """The events of these kinds, in the order of time."""
        return [event for event in self.events if event.kind in kinds]

    def save(self, path: Path) -> None:
        """Write everything down, a line for each, for whoever wants to know how it came."""
        with path.open("wb") as file:
            for each in fields(self):
                for item in getattr(self, each.name):
                    value = item if isinstance(item, str) else asdict(item)
                    file.write(orjson.dumps({each.name: value}) + b"\n")


def read_journals(folder: Path) -> list[Event]:
    """All journals in `folder` as one, by time. The last line of a process that was killed may be cut off."""
    events: list[Event] = []
    for path in folder.glob("*.jsonl"):
        for line in path.read_bytes().split(b"\n")[:-1]:
            data: dict[str, Any] = orjson.loads(line)
            events.append(Event(data.pop("at"), path.stem, data.pop("kind"), data))
    return sorted(events, key=lambda event: event.at)
