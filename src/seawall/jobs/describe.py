"""What an application says of its jobs, for tools that must not import it: `python -m seawall.jobs --describe`."""

import platform
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from itertools import islice
from typing import Final

from seawall import contract
from seawall.errors import SeawallError
from seawall.jobs import cron, meters
from seawall.jobs.daylight import skipped
from seawall.jobs.function import AnyJob
from seawall.jobs.jobs import Jobs
from seawall.jobs.setting import Setting, resolve
from seawall.jobs.timetable import CronDeclaration
from seawall.runtime import metrics

_FRAMEWORKS: Final = ("seawall", "asyncpg", "cronsim")
_TICKS: Final = 3


def describe(reference: str, jobs: Jobs, environ: Mapping[str, str], now: datetime) -> dict[str, object]:
    """One JSON document; `version` grows when a reader of the former could misread it. Starts and asks nothing.

    Of each cron job it tells the first three ticks after `now` (RFC 3339, UTC), and the times that the clocks skip.
    """
    meters.begin((), (), ())
    return {
        "version": contract.DESCRIBE_VERSION,
        "kind": "jobs",
        "reference": reference,
        "jobs": [_job(each) for each in jobs.functions.values()],
        "crons": [
            {
                "job": each.job.declared.name,
                "expression": _value(each.expression, environ),
                "timezone": _value(each.timezone, environ),
                "missed": each.missed,
                **_ticks(each, environ, now),
            }
            for each in jobs.crons
        ],
        "intervals": [{"name": each.name, "seconds": _value(each.seconds, environ)} for each in jobs.intervals],
        "checks": [{"name": each.name, "critical": each.critical, "timeout": each.timeout} for each in jobs.checks],
        "database": jobs.variable,
        "metrics": metrics.names(),
        "frameworks": {"python": platform.python_version(), **{name: version(name) for name in _FRAMEWORKS}},
    }


def _job(job: AnyJob) -> dict[str, object]:
    own = job.declared
    return {
        "name": own.name,
        "queue": own.queue,
        "priority": own.priority,
        "max_attempts": own.max_attempts,
        "timeout": own.timeout,
        "backoff": {"first": own.policy.backoff.first, "maximum": own.policy.backoff.maximum},
        "retry_on": [each.__qualname__ for each in own.policy.retry_on],
        "discard_on": [each.__qualname__ for each in own.policy.discard_on],
        "on_dead": "skip" if own.skip_dead else "block",
        "ack": own.ack,
        "arguments": job.parameters.describe(),
    }


def _ticks(declared: CronDeclaration, environ: Mapping[str, str], now: datetime) -> dict[str, object]:
    """Empty lists where the schedule cannot be read here; a worker says why."""
    try:
        schedule = cron.parse(resolve(declared.expression, environ), resolve(declared.timezone, environ))
    except SeawallError:
        return {"next": [], "skipped": []}
    ticks = islice(schedule.after(now), _TICKS)
    return {"next": [f"{tick:%Y-%m-%dT%H:%M:%SZ}" for tick in ticks], "skipped": skipped(schedule, now)}


def _value(value: str | float | Setting, environ: Mapping[str, str]) -> dict[str, object]:
    """A literal, or a setting with what it is now; null where it is not set."""
    if not isinstance(value, Setting):
        return {"value": str(value), "setting": None}
    try:
        return {"value": resolve(value, environ), "setting": value.name}
    except SeawallError:
        return {"value": None, "setting": value.name}
