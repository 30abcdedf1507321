import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall import contract
from seawall.jobs.retry import Backoff, after_crash, after_failure


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
    assert after_failure(4, 5, Backoff(), 0.5) == 40
    assert after_failure(5, 5, Backoff(), 0.5) is None
    assert after_failure(1, 1, Backoff(), 0.5) is None


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
