from pathlib import Path

from seawall.jobs import states
from seawall.jobs.states import HISTORY, LIVE, TRANSITIONS, State

GUIDE = Path(__file__).parents[2] / "docs" / "jobs.md"


def test_every_state_can_be_entered_and_only_the_last_ones_cannot_be_left() -> None:
    entered = {step.target for step in TRANSITIONS}
    left = {step.source for step in TRANSITIONS}
    assert entered == set(State)
    assert set(State) - left == set(HISTORY)
    assert set(LIVE) == set(State) - set(HISTORY)


def test_only_what_runs_is_finished_and_only_what_is_ready_is_claimed() -> None:
    for step in TRANSITIONS:
        if step.event in {"complete", "fail", "exhaust", "release", "rescue"}:
            assert step.source is State.RUNNING
        if step.target is State.RUNNING:
            assert (step.event, step.source) == ("claim", State.READY)


def test_the_guide_shows_the_table_as_it_is() -> None:
    assert states.table() in GUIDE.read_text()
