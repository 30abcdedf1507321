"""What must hold of any run, whatever was done to it. Pure: a history goes in, violations come out, each in O(n log n).

In the manner of Jepsen's total-queue: our ids make every check linear, so no order has to be inferred.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import inf
from typing import Final

from seawall import contract
from seawall.jobs.states import State
from tests.reliability.decisions import cancelled_for_good, completed_alone, nothing_while_paused
from tests.reliability.facts import Claim, Facts, facts, held
from tests.reliability.history import History, Step

LIVE: Final = (State.READY, State.RUNNING, State.BLOCKED)
ALWAYS_DEAD: Final = ("always fails", "kills")
SILENCE: Final = 1.0  # seconds without a beat: the process was stopped, or without a database


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a run must reach: seconds for the two delays, and how much must have happened for it to count."""

    drained: float = 60.0
    rescued: float = 10.0
    faults: Counter[str] = field(default_factory=Counter[str])
    again: int = 0
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Violation:
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}"


def check(history: History, bounds: Bounds) -> list[Violation]:
    """All violations, by rule."""
    known = facts(history)
    found = [Violation(rule, text) for rule, find in RULES.items() for text in find(known)]
    found += [Violation("I10", text) for text in late(known, bounds)]
    found += [Violation("I11", text) for text in idle(known, bounds)]
    return found


def acknowledged_jobs_end(known: Facts) -> Iterator[str]:
    """I1: acknowledged => there is its row, and it has ended; unknown => at most one; rolled back => none."""
    for uid, event in known.asked.items():
        rows = known.by_uid.get(uid, [])
        if len(rows) > 1:
            yield f"{uid} was enqueued once and is there {len(rows)} times"
        if uid in known.acknowledged and not rows:
            yield f"{uid} was acknowledged and is lost"
        elif uid in known.acknowledged and rows[0].job != known.acknowledged[uid]["job"]:
            yield f"{uid} was acknowledged as job {known.acknowledged[uid]['job']} and is job {rows[0].job}"
        if event["how"] == "rolled back" and rows:
            yield f"{uid} was rolled back and is there"
    # Ticks come until the last moment: of them, those count that came before the quiet.
    calm = next((event.at for event in known.history.of("calm")), inf)
    fresh = {step.job for step in known.history.steps if step.tick is not None and step.at > calm}
    for row in known.history.rows:
        if row.state in LIVE and row.job not in fresh:
            yield f"job {row.job} ({row.uid}) has not ended: {row.state.label}"
    together = {uid for uid, event in known.asked.items() if event["how"] == "own"}
    for uid in together & (set(known.history.orders) ^ set(known.by_uid)):
        yield f"{uid} and its order, of one transaction, are not both there"
    yield from _parts_of_statements(known)


def _parts_of_statements(known: Facts) -> Iterator[str]:
    for uids in _batches(known).values():
        there = sum(uid in known.by_uid for uid in uids)
        if there not in (0, len(uids)):
            yield f"of {len(uids)} jobs of one statement, {uids[0]} and the next, {there} are there"


def _batches(known: Facts) -> dict[str, list[str]]:
    """What was enqueued together, in its order."""
    found: dict[str, list[str]] = defaultdict(list)
    for event in known.history.of("enq?"):
        if event.data.get("batch") is not None:
            found[event["batch"]].append(event["uid"])
    return found


def nothing_from_nowhere(known: Facts) -> Iterator[str]:
    """I2: no row, start or effect without an attempted enqueue."""
    ticks = {step.job for step in known.history.steps if step.tick is not None}
    for row in known.history.rows:
        if row.uid not in known.asked and row.job not in ticks:
            yield f"job {row.job} ({row.uid}) was never enqueued"
    named = {row.job for row in known.history.rows if row.uid in known.asked} | ticks
    for job, claim in known.starts:
        if job not in named:
            yield f"job {job} was started under claim {claim}, and never enqueued"
    for mark in known.history.effects:
        if mark.job not in named:
            yield f"job {mark.job} has an effect, and was never enqueued"


def done_once(known: Facts) -> Iterator[str]:
    """I3: `done` <=> exactly one row in the ledger; `dead` => none."""
    for row in known.history.rows:
        count = len(known.ledger.get(row.job, []))
        if count != (row.state is State.DONE):
            yield f"job {row.job} is {row.state.label} with {count} rows in the ledger"
    for job in known.ledger.keys() - known.rows.keys():
        yield f"job {job} is in the ledger, and gone"


def last_claim_completes(known: Facts) -> Iterator[str]:
    """I4: the completing claim is the highest one of that job."""
    highest: dict[int, int] = defaultdict(int)
    for step in known.history.steps:
        if step.begins:
            highest[step.job] = max(highest[step.job], step.claim)
    for job, claim in known.starts:
        highest[job] = max(highest[job], claim)
    for job, claims in known.ledger.items():
        for number in claims:
            if number != highest[job]:
                yield f"job {job} was completed by claim {number}, its last is {highest[job]}"
    for job, claim in _accepted(known.history, "done"):
        if claim != highest[job]:
            yield f"job {job}: claim {claim} was told that it completed, the last is {highest[job]}"


def fence(known: Facts) -> Iterator[str]:
    """I5: no accepted end of a claim that has also been rescued. Needs no timing."""
    for kind in ("done", "fail"):
        for job, claim in _accepted(known.history, kind):
            if (job, claim) in known.rescued:
                yield f"job {job}: claim {claim} was rescued, and its {kind} accepted"
    # What a worker could not end before it stopped is rescued, too, and not for a crash.
    crashed = {(step.job, step.claim) for step in known.history.steps if step.rescues}
    for step in known.history.steps:
        if step.ends and not step.rescues and (step.job, step.claim) in crashed:
            yield f"job {step.job}: claim {step.claim} was rescued, and ended in another way, too"


def claims_are_bounded(known: Facts) -> Iterator[str]:
    """I6: each claim is new, begins from ready, starts once; attempts are bounded, and used up by who is to blame."""
    for (job, claim), count in known.starts.items():
        if count > 1:
            yield f"job {job} was started {count} times under claim {claim}"
    begun = Counter((step.job, step.claim) for step in known.history.steps if step.begins)
    for (job, claim), count in begun.items():
        if count > 1:
            yield f"job {job}: the claim number {claim} was given {count} times"
    for step in known.history.steps:
        if step.begins and step.source is not State.READY:
            yield f"job {step.job}: claim {step.claim} was given while another held it"
    yield from _counts_are_bounded(known)
    yield from _blamed_in_company(known.history.steps)


def _counts_are_bounded(known: Facts) -> Iterator[str]:
    for row in known.history.rows:
        if row.attempt > row.max_attempts:
            yield f"job {row.job} used up {row.attempt} attempts of {row.max_attempts}"
        if row.crashes > contract.MAX_CRASHES:
            yield f"job {row.job} survived {row.crashes} crashes"
        event = known.asked.get(row.uid or "")
        if event and event["conduct"] in ALWAYS_DEAD and row.state not in (State.DEAD, State.CANCELLED):
            yield f"job {row.job}, which {event['conduct']}, ended {row.state.label}"


def _blamed_in_company(steps: list[Step]) -> Iterator[str]:
    """A crash among others uses up no attempt, and makes nothing dead."""
    together: dict[tuple[int, str | None], list[Step]] = defaultdict(list)
    for step in steps:
        if step.rescues:
            together[step.transaction, step.worker].append(step)
    for (_, worker), rescued in together.items():
        if len(rescued) > 1:
            for step in rescued:
                if step.attempt == 0 or step.target is State.DEAD:
                    yield f"job {step.job} paid for the death of {worker}, which held {len(rescued)} jobs"


def effects_are_counted(known: Facts) -> Iterator[str]:
    """I7: at least once, each under another claim that started; exactly once where they commit with the completion."""
    effects: dict[int, list[int]] = defaultdict(list)
    for mark in known.history.effects:
        effects[mark.job].append(mark.claim)
    for (job, claim), count in Counter((each.job, each.claim) for each in known.history.effects).items():
        if count > 1:
            yield f"job {job} had {count} effects under claim {claim}"
        if not known.starts[job, claim]:
            yield f"job {job} had an effect under claim {claim}, which never started"
    for row in known.history.rows:
        event, count = known.asked.get(row.uid or ""), len(effects[row.job])
        name = event["name"] if event else "once"  # what has no producer is a tick
        done = row.state is State.DONE
        if name in ("twice", "inline") and done and count == 0:
            yield f"job {row.job} is done, and had no effect"
        if name == "once" and count != done:
            yield f"job {row.job} is {row.state.label}, and had {count} effects where each commits with a completion"


def keys_keep_order(known: Facts) -> Iterator[str]:
    """I8: if x was acknowledged before y was invoked, y does not start before x' completion was at least asked for."""
    ends = _ends(known)
    first: dict[int, float] = {}
    for event in known.history.of("start"):
        first.setdefault(event["job"], event.at)
    keys: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for uid, answer in known.acknowledged.items():
        key = known.asked[uid]["key"]
        if key is not None:
            keys[key].append((answer.at, known.asked[uid].at, answer["job"]))
    for key, jobs in keys.items():
        jobs.sort()
        acknowledged = [at for at, _, _ in jobs]
        latest = list(accumulate((ends.get(job, 0.0) for _, _, job in jobs), max))
        for _, invoked, job in jobs:
            before = bisect_left(acknowledged, invoked)
            if before and job in first and first[job] < latest[before - 1]:
                early = latest[before - 1] - first[job]
                yield f"job {job} of {key!r} started {early:.3f} s before one that was before it had ended"
    yield from _statements_keep_order(known, ends, first)


def _statements_keep_order(known: Facts, ends: dict[int, float], first: dict[int, float]) -> Iterator[str]:
    """The same of those that were enqueued in one statement, in the order that they had there."""
    for uids in _batches(known).values():
        before: dict[str, int] = {}
        for uid in uids:
            key, answer = known.asked[uid]["key"], known.acknowledged.get(uid)
            if key is None or answer is None:
                continue
            if first.get(answer["job"], inf) < ends.get(before.get(key, 0), 0.0):
                yield f"job {answer['job']} of {key!r} started before {before[key]} of its statement had ended"
            before[key] = answer["job"]


def _ends(known: Facts) -> dict[int, float]:
    """The earliest moment at which each job may have ended: what its worker says lies before the commit."""
    asked: dict[Claim, float] = {}
    for event in known.history.of("done?"):
        for claim in held(event):
            asked.setdefault(claim, event.at)
    found = {job: asked[job, claims[-1]] for job, claims in known.ledger.items() if (job, claims[-1]) in asked}
    for step in known.history.steps:
        row = known.rows.get(step.job)
        if step.target is State.DEAD or (step.target is None and row and row.state is State.CANCELLED):
            found[step.job] = step.at
    return found


def ticks_come_once(known: Facts) -> Iterator[str]:
    """I9: each tick exactly once, and none is missing between the first and the last; they come each second."""
    ticks = Counter(step.tick for step in known.history.steps if step.tick is not None and step.source is None)
    for tick, count in ticks.items():
        if count > 1:
            yield f"the tick {tick:.0f} came {count} times"
    for earlier, later in pairwise(sorted(ticks)):
        if later - earlier > 1:
            yield f"{later - earlier - 1:.0f} ticks are missing after {earlier:.0f}"


def late(known: Facts, bounds: Bounds) -> Iterator[str]:
    """I10: all has ended soon after the last fault; what a dead worker held is taken in time."""
    history = known.history
    for name in ("drained", "ticked", "stopped"):
        since, until = (next((event.at for event in history.of(kind)), None) for kind in ("calm", name))
        if until is None or since is None:
            yield f"it was never {name}"
        elif until - since > bounds.drained:
            yield f"it was {name} {until - since:.1f} s after the last fault"
    watches = list(_watches(history))
    for step, dead in deaths(history):
        since = step.at - bounds.rescued
        if dead < since and any(begin < since and step.at < end for begin, end in watches):
            yield f"job {step.job} was rescued {step.at - dead:.1f} s after its worker had died"


def deaths(history: History) -> Iterator[tuple[Step, float]]:
    """The rescues of what dead workers held, and when those died."""
    process = {event["worker"]: event.process for event in history.of("up") if "worker" in event.data}
    died = {event["process"]: event.at for event in history.of("died")}
    for step in history.steps:
        dead = died.get(process.get(step.worker or "", ""), inf)
        if step.rescues and dead < step.at:
            yield step, dead


def _watches(history: History) -> Iterator[tuple[float, float]]:
    """From when to when a process beat without a pause: it had the time and the database to rescue what was there."""
    beats: dict[str, list[float]] = defaultdict(list)
    for event in history.of("beat"):
        beats[event.process].append(event.at)
    for times in beats.values():
        begin = times[0]
        for earlier, later in pairwise([*times, inf]):
            if later - earlier > SILENCE:
                yield begin, earlier + SILENCE
                begin = later


def idle(known: Facts, bounds: Bounds) -> Iterator[str]:
    """I11: a run in which too little happened shows nothing."""
    faults = Counter(event["name"] for event in known.history.of("fault"))
    for name, least in bounds.faults.items():
        if faults[name] < least:
            yield f"{name}: {faults[name]} times, {least} wanted"
    again = sum(step.begins and step.claim > 1 for step in known.history.steps)
    if again < bounds.again:
        yield f"only {again} jobs were started again, {bounds.again} wanted"
    hit = {event["point"] for event in known.history.of("failpoint")}
    for name in bounds.points:
        if name not in hit:
            yield f"no process stopped or died at {name}"


def _accepted(history: History, kind: str) -> Iterator[Claim]:
    for event in history.of(kind):
        yield from held(event)


RULES: Final[dict[str, Callable[[Facts], Iterator[str]]]] = {
    "I1": acknowledged_jobs_end,
    "I2": nothing_from_nowhere,
    "I3": done_once,
    "I4": last_claim_completes,
    "I5": fence,
    "I6": claims_are_bounded,
    "I7": effects_are_counted,
    "I8": keys_keep_order,
    "I9": ticks_come_once,
    "I12": cancelled_for_good,
    "I13": nothing_while_paused,
    "I14": completed_alone,
}
