"""What is sent on a connection that is not ours: one call of `seawall.enqueue` with one text, for every driver alike.

The function (``sql/migrations``) takes the jobs as JSON. So no driver's own way with arrays, intervals or time zones
matters, and jobs with keys need one round trip, too, also where each statement commits by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.jobs.store import Message

_MISSING: Final = frozenset({"3F000", "42883", "42P01"})  # SQLSTATE: no such schema, function, table


@dataclass(frozen=True, slots=True)
class Call:
    """The two arguments of `seawall.enqueue`: jobs as JSON, and the channel of the doorbell, or None for no ring."""

    messages: str
    channel: str | None


def call(messages: Sequence[Message], *, wake: bool) -> Call:
    """The call that adds `messages`, in their order."""
    # `args` stays a text within the text: PostgreSQL's json may hold an escaped zero byte, what it reads may not.
    rows = [
        {
            "queue": each.queue,
            "name": each.name,
            "args": each.args,
            "priority": each.priority,
            "key": each.key,
            "run_at": each.run_at,
            "delay": each.delay.total_seconds(),
            "max_attempts": each.max_attempts,
            "skip_dead": each.skip_dead,
            "release": each.release,
            "tick": each.tick,
            "traceparent": each.traceparent,
        }
        for each in messages
    ]
    return Call(orjson.dumps(rows).decode(), contract.JOBS_CHANNEL if wake else None)


def is_behind(error: Exception) -> bool:
    """Whether a driver's error says that the tables for jobs are not there."""
    cause = getattr(error, "orig", None) or error  # SQLAlchemy wraps the driver's
    return (getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)) in _MISSING


def behind() -> SeawallError:
    """SW509 for a database without the tables for jobs, or with those of an earlier release."""
    fix = f"python -m seawall.runtime.migrate {contract.JOBS_MIGRATIONS}"
    message = "the database has no tables for jobs, or those of an earlier release"
    return SeawallError(Problem("SW509", message, fix=fix))
