"""Any sequence of what workers, people and time may do, on the store in memory: the rules of `states` and of the fence.

The store suite shows that PostgreSQL does the same.
"""

import uuid
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from seawall import contract
from seawall.jobs.states import HISTORY, LIVE, TRANSITIONS, State
from seawall.jobs.store import Claimed, Held, Incarnation, Message
from seawall.jobs.stores.memory import MemoryStore, Row

LEASE = 30.0
T = TypeVar("T")
# The last: a job that a person retries goes before those that it had let pass.
STEPS = {(step.source, step.target) for step in TRANSITIONS} | {(State.READY, State.BLOCKED)}
KEYS = st.sampled_from([None, "k", "l"])
PLACES = st.integers(0, 1)


def now(coroutine: Coroutine[Any, Any, T]) -> T:
    """What it returns: nothing in memory has to be waited for."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return cast("T", done.value)
    raise AssertionError("it waits")


class Queue(RuleBasedStateMachine):
    """The store under test, and what was seen of each job when it was last looked at."""

    jobs = Bundle("jobs")
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.time = datetime(2027, 1, 1, tzinfo=UTC)
        self.store = MemoryStore(lambda: self.time)
        self.seen: dict[int, tuple[State, int]] = {}
        self.given: set[tuple[int, int]] = set()
        self.ended: set[tuple[int, int]] = set()
        self.workers = [uuid.uuid4(), uuid.uuid4()]

    def worker(self, place: int) -> uuid.UUID:
        """Who works there now: where the last one is dead, another."""
        if not now(self.store.beat(self.workers[place])):
            self.workers[place] = uuid.uuid4()
            now(self.store.register(Incarnation(self.workers[place], LEASE, 4)))
        return self.workers[place]

    def passes(self, held: Held) -> bool:
        """What the fence is to say, by the row alone."""
        row = self.store.rows[held.id]
        return row.state is State.RUNNING and row.claim == held.claim

    def note(self, claimed: Claimed) -> Held:
        assert (claimed.id, claimed.claim) not in self.given, "a claim number was given twice"
        self.given.add((claimed.id, claimed.claim))
        row = self.store.rows[claimed.id]
        assert claimed.attempt <= claimed.max_attempts
        for other in self.of_key(row):
            assert other.state is not State.RUNNING or other is row, "two of one key run"
            assert other.id >= row.id or not other.blocks, "one that came earlier waits"
        return claimed.held

    def of_key(self, row: Row) -> list[Row]:
        key = row.message.key
        return [] if key is None else [each for each in self.store.rows.values() if each.message.key == key]

    def end(self, held: Held, accepted: bool, passes: bool) -> None:
        assert accepted == passes, "the fence"
        if accepted:
            assert (held.id, held.claim) not in self.ended, "a claim ended twice"
            self.ended.add((held.id, held.claim))

    # --- What may happen ---------------------------------------------------------------------------------------------

    @rule(target=jobs, number=st.integers(1, 3), key=KEYS, most=st.integers(1, 3), skip=st.booleans())
    def enqueue(self, number: int, key: str | None, most: int, skip: bool) -> Any:
        message = Message("q", "a", "{}", most, key=key, skip_dead=skip)
        return multiple(*now(self.store.enqueue([message] * number)))

    @rule(target=claims, place=PLACES)
    def claim(self, place: int) -> Any:
        return multiple(*(self.note(each) for each in now(self.store.claim(self.worker(place), "q", ["a"], 2))))

    @rule(target=claims, place=PLACES)
    def claim_a_suspect(self, place: int) -> Any:
        worker = self.worker(place)
        job = now(self.store.reserve(worker, ["q"], ["a"]))
        found = None if job is None else now(self.store.claim_reserved(worker, job))
        if found is None:
            return multiple()
        assert found.crashes >= contract.LONE_AFTER_CRASHES
        return self.note(found)

    @rule(held=claims)
    def complete(self, held: Held) -> None:
        row, passes = self.store.rows[held.id], self.passes(held)
        state = row.state
        told = now(self.store.complete([held]))
        assert bool(told) == (row.state is State.DONE and row.claim == held.claim)
        assert passes or row.state is state, "the fence"
        if passes:
            self.end(held, held.id in told, passes)

    @rule(held=claims, delay=st.sampled_from([None, 0.0, 5.0]))
    def fail(self, held: Held, delay: float | None) -> None:
        row = self.store.rows[held.id]
        last = row.attempt >= row.message.max_attempts
        passes = self.passes(held)
        self.end(held, now(self.store.fail(held, "it failed", None if last else delay)), passes)

    @rule(held=claims)
    def end_as_cancelled(self, held: Held) -> None:
        passes = self.passes(held)
        self.end(held, now(self.store.cancelled(held, None)), passes)

    @rule(held=claims)
    def put_back(self, held: Held) -> None:
        passes = self.passes(held)
        self.end(held, bool(now(self.store.put_back([held]))), passes)

    @rule(place=PLACES)
    def stop_in_order(self, place: int) -> None:
        now(self.store.release(self.workers[place]))
        now(self.store.leave(self.workers[place]))

    @rule(place=PLACES)
    def die(self, place: int) -> None:
        if alive := self.store.workers.get(self.workers[place]):
            alive.beat -= timedelta(seconds=LEASE + 1)
            self.rescue()

    @rule(seconds=st.sampled_from([1.0, 5.0, LEASE + 1]))
    def time_passes(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    @rule()
    def rescue(self) -> None:
        before = {row.id: (row.worker, row.attempt) for row in self.store.rows.values() if row.state is State.RUNNING}
        holders = [worker for worker, _ in before.values()]
        for each in now(self.store.rescue()):
            worker, attempt = before[each.id]
            assert worker not in self.store.workers, "its worker lives"
            if holders.count(worker) > 1:
                assert each.state is State.READY
                assert self.store.rows[each.id].attempt == attempt - 1, "it paid for its neighbour"
            assert (each.id, each.claim) not in self.ended
            self.ended.add((each.id, each.claim))

    @rule()
    def settle(self) -> None:
        now(self.store.settle())
        for row in self.store.rows.values():
            assert not (row.cancel_requested and row.state in (State.READY, State.BLOCKED))
            if row.state is State.BLOCKED:
                assert any(each.blocks and each is not row for each in self.of_key(row)), "it waits for nobody"

    @rule(job=jobs, what=st.sampled_from(["cancel", "retry", "discard"]))
    def a_person_decides(self, job: int, what: str) -> None:
        state = self.store.rows[job].state
        now(getattr(self.store.desk, what)([job]))
        if state in HISTORY:
            assert self.store.rows[job].state is state
        if what == "retry" and self.store.rows[job].state is not state:
            assert self.store.rows[job].attempt == 0

    # --- What holds all the time -------------------------------------------------------------------------------------

    @invariant()
    def steps_are_those_of_the_table(self) -> None:
        for row in self.store.rows.values():
            source, claim = self.seen.get(row.id, (None, 0))
            assert row.claim >= claim, "a claim number went back"
            if source is not row.state:
                assert (source, row.state) in STEPS or self.two_steps(source, row.state), (source, row.state)
            self.seen[row.id] = (row.state, row.claim)

    @staticmethod
    def two_steps(source: State | None, target: State) -> bool:
        """One rule may do two, as where the end of one job frees the next, or a rescued one was to be cancelled."""
        return any((source, between) in STEPS and (between, target) in STEPS for between in State)

    @invariant()
    def counts_are_bounded(self) -> None:
        for row in self.store.rows.values():
            assert 0 <= row.attempt <= row.message.max_attempts

            assert (row.state in LIVE) != (row.state in HISTORY)

    @invariant()
    def one_of_a_key_runs(self) -> None:
        running = [r.message.key for r in self.store.rows.values() if r.state is State.RUNNING and r.message.key]
        assert len(running) == len(set(running))


TestQueue = Queue.TestCase
TestQueue.settings = settings(
    max_examples=200,
    stateful_step_count=50,
    deadline=None,  # speed is not asserted
    suppress_health_check=[HealthCheck.too_slow],
)
