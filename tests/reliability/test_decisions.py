"""The checker finds what goes against a decision, or a declaration: the good history, and what makes it a bad one."""

from seawall.jobs.states import State
from tests.reliability.good import begun, broken, enqueued, event, good, row, step
from tests.reliability.history import History, Row

READY, RUNNING, CANCELLED = State.READY, State.RUNNING, State.CANCELLED


def cancelled(source: State, told: State) -> History:
    """A job is told to be cancelled while it is in `source`, and then is."""
    history = good()
    history.events.extend(enqueued(1.0, "x", 6, name="inline"))
    history.events.append(event(2.0, "person", "cancel?", jobs=[6]))
    history.events.append(event(2.5, "person", "cancel", told=[(6, told.label)]))
    if source is RUNNING:
        history.steps.append(begun(1.5, 6, 1, "W1"))
    history.steps.append(step(2.4, 6, source, None, claim=1))
    history.rows.append(Row(6, "x", CANCELLED, 1, 1, 5))
    return history


def test_i12_what_is_cancelled_may_have_run() -> None:
    assert broken(cancelled(READY, CANCELLED)) == set()
    assert broken(cancelled(RUNNING, RUNNING)) == set()


def test_i12_a_cancelled_job_that_begins_again() -> None:
    history = cancelled(RUNNING, RUNNING)
    history.steps.insert(-1, begun(2.45, 6, 2, "W1"))
    assert broken(history) == set()  # before it was told
    history.steps[-2] = begun(2.7, 6, 2, "W1")
    assert broken(history) == {"I12"}


def test_i12_a_waiting_job_that_ran_all_the_same() -> None:
    assert broken(cancelled(RUNNING, CANCELLED)) == {"I12"}


def test_i12_a_cancelled_job_that_is_done() -> None:
    history = cancelled(READY, CANCELLED)
    row(history, 6, state=State.DEAD)
    assert broken(history) == {"I12"}


def test_i12_a_job_that_nobody_cancelled() -> None:
    history = cancelled(READY, CANCELLED)
    history.events[:] = [each for each in history.events if each.process != "person"]
    assert broken(history) == {"I12"}


def test_i12_what_would_always_fail_may_be_cancelled_before() -> None:
    history = cancelled(READY, CANCELLED)
    history.events.extend(enqueued(1.0, "x", 6, name="twice", conduct="always fails"))
    assert broken(history) == set()


def test_i13_a_job_that_begins_while_its_queue_or_its_name_is_paused() -> None:
    for name in ("queue default", "job once"):
        history = good()  # in which a job of that queue and name begins at 4.0
        history.events.append(event(3.5, "person", "paused", name=name))
        history.events.append(event(4.6, "person", "resume?", name=name))
        assert broken(history) == set()  # its claim may have been under way
        history.events[-2] = event(2.5, "person", "paused", name=name)
        assert broken(history) == {"I13"}
        history.events[-1] = event(3.9, "person", "resume?", name=name)
        assert broken(history) == set()


def test_i14_an_inline_job_that_is_completed_with_others() -> None:
    history = good()
    history.events.extend(enqueued(1.0, "x", 6, name="inline"))
    history.rows.append(Row(6, "x", State.DEAD, 1, 1, 5))
    history.events.append(event(4.7, "worker-1.1", "done?", held=[(6, 1)]))
    assert broken(history) == set()
    history.events[-1] = event(4.7, "worker-1.1", "done?", held=[(6, 1), (2, 1)])
    assert broken(history) == {"I14"}
