"""A history, looked up in the ways that the rules need."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.reliability.history import Event, History, Row

Claim = tuple[int, int]  # a job and the number of one of its claims


@dataclass(frozen=True, slots=True)
class Facts:
    """A history, looked up in the ways that the rules need."""

    history: History
    asked: dict[str, Event]
    acknowledged: dict[str, Event]
    rows: dict[int, Row]
    by_uid: dict[str, list[Row]]
    starts: Counter[Claim]
    ledger: dict[int, list[int]]
    rescued: set[Claim]


def facts(history: History) -> Facts:
    by_uid: dict[str, list[Row]] = defaultdict(list)
    ledger: dict[int, list[int]] = defaultdict(list)
    for row in history.rows:
        if row.uid is not None:
            by_uid[row.uid].append(row)
    for mark in history.ledger:
        ledger[mark.job].append(mark.claim)
    return Facts(
        history=history,
        asked={event["uid"]: event for event in history.of("enq?")},
        acknowledged={event["uid"]: event for event in history.of("enq!")},
        rows={row.job: row for row in history.rows},
        by_uid=by_uid,
        starts=Counter((event["job"], event["claim"]) for event in history.of("start")),
        ledger=ledger,
        rescued={(step.job, step.claim) for step in history.steps if step.rescues}
        | {claim for event in history.of("rescue") for claim in held(event)},
    )


def held(event: Event) -> Iterator[Claim]:
    """The claims that an event is about."""
    yield from ((job, claim) for job, claim in event["held"])
