"""Bugs that the checker must find, put into the engine of a worker process from outside.

A checker that finds nothing may check nothing. Each mutant takes away one thing that the engine's promises stand on.
"""

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast
from uuid import UUID

from seawall.jobs.cron import Due
from seawall.jobs.store import Claimed, Held, LeaseLost, Message, Ticked
from seawall.jobs.stores.postgres import PostgresStore
from seawall.jobs.stores.queries import QUERIES
from seawall.jobs.stores.sender import Sender
from tests.reliability.recorded import RecordedStore, failpoints

if TYPE_CHECKING:
    from asyncpg import Connection

CLAIMS: Final = ("claim", "claim_from")
Patch = type[RecordedStore] | Callable[[], None]


def rewrite(name: str, *changes: tuple[str, str]) -> None:
    """Change a statement, in all its forms. A mutant that does not fit the engine any more fails."""
    forms = [each for each in QUERIES if re.fullmatch(rf"{name}(_\d)?", each)]
    for form in forms:
        text = QUERIES[form]
        for old, new in changes:
            if old not in text:
                raise LookupError(f"the statement {form} has no {old!r}")
            text = text.replace(old, new)
        cast("dict[str, str]", QUERIES)[form] = text
    if not forms:
        raise LookupError(f"there is no statement {name}")


# --- The fence -------------------------------------------------------------------------------------------------------


def no_fence() -> None:
    rewrite("finish", ("j.claim = ($2::bigint[])[array_position($1::bigint[], j.id)]", "$2::bigint[] is not null"))
    rewrite("fail", (" and claim = $2", " and $2::bigint is not null"))


def claim_number_is_reused() -> None:
    rewrite("release", ("attempt = attempt - 1", "attempt = attempt - 1, claim = claim - 1"))


def no_row_lock() -> None:
    for name in CLAIMS:
        rewrite(name, ("for update skip locked", ""))


# --- Nothing lost, nothing without an end ----------------------------------------------------------------------------


class GoneOnClaim(RecordedStore):
    """A job leaves the queue as it is handed out, as it does where a list is the queue."""

    async def claim(
        self, worker: UUID, queue: str, names: Sequence[str], limit: int, *, anew: bool = True
    ) -> list[Claimed]:
        claimed = await super().claim(worker, queue, names, limit, anew=anew)
        await PostgresStore.complete(self, [each.held for each in claimed])
        return claimed


class NoMaximum(RecordedStore):
    """A failed job is tried again for ever."""

    async def fail(self, held: Held, error: str, delay: float | None) -> bool:
        return await super().fail(held, error, 0.1 if delay is None else delay)


class HistoryLater(RecordedStore):
    """A job leaves the queue in one transaction, and is written down as done in another."""

    async def complete(self, held: Sequence[Held]) -> set[int]:
        async with self._access.use() as connection:
            gone = await connection.fetch(_TAKE_OUT, [each.id for each in held], [each.claim for each in held])
            failpoints.pass_by("between_tx")
            await connection.execute(_PUT_BACK, [row["job"] for row in gone])
        return await super().complete(held)


_TAKE_OUT: Final = """
    delete from seawall.jobs j using unnest($1::bigint[], $2::bigint[]) as h (id, claim)
    where j.id = h.id and j.claim = h.claim and j.state + 0 = 1 returning to_json(j)::text as job
"""
_PUT_BACK: Final = """
    insert into seawall.jobs overriding system value
    select j.* from unnest($1::text[]) as t (job), json_populate_record(null::seawall.jobs, t.job::json) j
"""


def poison_takes_its_neighbours() -> None:
    rewrite("rescue", ("= 1 as alone", ">= 1 as alone"))


class DoneBeforeItRuns(RecordedStore):
    """What asks to be completed for itself is so as it is handed out."""

    async def claim(
        self, worker: UUID, queue: str, names: Sequence[str], limit: int, *, anew: bool = True
    ) -> list[Claimed]:
        claimed = await super().claim(worker, queue, names, limit, anew=anew)
        await PostgresStore.complete(self, [each.held for each in claimed if each.name == "inline"])
        return claimed


def many_in_parts() -> None:
    """Many jobs of one enqueue are sent in two statements."""
    whole = Sender.insert

    async def insert(self: Sender, connection: "Connection", messages: Sequence[Message], *, ring: bool) -> list[int]:
        if len(messages) < 2:
            return await whole(self, connection, messages, ring=ring)
        first = await whole(self, connection, messages[:1], ring=ring)
        failpoints.pass_by("between_tx")
        return first + await whole(self, connection, messages[1:], ring=ring)

    Sender.insert = insert  # type: ignore[method-assign]


# --- What people decide ----------------------------------------------------------------------------------------------


def request_is_forgotten() -> None:
    """Whoever asks for the end of a job that runs is told that it will end, and nobody notes it."""
    rewrite("request_cancel", ("cancel_requested = true", "cancel_requested = false"))


def cancel_without_lock() -> None:
    rewrite("lock_jobs", ("skip_dead from", "skip_dead, pg_sleep(0.3) from"), (" for update", ""))


def pause_is_ignored() -> None:
    for name in CLAIMS:
        rewrite(
            name, ("p.kind = 'job'", "false and p.kind = 'job'"), ("p.kind = 'queue'", "false and p.kind = 'queue'")
        )


# --- One transaction -------------------------------------------------------------------------------------------------


class Apart(RecordedStore):
    """The handler's transaction commits first, and the completion follows in one of its own."""

    @asynccontextmanager
    async def completing(self, held: Held, committed: Callable[[], None]) -> "AsyncGenerator[Connection, None]":
        async with self._access.use() as connection:
            async with connection.transaction():
                yield connection
            failpoints.pass_by("between_tx")
        if not await self.complete([held]):
            raise LeaseLost(held.id, held.claim)
        committed()


class AckFirst(RecordedStore):
    """The completion commits first, and what the handler wrote follows."""

    @asynccontextmanager
    async def completing(self, held: Held, committed: Callable[[], None]) -> "AsyncGenerator[Connection, None]":
        async with self._access.use() as connection, connection.transaction():
            yield connection
            if not await self.complete([held]):
                raise LeaseLost(held.id, held.claim)
            failpoints.pass_by("between_tx")
        committed()


# --- Order within a key ----------------------------------------------------------------------------------------------

_LIVE_BEFORE: Final = "where a.key = j.key and a.id < j.id and"


def no_key_order() -> None:
    for name in CLAIMS:
        rewrite(name, (_LIVE_BEFORE, "where false and a.key = j.key and"))
    rewrite("unblock", ("where a.key = k", "where false and a.key = k"))


def no_key_order_on_rescue() -> None:
    for name in CLAIMS:
        rewrite(name, (_LIVE_BEFORE, f"{_LIVE_BEFORE} a.crashes = 0 and"))
    rewrite("unblock", ("where a.key = k", "where a.crashes = 0 and a.key = k"))


# --- Cron ------------------------------------------------------------------------------------------------------------


def ticks_are_not_unique() -> None:
    rewrite("lock_cron", (" for update skip locked", ""))
    rewrite("known_ticks", ("where name = $1", "where false and name = $1"))


class NoCatchUp(RecordedStore):
    """What was due while no scheduler was there is forgotten."""

    async def tick(
        self,
        name: str,
        declaration: str,
        decide: Callable[[datetime, datetime], Due],
        message: Callable[[datetime], Message],
    ) -> Ticked:
        def recent(last: datetime, now: datetime) -> Due:
            due = decide(last, now)
            return replace(due, ticks=tuple(tick for tick in due.ticks if (now - tick).total_seconds() < 1))

        return await super().tick(name, declaration, recent, message)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A bug: a store with it, or what changes the statements; `caught_by` names the rules of which one must find it.

    `faults` are those that bring it out, `failpoints` a probability (at all, or only at `failpoint`), `slow` the share
    of jobs that run past the lease.
    `schema` is run where a constraint of the tables would hide the bug.
    """

    patch: Patch
    caught_by: tuple[str, ...]
    faults: dict[str, int]
    schema: str = ""
    seconds: float = 5.0  # of a round
    failpoints: float = 0.015
    failpoint: str = ""
    slow: float = 0.01
    people: int = 0
    rate: float = 55.0  # low where a backlog would hide the bug: a rescued job must run at once


_CRASHES: Final = {"kill a worker": 5, "stop a worker": 4}
_ENDS: Final = {"end a worker": 6}
_TICKS_ANEW: Final = "alter table seawall.cron_ticks drop constraint cron_ticks_pkey"

MUTANTS: Final = {
    "no fence": Mutant(
        no_fence, ("I5",), {}, seconds=12.0, failpoints=0.04, failpoint="before_complete", slow=0.6, rate=5.0
    ),
    "delete on claim": Mutant(GoneOnClaim, ("I1", "I7"), _CRASHES),
    "no maximum of attempts": Mutant(NoMaximum, ("I6",), _ENDS),
    "cron without a unique tick": Mutant(ticks_are_not_unique, ("I9",), {"latency": 2}, _TICKS_ANEW),
    "cron without catch-up": Mutant(NoCatchUp, ("I9",), {"all schedulers down": 1}),
    "no row lock": Mutant(no_row_lock, ("I6",), {"latency": 2}),
    "no order in a key": Mutant(no_key_order, ("I8",), _ENDS, seconds=10.0),
    "completed before the commit": Mutant(AckFirst, ("I7",), _CRASHES),
    "history in another transaction": Mutant(HistoryLater, ("I1", "I3", "I7"), _CRASHES),
    "completed after the commit": Mutant(Apart, ("I7",), _CRASHES),
    "a claim number used again": Mutant(claim_number_is_reused, ("I6",), _ENDS),
    "poison takes its neighbours": Mutant(poison_takes_its_neighbours, ("I6",), {"kill a worker": 8}),
    "an inline job completed before it runs": Mutant(DoneBeforeItRuns, ("I7",), _CRASHES),
    "many enqueued in parts": Mutant(many_in_parts, ("I1",), {}, failpoints=0.05),
    "a cancellation forgotten": Mutant(request_is_forgotten, ("I12",), _ENDS, seconds=8.0, people=1),
    "a cancellation without a lock": Mutant(cancel_without_lock, ("I12",), {}, seconds=8.0, slow=0.1, people=1),
    "a pause ignored": Mutant(pause_is_ignored, ("I13",), {}, seconds=8.0, people=1),
    "no order in a key after a rescue": Mutant(
        no_key_order_on_rescue, ("I8",), {"kill a worker": 5}, seconds=10.0, failpoints=0.0, slow=0.4, rate=5.0
    ),
}


def store(name: str) -> type[RecordedStore]:
    """The store that a worker process gets, after what else it changes; no name: the engine as it is."""
    if not name:
        return RecordedStore
    patch = MUTANTS[name].patch
    if isinstance(patch, type):
        return patch
    patch()
    return RecordedStore
