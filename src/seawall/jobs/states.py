"""The life of a job, as data: its states, what moves it from one to the next, and what that costs.

The stores carry these transitions out, a test drives each of them on every store, and the table in ``docs/jobs.md`` is
made here. Pure.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class State(IntEnum):
    """Where a job is; the number is what the `state` column holds. The first four are live, the others are history."""

    READY = 0  # may be claimed from `run_at` on
    RUNNING = 1  # held by a worker under a claim number
    BLOCKED = 2  # waits for its predecessor in its key
    DEAD = 3  # out of attempts, or a poison: kept for a person to look at
    DONE = 4
    CANCELLED = 5  # by a person, or by its own function

    @property
    def label(self) -> str:
        """The state's name as people and metrics see it."""
        return self.name.lower()


LIVE: Final = (State.READY, State.RUNNING, State.BLOCKED, State.DEAD)
HISTORY: Final = (State.DONE, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from a state (None: from outside) to the next; `attempt` and `crashes` are what it adds to the counts.

    `afresh`: the counts begin at 0 again instead.
    """

    event: str
    source: State | None
    target: State
    when: str
    attempt: int = 0
    crashes: int = 0
    afresh: bool = False


TRANSITIONS: Final = (
    Transition("enqueue", None, State.READY, "no live job has its key, or it has none"),
    Transition("enqueue", None, State.BLOCKED, "a live job has its key"),
    Transition("unblock", State.BLOCKED, State.READY, "it has become the first of its key"),
    Transition("claim", State.READY, State.RUNNING, "its time has come; the claim number grows", attempt=1),
    Transition("complete", State.RUNNING, State.DONE, "the function returned"),
    Transition(
        "fail", State.RUNNING, State.READY, "the function raised or took too long; runs again after the backoff"
    ),
    Transition("exhaust", State.RUNNING, State.DEAD, "it failed in its last attempt, or its arguments do not fit"),
    Transition("release", State.RUNNING, State.READY, "its worker stopped in good order", attempt=-1),
    Transition("rescue", State.RUNNING, State.READY, "its worker died while it held other jobs", attempt=-1, crashes=1),
    Transition("rescue", State.RUNNING, State.READY, "its worker died while it held nothing else", crashes=1),
    Transition("rescue", State.RUNNING, State.DEAD, "the same, in its last attempt or as its third crash", crashes=1),
    Transition("cancel", State.READY, State.CANCELLED, "a person asked for it"),
    Transition("cancel", State.BLOCKED, State.CANCELLED, "a person asked for it"),
    Transition("cancel", State.RUNNING, State.CANCELLED, "the same, once its function has ended and did not return"),
    Transition("discard", State.DEAD, State.CANCELLED, "a person gave it up; its last error is kept"),
    Transition("retry", State.DEAD, State.READY, "a person asked for it", afresh=True),
    Transition(
        "retry",
        State.DEAD,
        State.BLOCKED,
        "the same, while a later job of its key runs, which it let pass",
        afresh=True,
    ),
    Transition("yield", State.READY, State.BLOCKED, "an earlier job of its key, which had let it pass, was retried"),
)


def table() -> str:
    """The transitions as a Markdown table, for the documentation."""
    lines = ["| event | from | to | when | attempt | crashes |", "|---|---|---|---|---|---|"]
    for step in TRANSITIONS:
        source = step.source.label if step.source is not None else "-"
        counts = " | ".join(
            "0" if step.afresh else f"{count:+d}" if count else "" for count in (step.attempt, step.crashes)
        )
        lines.append(f"| {step.event} | {source} | {step.target.label} | {step.when} | {counts} |")
    return "\n".join(lines) + "\n"
