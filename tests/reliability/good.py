"""A good history by hand, and the words in which it is told: what a test of the checker begins with."""

from collections import Counter
from dataclasses import replace
from typing import Any

from seawall.jobs.states import State
from tests.reliability.history import Event, History, Mark, Row, Step
from tests.reliability.invariants import Bounds, check

READY, RUNNING, BLOCKED, DEAD, DONE = State.READY, State.RUNNING, State.BLOCKED, State.DEAD, State.DONE
CANCELLED = State.CANCELLED
BOUNDS = Bounds(drained=5, rescued=3, faults=Counter({"kill a worker": 1}), again=1, points=("after_claim",))


def good() -> History:
    """Four jobs of one key or none, and two ticks: once, after a rescue, dead, refused, rolled back."""
    events = [
        event(0, "worker-0.1", "up", worker="W0"),
        event(0, "worker-1.1", "up", worker="W1"),
        *enqueued(1.0, "a", 1, name="once", key="k"),
        *enqueued(1.2, "b", 2, name="twice", key="k", how="own"),
        *enqueued(1.3, "c", 3, name="twice", conduct="always fails"),
        enqueued(1.4, "d", 9, name="once", how="rolled back")[0],
        event(1.5, "producer", "enq0", uid="d", job=9),
        enqueued(1.6, "e", 0, name="once")[0],
        event(1.7, "producer", "enq~", uid="e"),
        started(2.0, 1, 1),
        event(2.1, "worker-0.1", "failpoint", point="after_claim"),
        event(2.2, "nemesis", "fault", name="kill a worker"),
        event(2.2, "nemesis", "died", process="worker-0.1", status=-9),
        event(4.0, "worker-1.1", "rescue", held=[(1, 1)]),
        started(4.1, 1, 2),
        event(4.2, "worker-1.1", "done?", held=[(1, 2)]),
        event(4.3, "worker-1.1", "done", held=[(1, 2)]),
        started(4.4, 2, 1),
        event(4.5, "worker-1.1", "done?", held=[(2, 1)]),
        event(4.6, "worker-1.1", "done", held=[(2, 1)]),
        started(4.7, 3, 1),
        event(4.8, "worker-1.1", "fail", held=[(3, 1)]),
        started(5.0, 4, 1),
        started(6.0, 5, 1),
        *(event(7, "nemesis", kind) for kind in ("calm", "drained", "ticked", "stopped")),
    ]
    steps = [
        step(1.0, 1, None, READY),
        step(1.2, 2, None, BLOCKED),
        step(1.3, 3, None, READY),
        begun(1.9, 1, 1, "W0"),
        step(3.9, 1, RUNNING, READY, claim=1, attempt=0, crashes=1, worker="W0"),
        begun(4.0, 1, 2, "W1"),
        step(4.25, 1, RUNNING, None, claim=2, worker="W1"),
        step(4.25, 2, BLOCKED, READY),
        begun(4.35, 2, 1, "W1"),
        step(4.55, 2, RUNNING, None, claim=1, worker="W1"),
        begun(4.65, 3, 1, "W1"),
        step(4.75, 3, RUNNING, DEAD, claim=1, worker="W1"),
        step(5.0, 4, None, READY, tick=100.0),
        begun(5.0, 4, 1, "W1"),
        step(5.1, 4, RUNNING, None, claim=1, worker="W1"),
        step(6.0, 5, None, READY, tick=101.0),
        begun(6.0, 5, 1, "W1"),
        step(6.1, 5, RUNNING, None, claim=1, worker="W1"),
    ]
    rows = [
        Row(1, "a", DONE, 2, 2, 5, crashes=1, key="k"),
        Row(2, "b", DONE, 1, 1, 5, key="k"),
        Row(3, "c", DEAD, 1, 1, 1),
        Row(4, None, DONE, 1, 1, 5),
        Row(5, None, DONE, 1, 1, 5),
    ]
    done = [Mark(1, 2), Mark(2, 1), Mark(4, 1), Mark(5, 1)]
    return History(events, steps, rows, list(done), list(done), ["b"])


def event(at: float, process: str, kind: str, /, **data: Any) -> Event:
    return Event(at, process, kind, data)


def enqueued(  # noqa: PLR0913 - what a producer may say of one job
    at: float,
    uid: str,
    job: int,
    *,
    name: str,
    key: str | None = None,
    conduct: str = "works",
    how: str = "pool",
    batch: str | None = None,
) -> list[Event]:
    more = {"queue": "side" if name == "inline" else "default", "batch": batch}
    asked = event(at, "producer", "enq?", uid=uid, name=name, conduct=conduct, key=key, how=how, **more)
    return [asked, event(at + 0.1, "producer", "enq!", uid=uid, job=job)]


def started(at: float, job: int, claim: int) -> Event:
    return event(at, "worker-1.1", "start", job=job, claim=claim)


def step(at: float, job: int, source: State | None, target: State | None, **more: Any) -> Step:
    return Step(0, at, int(at * 1000), job, source, target, more.pop("claim", 0), **more)


def begun(at: float, job: int, claim: int, worker: str, source: State = READY) -> Step:
    return step(at, job, source, RUNNING, claim=claim, attempt=1, worker=worker)


def broken(history: History) -> set[str]:
    return {violation.rule for violation in check(history, BOUNDS)}


def without(history: History, kind: str, **data: Any) -> None:
    """Take the events out that are of this kind and have these data."""
    history.events[:] = [
        each for each in history.events
        if each.kind != kind or any(each.data.get(name) != value for name, value in data.items())
    ]  # fmt: skip


def row(history: History, job: int, **changes: Any) -> None:
    history.rows[:] = [replace(each, **changes) if each.job == job else each for each in history.rows]
