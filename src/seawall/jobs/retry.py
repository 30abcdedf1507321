"""What becomes of a job after a failed attempt or a crash. Pure: chance is passed in."""

from dataclasses import dataclass
from typing import Final

from seawall import contract

JITTER: Final = 0.5  # a delay is spread over this share of itself, so that jobs that failed together do not return so


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


def after_failure(attempt: int, max_attempts: int, backoff: Backoff, chance: float) -> float | None:
    """Seconds until the next attempt, or None: that was the last one, and the job is dead."""
    return None if attempt >= max_attempts else backoff.delay(attempt, chance)


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
