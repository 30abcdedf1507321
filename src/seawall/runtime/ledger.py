"""What has been applied to a database: the table ``seawall.migrations``, and the lock of the one migrator at work."""

import asyncio
import logging
import time
from collections.abc import Collection
from dataclasses import dataclass
from importlib import resources
from typing import Final

import asyncpg

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.runtime.migrations import Migration

logger: Final = logging.getLogger(__name__)

LOCK: Final = 6_215_882_431  # of pg_advisory_lock; one number for all of Seawall's migrators
_RETRY_SECONDS: Final = 0.2

_TABLE: Final = "select to_regclass('seawall.migrations') is not null"
_APPLIED: Final = """
    select source, version, name, checksum, compatible from seawall.migrations
    where source = any($1) order by source, version
"""
_RECORD: Final = """
    insert into seawall.migrations (source, version, name, checksum, compatible, release)
    values ($1, $2, $3, $4, $5, $6)
"""
_FIX: Final = """
    select format('alter role %I in database %I set search_path to public', session_user, current_database())
"""
_HOLDER: Final = """
    select activity.pid, activity.application_name, date_trunc('second', activity.backend_start)::text as since
    from pg_locks join pg_stat_activity activity using (pid)
    where locktype = 'advisory' and granted and objsubid = 1 and pg_locks.database = activity.datid
      and activity.datname = current_database() and (classid::bigint << 32) + objid::bigint = $1
"""


@dataclass(frozen=True, slots=True)
class Applied:
    """A row of the ledger."""

    source: str
    version: int
    name: str
    checksum: str
    compatible: bool


async def applied(connection: asyncpg.Connection, sources: Collection[str]) -> list[Applied]:
    """What has been applied of `sources`, by source and number; nothing where there is no table yet."""
    if not await connection.fetchval(_TABLE):
        return []
    return [Applied(*row) for row in await connection.fetch(_APPLIED, list(sources))]


async def create(connection: asyncpg.Connection) -> None:
    """Make the table if there is none. Only the holder of the lock may.

    Raises:
        SeawallError: SW510, tables without a schema in their name would be made among Seawall's own; nothing is made.
    """
    async with connection.transaction():
        if not await connection.fetchval(_TABLE):
            sql = resources.files("seawall.runtime").joinpath("sql", "migrations.sql").read_text(encoding="utf-8")
            await connection.execute(sql)
        # As for a role of that name: PostgreSQL's default is `"$user", public`.
        if await connection.fetchval("select current_schema()") == contract.SCHEMA:
            message = f"your tables would be made in the schema {contract.SCHEMA!r}, which holds Seawall's own"
            path, fix = await connection.fetchval("show search_path"), await connection.fetchval(_FIX)
            raise SeawallError(Problem("SW510", message, saw=f"search_path = {path}", fix=fix))


async def record(connection: asyncpg.Connection, migration: Migration, release: str) -> None:
    """Note that `migration` has been applied by `release`; in its own transaction where it has one."""
    it = migration
    await connection.execute(_RECORD, it.source, it.version, it.name, it.checksum, it.compatible, release)


async def lock(connection: asyncpg.Connection, wait: float) -> None:
    """Take the migrators' lock; the end of the session releases it.

    Asks again and again rather than wait inside of the server: a session that waits there has a snapshot, for which
    ``create index concurrently`` of the lock's holder would wait in turn, until the end of time.

    Raises:
        SeawallError: SW507 with the holder, after `wait` seconds.
    """
    deadline = time.monotonic() + wait
    told = False
    while not await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
        holder = await _holder(connection)
        if time.monotonic() >= deadline:
            fix = "wait for it, or end it with: select pg_terminate_backend(PID)"
            raise SeawallError(Problem("SW507", f"another migrator is at work after {wait:g} s", saw=holder, fix=fix))
        if not told:
            logger.info("waiting for another migrator: %s", holder)
            told = True
        await asyncio.sleep(min(_RETRY_SECONDS, max(0.0, deadline - time.monotonic())))


async def _holder(connection: asyncpg.Connection) -> str:
    row = await connection.fetchrow(_HOLDER, LOCK)
    return f"pid {row['pid']} ({row['application_name']}), since {row['since']}" if row else "it has just ended"
