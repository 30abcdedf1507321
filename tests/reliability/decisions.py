"""What must hold of what people decided, and of what a job's declaration asks for. Pure, as all rules."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from math import inf
from typing import Final

from seawall.jobs.states import State
from tests.reliability.facts import Claim, Facts, held

CLOCKS: Final = 0.1  # seconds by which the server's clock may be taken wrong
UNDER_WAY: Final = 1.0  # seconds in which a claim ends that began before a pause was there


def cancelled_for_good(known: Facts) -> Iterator[str]:
    """I12: what was told to be cancelled does not begin again, what waited is cancelled; nothing else is."""
    asked = {job for event in known.history.of("cancel?") for job in event["jobs"]}
    told: dict[int, float] = {}
    waited: set[int] = set()
    for event in known.history.of("cancel"):
        for job, state in event["told"]:
            told.setdefault(job, event.at)
            if state == State.CANCELLED.label:
                waited.add(job)
    for step in known.history.steps:
        if step.begins and step.at > told.get(step.job, inf) + CLOCKS:
            yield f"job {step.job} began again {step.at - told[step.job]:.3f} s after it was told to be cancelled"
        if step.job in waited and step.target is None and step.source is State.RUNNING:
            yield f"job {step.job} was cancelled as one that waits, and ran"
    for row in known.history.rows:
        if row.job in waited and row.state is not State.CANCELLED:
            yield f"job {row.job} was cancelled, and ended {row.state.label}"
        if row.state is State.CANCELLED and row.job not in asked:
            yield f"job {row.job} was cancelled, and nobody had asked for that"


def nothing_while_paused(known: Facts) -> Iterator[str]:
    """I13: of a queue or a name that is paused nothing begins, but for claims that were under way."""
    begins: dict[str, list[float]] = defaultdict(list)
    for step in known.history.steps:
        row = known.rows.get(step.job)
        asked = known.asked.get(row.uid or "") if row else None
        if step.begins and asked:
            begins[f"queue {asked['queue']}"].append(step.at)
            begins[f"job {asked['name']}"].append(step.at)
    paused: dict[str, float] = {}
    for event in known.history.of("paused", "resume?"):
        name = event["name"]
        if event.kind == "paused":
            paused[name] = event.at
        elif name in paused:
            moments, since = sorted(begins[name]), paused.pop(name) + UNDER_WAY
            nth = bisect_right(moments, since)
            if nth < len(moments) and moments[nth] < event.at - CLOCKS:
                yield f"{name} was paused, and a job of it began {moments[nth] - since + UNDER_WAY:.3f} s later"


def completed_alone(known: Facts) -> Iterator[str]:
    """I14: a job that asks for it is completed at once: for itself, and not with others."""
    inline = {row.job for row in known.history.rows if row.uid in known.asked and _is_inline(known, row.uid)}
    for event in known.history.of("done?"):
        claims: list[Claim] = list(held(event))
        if len(claims) > 1 and any(job in inline for job, _ in claims):
            yield f"jobs {[job for job, _ in claims]} were completed together, and one of them asked not to be"


def _is_inline(known: Facts, uid: str) -> bool:
    return bool(known.asked[uid]["name"] == "inline")
