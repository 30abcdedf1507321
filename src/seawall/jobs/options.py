"""What is said of a job beside its function: once where it is declared, and of each enqueue. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from seawall import contract
from seawall.jobs.connections import AnyConnection
from seawall.jobs.retry import Policy

Ack = Literal["batched", "inline"]

PRIORITIES: Final = range(-(2**15), 2**15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is declared. `timeout` is in seconds; None: no limit."""

    name: str
    queue: str = contract.DEFAULT_QUEUE
    priority: int = 0
    max_attempts: int = contract.MAX_ATTEMPTS
    timeout: float | None = contract.WORKER_DRAIN_SECONDS
    policy: Policy = field(default_factory=Policy)
    skip_dead: bool = False
    ack: Ack = "batched"

    def __post_init__(self) -> None:
        if not 1 <= self.max_attempts < PRIORITIES.stop:
            raise ValueError(f"job {self.name!r}: max_attempts must be at least 1, saw {self.max_attempts}")
        if self.timeout is not None and self.timeout <= 0:
            raise ValueError(f"job {self.name!r}: timeout must be more than 0 seconds, saw {self.timeout}")
        if self.priority not in PRIORITIES:
            raise ValueError(f"job {self.name!r}: priority must be from {PRIORITIES.start} to {PRIORITIES.stop - 1}")
        if self.ack not in get_args(Ack):
            raise ValueError(f"job {self.name!r}: ack must be one of {', '.join(get_args(Ack))}, saw {self.ack!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What a caller says of an enqueue; see `JobFunction.options`. A `delay` in seconds becomes a timedelta.

    Raises:
        ValueError: both a delay and a time, a time without a zone, a priority out of range, or a key that PostgreSQL
            cannot hold.
    """

    connection: AnyConnection | None = None
    delay: float | timedelta | None = None
    run_at: datetime | None = None
    priority: int | None = None
    key: str | None = None
    wake: bool = True

    def __post_init__(self) -> None:
        if self.delay is not None and self.run_at is not None:
            raise ValueError("delay and run_at exclude each other")
        if self.run_at is not None and self.run_at.tzinfo is None:
            raise ValueError("run_at needs a time zone, such as datetime.now(UTC)")
        if self.priority is not None and self.priority not in PRIORITIES:
            raise ValueError(f"priority must be from {PRIORITIES.start} to {PRIORITIES.stop - 1}")
        if self.key is not None:
            _check_key(self.key)

    @property
    def wait(self) -> timedelta:
        """The delay."""
        return self.delay if isinstance(self.delay, timedelta) else timedelta(seconds=self.delay or 0)


def _check_key(key: str) -> None:
    """Refuse what PostgreSQL's text, or its index, does not hold. A key is often data of users."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise ValueError("key must be text that UTF-8 can hold, without half of a surrogate pair") from None
    if "\0" in key:
        raise ValueError("key must not hold a zero byte")
    if size > contract.KEY_LIMIT_BYTES:
        raise ValueError(f"key must be at most {contract.KEY_LIMIT_BYTES} bytes, saw {size}; a hash of it would do")
