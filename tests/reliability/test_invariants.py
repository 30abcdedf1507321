"""The checker finds what it is for: a good history by hand, and for each rule what makes it a bad one."""

from dataclasses import replace

import pytest

from seawall.jobs.states import State
from tests.reliability.good import (
    BLOCKED,
    BOUNDS,
    CANCELLED,
    DEAD,
    DONE,
    READY,
    RUNNING,
    begun,
    broken,
    enqueued,
    event,
    good,
    row,
    started,
    step,
    without,
)
from tests.reliability.history import Mark, Row
from tests.reliability.invariants import check


def test_a_good_history_holds() -> None:
    assert check(good(), BOUNDS) == []


def test_i1_an_acknowledged_job_that_is_lost() -> None:
    history = good()
    history.rows[:] = history.rows[1:]
    assert "I1" in broken(history)


@pytest.mark.parametrize("state", [READY, RUNNING, BLOCKED])
def test_i1_an_acknowledged_job_that_has_not_ended(state: State) -> None:
    history = good()
    row(history, 3, state=state)
    assert "I1" in broken(history)


def test_i1_an_enqueue_in_doubt_that_came_twice() -> None:
    history = good()
    once = [Row(7, "e", DEAD, 1, 1, 1)]
    history.rows.extend(once)
    assert "I1" not in broken(history)
    history.rows.extend([Row(8, "e", DEAD, 1, 1, 1)])
    assert "I1" in broken(history)


def test_i1_a_job_that_was_rolled_back() -> None:
    history = good()
    history.rows.append(Row(9, "d", DEAD, 1, 1, 1))
    assert broken(history) == {"I1"}


def test_i1_a_job_that_was_acknowledged_as_another() -> None:
    history = good()
    without(history, "enq!", uid="c")
    history.events.append(event(1.5, "producer", "enq!", uid="c", job=2))
    assert broken(history) == {"I1"}


def test_i1_a_part_of_what_was_enqueued_in_one_statement() -> None:
    history = good()
    for uid, job in (("x", 6), ("y", 7)):
        history.events.extend(enqueued(1.8, uid, job, name="twice", how="many", batch="x"))
        history.rows.append(Row(job, uid, DEAD, 1, 1, 1))
    assert broken(history) == set()
    history.rows.pop()
    without(history, "enq!", uid="y")
    assert broken(history) == {"I1"}


def test_i1_a_job_without_what_its_transaction_wrote() -> None:
    history = good()
    history.orders.clear()
    assert broken(history) == {"I1"}


def test_i2_a_row_from_nowhere() -> None:
    history = good()
    history.rows.append(Row(6, "x", DEAD, 1, 1, 1))
    assert broken(history) == {"I2"}


def test_i2_a_start_from_nowhere() -> None:
    history = good()
    history.events.append(started(5, 6, 1))
    assert broken(history) == {"I2"}


def test_i2_an_effect_from_nowhere() -> None:
    history = good()
    history.effects.append(Mark(6, 1))
    assert "I2" in broken(history)


def test_i3_done_without_a_row_in_the_ledger_or_with_two() -> None:
    history = good()
    history.ledger.remove(Mark(2, 1))
    assert broken(history) == {"I3"}
    history.ledger.extend([Mark(2, 1), Mark(2, 1)])
    assert broken(history) == {"I3"}


def test_i3_dead_with_a_row_in_the_ledger() -> None:
    history = good()
    history.ledger.append(Mark(3, 1))
    assert broken(history) == {"I3"}


def test_i4_a_claim_completes_that_is_not_the_last() -> None:
    history = good()
    history.ledger[0] = Mark(1, 1)
    assert "I4" in broken(history)


def test_i4_a_claim_is_told_that_it_completed_and_is_not_the_last() -> None:
    history = good()
    history.events.append(event(5, "worker-0.1", "done", held=[(1, 1)]))
    assert {"I4", "I5"} <= broken(history)


@pytest.mark.parametrize("kind", ["done", "fail"])
def test_i5_the_end_of_a_rescued_claim_is_accepted(kind: str) -> None:
    history = good()
    history.events.append(event(5, "worker-0.1", kind, held=[(1, 1)]))
    assert "I5" in broken(history)


def test_i5_a_rescued_claim_is_released() -> None:
    history = good()
    history.steps.append(step(4.1, 1, RUNNING, READY, claim=1, attempt=-1, worker="W0"))
    assert broken(history) == {"I5"}


def test_i5_says_nothing_of_what_a_stopped_worker_could_not_end() -> None:
    history = good()
    history.steps[4] = replace(history.steps[4], attempt=-1, crashes=0)
    assert broken(history) == set()


def test_i6_a_claim_that_starts_twice() -> None:
    history = good()
    history.events.append(started(4.9, 2, 1))
    assert broken(history) == {"I6"}


def test_i6_a_claim_number_that_is_given_twice() -> None:
    history = good()
    history.steps.append(begun(4.9, 2, 1, "W0"))
    assert broken(history) == {"I6"}


def test_i6_a_claim_of_what_another_holds() -> None:
    history = good()
    history.steps.insert(5, begun(3.0, 1, 2, "W1", source=RUNNING))
    assert "I6" in broken(history)


def test_i6_more_attempts_than_allowed() -> None:
    history = good()
    row(history, 3, attempt=2)
    assert broken(history) == {"I6"}


def test_i6_more_crashes_than_allowed() -> None:
    history = good()
    row(history, 1, crashes=4)
    assert broken(history) == {"I6"}


def test_i6_a_job_that_always_fails_and_is_done() -> None:
    history = good()
    row(history, 3, state=DONE)
    history.ledger.append(Mark(3, 1))
    assert "I6" in broken(history)


@pytest.mark.parametrize(("target", "attempt"), [(DEAD, 0), (READY, 0), (DEAD, -1)])
def test_i6_a_job_that_pays_for_its_neighbour(target: State, attempt: int) -> None:
    history = good()
    together = [step(3.9, job, RUNNING, READY, claim=5, attempt=-1, crashes=1, worker="W9") for job in (2, 3)]
    history.steps.extend(together)
    assert broken(history) == set()
    history.steps[-1] = replace(together[-1], target=target, attempt=attempt)
    assert "I6" in broken(history)


def test_i7_done_without_an_effect() -> None:
    history = good()
    history.effects.remove(Mark(2, 1))
    assert broken(history) == {"I7"}


def test_i7_an_inline_job_that_is_done_without_an_effect() -> None:
    history = good()
    history.events[:] = [
        replace(each, data={**each.data, "name": "inline"}) if each.data.get("uid") == "b" else each
        for each in history.events
    ]
    assert broken(history) == set()
    history.effects.remove(Mark(2, 1))
    assert broken(history) == {"I7"}


def test_i7_two_effects_under_two_claims_only_where_they_are_allowed() -> None:
    history = good()
    history.events.append(started(4.4, 1, 1))
    history.events[:] = [each for each in history.events if each.kind != "start" or each["job"] != 1]
    history.events.extend([started(2.0, 1, 1), started(4.1, 1, 2)])
    history.effects.append(Mark(1, 1))
    assert broken(history) == {"I7"}  # it commits with the completion
    history.events[:] = [
        replace(each, data={**each.data, "name": "twice"}) if each.kind == "enq?" else each for each in history.events
    ]
    assert broken(history) == set()  # at least once


def test_i7_two_effects_under_one_claim() -> None:
    history = good()
    history.effects.append(Mark(2, 1))
    assert broken(history) == {"I7"}


def test_i7_an_effect_of_what_is_not_done() -> None:
    history = good()
    row(history, 1, state=DEAD)
    history.ledger.remove(Mark(1, 2))
    assert "I7" in broken(history)


def test_i7_an_effect_under_a_claim_that_never_started() -> None:
    history = good()
    without(history, "start", job=2)
    assert broken(history) == {"I7"}


def test_i8_a_job_that_starts_before_its_predecessor_asks_for_its_completion() -> None:
    history = good()
    without(history, "start", job=2)
    history.events.append(started(4.19, 2, 1))
    assert broken(history) == {"I8"}


def test_i8_says_nothing_of_jobs_that_were_enqueued_at_the_same_time() -> None:
    history = good()
    without(history, "start", job=2)
    history.events.append(started(4.19, 2, 1))
    without(history, "enq!", uid="a")
    history.events.append(event(1.25, "producer", "enq!", uid="a", job=1))
    assert broken(history) == set()


def test_i8_a_dead_predecessor_frees_its_key_only_when_it_is_dead() -> None:
    history = good()
    history.events.extend(enqueued(1.0, "x", 6, name="twice", key="dead"))
    history.events.extend(enqueued(1.2, "y", 7, name="twice", key="dead"))
    history.events.extend([started(1.5, 6, 1), started(2.0, 7, 1)])
    history.steps.extend([begun(1.4, 6, 1, "W1"), step(1.6, 6, RUNNING, DEAD, claim=1), begun(1.9, 7, 1, "W1")])
    history.rows.extend([Row(6, "x", DEAD, 1, 1, 1, key="dead"), Row(7, "y", DEAD, 1, 1, 1, key="dead")])
    assert broken(history) == set()
    history.steps[-2] = replace(history.steps[-2], at=2.1)
    assert broken(history) == {"I8"}


def test_i8_what_was_enqueued_in_one_statement_keeps_the_order_that_it_had_there() -> None:
    history = good()
    for uid, job, at in (("x", 6, 2.0), ("y", 7, 3.0)):
        history.events.extend(enqueued(1.8, uid, job, name="twice", key="many", how="many", batch="x"))
        history.events.append(started(at, job, 1))
        history.steps.extend([begun(at, job, 1, "W1"), step(at + 0.5, job, RUNNING, DEAD, claim=1)])
        history.rows.append(Row(job, uid, DEAD, 1, 1, 1, key="many"))
    assert broken(history) == set()
    history.events[-1] = started(2.4, 7, 1)
    assert broken(history) == {"I8"}


def test_i8_a_cancelled_predecessor_frees_its_key_only_when_it_is_cancelled() -> None:
    history = good()
    history.events.extend(enqueued(1.0, "x", 6, name="twice", key="gone"))
    history.events.extend(enqueued(1.2, "y", 7, name="twice", key="gone"))
    history.events.extend([event(1.3, "person", "cancel?", jobs=[6]), event(1.9, "person", "cancel", told=[])])
    history.events.append(started(2.0, 7, 1))
    history.steps.extend([step(1.8, 6, READY, None), begun(1.9, 7, 1, "W1"), step(2.1, 7, RUNNING, DEAD, claim=1)])
    history.rows.extend([Row(6, "x", CANCELLED, 0, 0, 1, key="gone"), Row(7, "y", DEAD, 1, 1, 1, key="gone")])
    assert broken(history) == set()
    history.steps[-3] = step(2.05, 6, READY, None)
    assert broken(history) == {"I8"}


def test_i9_a_tick_that_comes_twice() -> None:
    history = good()
    history.steps.append(step(6.5, 5, None, READY, tick=101.0))
    assert broken(history) == {"I9"}


def test_i9_a_tick_that_is_missing() -> None:
    history = good()
    history.steps[:] = [replace(each, tick=102.0) if each.tick == 101.0 else each for each in history.steps]
    assert broken(history) == {"I9"}


@pytest.mark.parametrize("kind", ["drained", "ticked", "stopped"])
def test_i10_what_does_not_come_to_its_end_or_too_late(kind: str) -> None:
    history = good()
    without(history, kind)
    assert broken(history) == {"I10"}
    history.events.append(event(7 + BOUNDS.drained + 1, "nemesis", kind))
    assert broken(history) == {"I10"}


def test_i10_a_rescue_that_comes_late_although_somebody_was_there() -> None:
    history = good()
    without(history, "died")
    history.events.append(event(0.5, "nemesis", "died", process="worker-0.1", status=-9))
    beats = [event(at, "worker-1.1", "beat") for at in (0.4, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)]
    history.events.extend(each for each in beats if not 1.2 < each.at < 2.2)
    history.events.extend(event(each.at, "worker-2.1", "beat") for each in beats if each.at < 2)
    assert broken(history) == set()  # each was away for a while
    history.events.extend(each for each in beats if 1.2 < each.at < 2.2)
    history.events.sort(key=lambda each: each.at)
    assert broken(history) == {"I10"}


@pytest.mark.parametrize("kind", ["fault", "failpoint"])
def test_i11_a_run_in_which_nothing_was_done(kind: str) -> None:
    history = good()
    without(history, kind)
    assert broken(history) == {"I11"}


def test_i11_a_run_in_which_nothing_ran_again() -> None:
    history = good()
    history.steps[:] = [replace(each, claim=1) if each.claim == 2 else each for each in history.steps]
    assert "I11" in broken(history)
