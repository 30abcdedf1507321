"""Brings a database to the state that the code needs.

One migrator at a time; each file in a transaction of its own, so that nothing stays of a file that fails; a file that
was applied is never changed. Whatever can be found wrong beforehand is found before anything runs.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from seawall import contract
from seawall.errors import Place, Problem, SeawallError, raise_all
from seawall.runtime import ledger, migrations, postgres_url
from seawall.runtime.connect import Limits, connect, is_pooled, unavailable
from seawall.runtime.ledger import Applied
from seawall.runtime.migrations import Known, Migration
from seawall.runtime.outage import DatabaseUnavailable, Kind, Outage, outage_of
from seawall.runtime.redaction import redact
from seawall.runtime.statements import Statement

logger: Final = logging.getLogger(__name__)

COMMAND: Final = "python -m seawall.runtime.migrate"
NAME: Final = "seawall migrate"  # the application_name by which a waiting migrator and pg_stat_activity know another
WAIT_SECONDS: Final = 60.0  # for another migrator
PAUSES: Final = (2.0, 4.0)  # seconds between tries to connect
_LONGEST_PAUSE: Final = 5.0
_HOPELESS: Final[frozenset[Kind]] = frozenset({"authentication", "tls", "no database", "too old"})
_GONE: Final[frozenset[Kind]] = frozenset({"lost", "closed"})
_LOCK_NOT_AVAILABLE: Final = "55P03"
# A migration may take as long as it needs, but not stand in line for a lock while everybody stands behind it.
_LIMITS: Final = Limits(statement=0, idle_in_transaction=0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: `pending` in order. `at` is the last applied migration of each source that has one."""

    pending: tuple[Migration, ...]
    at: tuple[Applied, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What was done to `database`: `applied` in order; `at` is the last migration of each source that has one."""

    database: str
    applied: tuple[Migration, ...]
    at: tuple[Applied | Migration, ...]

    def __str__(self) -> str:
        where = ", ".join(each.name for each in self.at) or "no migration"
        return f"database is at {where}; {len(self.applied)} applied"

    def as_dict(self) -> dict[str, object]:
        """The same for ``--json``."""
        return {
            "database": self.database,
            "applied": [{"source": each.source, "name": each.name} for each in self.applied],
            "at": {each.source: each.name for each in self.at},
        }


def plan(known: Known, applied: Sequence[Applied]) -> Plan:
    """Compare the files with what has been applied. Pure.

    Raises:
        SeawallError: SW504 for each file that was changed since, SW508 for each applied migration that the code does
            not know and that is not marked compatible; all at once.
    """
    files = {(each.source, each.version): each for each in known.migrations}
    last = {row.source: row for row in sorted(applied, key=_version)}
    problems: list[Problem] = []
    for row in applied:
        file = files.pop((row.source, row.version), None)
        if file is None and not row.compatible:
            problems.append(_ahead(row, known))
        elif file is not None and file.checksum != row.checksum:
            problems.append(_edited(row, file))
    raise_all(problems)
    return Plan(tuple(files.values()), tuple(last.values()))


def pauses(seconds: float) -> tuple[float, ...]:
    """Pauses between tries to connect that last `seconds` in all, the first ones short."""
    found: list[float] = []
    while sum(found) < seconds:
        step = PAUSES[len(found)] if len(found) < len(PAUSES) else _LONGEST_PAUSE
        found.append(min(step, seconds - sum(found)))
    return tuple(found)


async def apply(  # noqa: PLR0913 - two that say what, four that a caller may leave out
    url: str,
    sources: Sequence[str],
    *,
    wait: float = WAIT_SECONDS,
    pauses: Sequence[float] = PAUSES,
    release: str = "",
    name: str = NAME,
) -> Report:
    """Apply what is pending in `sources` (see `migrations.read`), and note that `release` did.

    `wait` is for how many seconds another migrator may hold the lock, `pauses` lie between tries to connect.

    Raises:
        SeawallError: SW501 to SW508, SW510. What was applied before the file that failed stays applied.
    """
    known = migrations.read(sources)
    target = str(postgres_url.parse(url))
    connection = await _connect(url, name, pauses)
    try:
        _refuse_pooler(connection, target)
        await ledger.lock(connection, wait)
        todo = plan(known, await ledger.applied(connection, known.sources))
        if todo.pending:
            await ledger.create(connection)
        for migration in todo.pending:
            await _apply(connection, migration, release)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise unavailable(target, outage_of(error) or Outage("lost", redact(str(error)))) from error
    finally:
        await _close(connection)
    at: dict[str, Applied | Migration] = {each.source: each for each in todo.at}
    for each in todo.pending:
        at[each.source] = max(each, at.get(each.source, each), key=_version)
    return Report(target, todo.pending, tuple(at.values()))


async def check(url: str, sources: Sequence[str], *, pauses: Sequence[float] = PAUSES, name: str = NAME) -> Report:
    """Make sure that nothing is pending; changes nothing and waits for no lock.

    Raises:
        SeawallError: SW509 for each source in which something is; SW501 to SW508 as `apply`.
    """
    known = migrations.read(sources)
    target = str(postgres_url.parse(url))
    connection = await _connect(url, name, pauses)
    try:
        async with connection.transaction():  # a pooler may stand before the server
            applied = await ledger.applied(connection, known.sources)
        todo = plan(known, applied)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise unavailable(target, outage_of(error) or Outage("lost", redact(str(error)))) from error
    finally:
        await _close(connection)
    needed = {each.source: each for each in todo.pending}
    raise_all(_behind(each, todo) for each in needed.values())
    return Report(target, (), todo.at)


async def _apply(connection: asyncpg.Connection, migration: Migration, release: str) -> None:
    started = time.perf_counter()
    if migration.transactional:
        try:
            async with connection.transaction():
                await _execute(connection, migration)
                await ledger.record(connection, migration, release)
        except asyncpg.PostgresError as error:  # such as a deferred constraint, which speaks up at the commit
            if _lost(error):
                raise
            raise SeawallError(_failed(migration, error, None)) from error
    else:
        await _execute(connection, migration)
        await ledger.record(connection, migration, release)
    await connection.execute("reset role; reset all")  # what a file sets for its session must not reach the next
    took = round((time.perf_counter() - started) * 1000)
    logger.info("applied %s", migration.name, extra={"source": migration.source, "milliseconds": took})


async def _execute(connection: asyncpg.Connection, migration: Migration) -> None:
    """Run the statements one by one: so the one that fails has a line."""
    for done, statement in enumerate(migration.statements):
        try:
            await connection.execute(statement.text)
        except asyncpg.PostgresError as error:
            if _lost(error):
                raise
            kept = 0 if migration.transactional else done
            raise SeawallError(_failed(migration, error, statement, kept)) from error


def _lost(error: asyncpg.PostgresError) -> bool:
    outage = outage_of(error)
    return outage is not None and outage.kind in _GONE


def _failed(migration: Migration, error: asyncpg.PostgresError, statement: Statement | None, kept: int = 0) -> Problem:
    line = 1 if statement is None else statement.line(migration.sql, int(error.position or 1))
    fix = error.hint or ""
    if error.sqlstate == _LOCK_NOT_AVAILABLE:
        fix = f"somebody holds the lock for more than {contract.DATABASE_LOCK_SECONDS:g} s: run it again later"
    if kept:
        fix = f"the first {kept} statements stay applied: undo them or take them out of the file, then run it again"
    return Problem(
        "SW506",
        redact(f"{migration.name}: {error.message or error}"),
        place=Place(migration.path, line),
        saw=redact(error.detail or ""),
        fix=redact(fix),
    )


def _version(migration: Applied | Migration) -> int:
    return migration.version


def _edited(row: Applied, file: Migration) -> Problem:
    return Problem(
        "SW504",
        f"{row.name} was applied with a different checksum",
        place=Place(file.path, 1),
        saw=f"{file.checksum[:12]}, applied was {row.checksum[:12]}",
        fix="put the file back as it was and write what you want to change as a new migration",
    )


def _ahead(row: Applied, known: Known) -> Problem:
    newest = max((each for each in known.migrations if each.source == row.source), key=_version, default=None)
    if newest is not None and row.version < newest.version:
        return Problem(
            "SW508", f"{row.name} was applied and has no file", place=Place(newest.path, 1), fix="restore it"
        )
    return Problem(
        "SW508",
        f"database is at {row.name}, code knows {newest.name if newest else 'no migration'}: an older release",
        wanted=f"a release that knows it, or a migration marked '-- seawall: {migrations.COMPATIBLE}'",
    )


def _behind(needed: Migration, todo: Plan) -> Problem:
    at = next((each.name for each in todo.at if each.source == needed.source), "no migration")
    count = sum(each.source == needed.source for each in todo.pending)
    return Problem(
        "SW509",
        f"database is at {at}, code needs {needed.name}",
        place=Place(needed.path, 1),
        saw=f"{count} pending",
        fix=COMMAND,
    )


async def _connect(url: str, name: str, pauses: Sequence[float]) -> asyncpg.Connection:
    """Connect; try again while that may help."""
    started = time.monotonic()
    for pause in pauses:
        try:
            return await connect(url, name=name, limits=_LIMITS)
        except DatabaseUnavailable as error:
            if error.kind in _HOPELESS:
                raise
            logger.info("%s; next try in %g s", error.problems[0].message, pause)
        await asyncio.sleep(pause)
    try:
        return await connect(url, name=name, limits=_LIMITS)
    except DatabaseUnavailable as error:
        if error.kind in _HOPELESS:
            raise
        tries = f"{len(pauses) + 1} tries, {time.monotonic() - started:.0f} s"
        message = f"{error.problems[0].message} ({tries})"
        raise DatabaseUnavailable(Problem("SW502", message), error.kind) from error


def _refuse_pooler(connection: asyncpg.Connection, target: str) -> None:
    """Behind a pooler a lock is that of whichever connection served the statement: two migrators would both hold it."""
    if is_pooled(connection):
        message = f"{target} is a pooler's: migrations need a connection of their own"
        fix = f"{contract.DATABASE_DIRECT_URL}=postgresql://... of the server itself"
        raise DatabaseUnavailable(Problem("SW502", message, fix=fix), "pooler")


async def _close(connection: asyncpg.Connection) -> None:
    try:
        await connection.close(timeout=contract.DATABASE_CONNECT_SECONDS)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()
