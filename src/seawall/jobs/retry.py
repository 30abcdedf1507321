"""What becomes of a job after a failed attempt or a crash. Pure: chance is passed in."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from seawall import contract
from seawall.jobs.states import State

JITTER: Final = 0.5  # a delay is spread over this share of itself, so that jobs that failed together do not return so

Exceptions = tuple[type[BaseException], ...]


class Retry(Exception):  # noqa: N818 - what a function asks for by raising it
    """Raised in a job: this attempt has failed; the next comes `after` so many seconds (None: after the backoff)."""

    def __init__(self, reason: str = "", *, after: float | timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after.total_seconds() if isinstance(after, timedelta) else after


class Discard(Exception):  # noqa: N818 - what a function asks for by raising it
    """Raised in a job: there is nothing to do any more.

    It ends as cancelled, with the reason, and is not tried again.
    """


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before the next attempt: `first` seconds after the first failure, then twice as long each time.

    The wait is at most `maximum` seconds, and spread by a quarter to both sides.
    """

    first: float = 5.0
    maximum: float = 3600.0

    def delay(self, attempt: int, chance: float) -> float:
        """Seconds to wait after the failure of `attempt` (from 1); `chance` is a number from 0 to 1."""
        doublings = min(attempt - 1, 64)  # beyond that the maximum decides, and floats would overflow
        whole = min(self.first * 2.0**doublings, self.maximum)
        return whole * (1 - JITTER / 2 + JITTER * chance)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a job declares about its failures: after which exceptions it is tried again, after which it is discarded.

    After any other it is dead at once. Of two that fit an exception the more special one counts.

    Raises:
        ValueError: an exception that stands in both.
    """

    backoff: Backoff = field(default_factory=Backoff)
    retry_on: Exceptions = (BaseException,)
    discard_on: Exceptions = ()

    def __post_init__(self) -> None:
        if both := set(self.retry_on) & set(self.discard_on):
            raise ValueError(f"{min(each.__name__ for each in both)} stands in retry_on and in discard_on")

    def state(self, error: BaseException) -> State:
        """What the job is after `error`, as long as it has attempts left."""
        if isinstance(error, Retry | Discard):
            return State.READY if isinstance(error, Retry) else State.CANCELLED
        for cls in type(error).__mro__:
            if cls in self.discard_on:
                return State.CANCELLED
            if cls in self.retry_on:
                return State.READY
        return State.DEAD


@dataclass(frozen=True, slots=True)
class Failure:
    """What an exception makes of a job: ready again after `delay` seconds, dead, or cancelled."""

    state: State
    delay: float = 0.0


def after_failure(error: BaseException, attempt: int, max_attempts: int, policy: Policy, chance: float) -> Failure:
    """What a job is after its `attempt` (from 1) has raised `error`; `chance` is a number from 0 to 1."""
    state = policy.state(error)
    if state is not State.READY:
        return Failure(state)
    if attempt >= max_attempts:
        return Failure(State.DEAD)
    after = error.after if isinstance(error, Retry) else None
    return Failure(State.READY, policy.backoff.delay(attempt, chance) if after is None else max(0.0, after))


@dataclass(frozen=True, slots=True)
class Crash:
    """What a crash of its worker makes of a job: whether it is dead, and its counts from now on."""

    dead: bool
    attempt: int
    crashes: int


def after_crash(attempt: int, max_attempts: int, crashes: int, *, alone: bool) -> Crash:
    """What a job is after its worker died. `alone`: the worker held nothing else, so this job is suspected.

    In company the attempt is given back, because any of the jobs may be the one to blame.
    """
    crashes += 1
    if not alone:
        return Crash(dead=False, attempt=attempt - 1, crashes=crashes)
    return Crash(dead=crashes >= contract.MAX_CRASHES or attempt >= max_attempts, attempt=attempt, crashes=crashes)
