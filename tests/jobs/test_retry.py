from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall import contract
from seawall.jobs.retry import Backoff, Discard, Exceptions, Failure, Policy, Retry, after_crash, after_failure
from seawall.jobs.states import State


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (10, 2560), (11, 3600), (500, 3600)]
)
def test_the_wait_doubles_up_to_an_hour(attempt: int, seconds: float) -> None:
    assert Backoff().delay(attempt, 0.5) == seconds


@given(st.integers(1, 1000), st.floats(0, 1))
def test_chance_spreads_the_wait_by_a_quarter(attempt: int, chance: float) -> None:
    middle = Backoff().delay(attempt, 0.5)
    assert 0.75 * middle <= Backoff().delay(attempt, chance) <= 1.25 * middle


def test_the_last_attempt_is_followed_by_none() -> None:
    assert after(OSError(), attempt=4) == Failure(State.READY, 40)
    assert after(OSError(), attempt=5) == Failure(State.DEAD)
    assert after(Retry(after=1), attempt=5) == Failure(State.DEAD)


def after(error: BaseException, attempt: int = 1, **policy: Exceptions) -> Failure:
    return after_failure(error, attempt, 5, Policy(**policy), 0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(("seconds", "delay"), [(90, 90), (timedelta(minutes=2), 120), (None, 5), (0, 0), (-1, 0)])
def test_a_job_may_say_when_it_is_tried_again(seconds: float | timedelta | None, delay: float) -> None:
    assert after(Retry("busy", after=seconds), retry_on=()) == Failure(State.READY, delay)


def test_a_job_may_say_that_there_is_nothing_to_do_any_more() -> None:
    assert after(Discard("gone"), attempt=5) == Failure(State.CANCELLED)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ConnectionResetError(), State.READY),
        (FileNotFoundError(), State.CANCELLED),
        (PermissionError(), State.CANCELLED),
        (ValueError(), State.DEAD),
        (SystemExit(), State.DEAD),
    ],
)
def test_the_most_special_class_of_an_exception_decides(error: BaseException, state: State) -> None:
    assert after(error, retry_on=(ConnectionError,), discard_on=(OSError,)).state is state
    if state is State.DEAD:
        assert after(error).state is State.READY  # as nothing else is said


def test_an_exception_stands_in_one_of_the_two() -> None:
    with pytest.raises(ValueError, match="KeyError stands in retry_on and in discard_on"):
        Policy(retry_on=(KeyError,), discard_on=(ValueError, KeyError))


@given(st.lists(st.booleans(), min_size=3, max_size=50), st.integers(1, 20))
def test_a_job_dies_of_crashes_only_where_it_was_alone(alone: list[bool], max_attempts: int) -> None:
    attempt = crashes = 0
    for lonely in alone:
        attempt += 1  # it is started
        after = after_crash(attempt, max_attempts, crashes, alone=lonely)
        attempt, crashes = after.attempt, after.crashes
        assert lonely or not after.dead
        assert after.dead == (lonely and (crashes >= contract.MAX_CRASHES or attempt >= max_attempts))
        if after.dead:
            break
        assert attempt < max_attempts
