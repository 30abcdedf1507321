"""What people do with jobs, for code: find and show them, retry, cancel and discard them, pause and resume, count.

`seawall jobs` does the same on the command line. Every function asks the store of the `Jobs` that it is given, and
raises `StoreUnavailable` where that cannot be used now.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Final
from uuid import UUID

from seawall.jobs.desk import Count, Filter, Kind, Pause, Record
from seawall.jobs.jobs import Jobs
from seawall.jobs.states import State

__all__ = [
    "Count",
    "Pause",
    "Record",
    "as_dict",
    "cancel",
    "discard",
    "find",
    "known",
    "pause",
    "paused",
    "resume",
    "retry",
    "show",
    "stats",
]

_RECENT: Final = 1000  # jobs whose names are known beside those of all live ones


async def find(  # noqa: PLR0913 - each is one thing to look for
    jobs: Jobs,
    *,
    states: Sequence[State] = (),
    queue: str | None = None,
    name: str | None = None,
    key: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Record]:
    """At most `limit` jobs, the newest first: those with all that is given, and with an id lower than `before`."""
    return await jobs.store().desk.find(Filter(states, queue, name, key, before, limit))


async def show(jobs: Jobs, job: int) -> Record | None:
    """One job by its id; None: there is none, or it has been forgotten."""
    return await jobs.store().desk.show(job)


async def stats(jobs: Jobs) -> list[Count]:
    """How many live jobs there are of each queue, name and state. Reads all of them."""
    return await jobs.store().desk.stats()


async def retry(jobs: Jobs, ids: Iterable[int]) -> set[int]:
    """Let dead jobs begin again with all their attempts, and have ready ones run now; returns the ids of those."""
    return await jobs.store().desk.retry(list(ids))


async def cancel(jobs: Jobs, ids: Iterable[int]) -> dict[int, State]:
    """Cancel jobs: each that waits is `CANCELLED` at once, each that is `RUNNING` is told to end. Others are left out.

    What runs ends where it awaits next; a function in a thread cannot be stopped. A job whose function returns all the
    same is done.
    """
    return await jobs.store().desk.cancel(list(ids))


async def discard(jobs: Jobs, ids: Iterable[int]) -> set[int]:
    """Give dead jobs up: they end as cancelled, with their last error, and free their keys. Returns their ids."""
    return await jobs.store().desk.discard(list(ids))


async def pause(jobs: Jobs, kind: Kind, name: str) -> bool:
    """Let no worker begin anything of a ``queue``, or of a ``job``; False: it was paused already.

    What runs goes on. Nobody checks the name: a queue may be paused before it has any job.
    """
    return await jobs.store().desk.pause(kind, name)


async def resume(jobs: Jobs, kind: Kind, name: str) -> bool:
    """Undo `pause`; False: it was not paused."""
    return await jobs.store().desk.resume(kind, name)


async def paused(jobs: Jobs) -> list[Pause]:
    """What is paused, in the order of names."""
    return await jobs.store().desk.paused()


async def known(jobs: Jobs, kind: Kind) -> set[str]:
    """The queues, or the names, of the jobs that are live, were finished lately, or are paused."""
    counts, recent = await stats(jobs), await find(jobs, limit=_RECENT)
    pairs = {(each.queue, each.name) for each in counts} | {(each.queue, each.name) for each in recent}
    names = {queue if kind == "queue" else name for queue, name in pairs}
    return names | {each.name for each in await paused(jobs) if each.kind == kind}


def as_dict(record: Record) -> dict[str, object]:
    """A job for JSON: its state by name, times as RFC 3339, its arguments as they were stored."""
    values = {field.name: _plain(getattr(record, field.name)) for field in fields(record)}
    arguments: Mapping[str, object] = json.loads(record.args)
    return {**values, "args": arguments}


def _plain(value: object) -> object:
    if isinstance(value, State):
        return value.label
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value
