"""With a million jobs, no statement that workers send all the time reads more of the table than it needs."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import asyncpg
import pytest

from seawall import contract
from seawall.jobs.stores.queries import QUERIES
from seawall.runtime import migrator
from tests.support.cluster import Server

JOBS: Final = 1_000_000
ME, DEAD = uuid.UUID(int=1), uuid.UUID(int=2)
PAGES: Final = 2_000  # of 8 KiB that a statement may touch: twenty for each of a hundred jobs; the table has far more
FILL: Final = f"""
    insert into seawall.workers (id, lease, beat, pid, concurrency, instance, release) values
        ('{ME}', '1 hour', now(), 1, 10, '', ''),
        ('{DEAD}', '1 second', now() - interval '1 hour', 2, 10, '', '');
    -- Of each thousand: one runs here, two wait in a key, one is dead, one a suspect; of the last ten thousand, ten
    -- were held by a worker that died. The rest is ready, on three levels of priority.
    insert into seawall.jobs (queue, name, args, state, max_attempts, priority, key, worker, crashes, claim, run_at)
    select case when n % 2 = 0 then 'q' else 'r' end, 'a', '{{}}',
        case n % 1000 when 1 then case when n > {JOBS} - 10000 then 1 else 0 end
            when 2 then 1 when 3 then 2 when 4 then 2 when 5 then 3 else 0 end,
        5, n % 3, case when n % 1000 in (3, 4) then 'k' || n / 1000 end,
        case n % 1000 when 1 then case when n > {JOBS} - 10000 then '{DEAD}'::uuid end when 2 then '{ME}'::uuid end,
        case when n % 1000 = 6 then 2 else 0 end, 1, now() - interval '1 second' * (n % 100000)
    from generate_series(1, {JOBS}) n;
"""
LIST: Final = "array[2002, 3002, 4002]::bigint[], array[1, 1, 1]::bigint[]"
# What workers and producers send all the time, and the values of its parameters.
HOT: Final = {
    "claim": f"('{ME}', 'q', array['a'], 100, 2)",
    "claim_from": f"('{ME}', 'q', array['a'], 100, 2, 2::smallint, now() - interval '50000 s', 1)",
    "finish_0": f"({LIST}, 4::smallint, null)",
    "completed": f"({LIST})",
    "put_back": f"({LIST})",
    "fail": "(2002, 1, null, 'x')",
    "await_outcome": "(2002, 1)",
    "to_cancel": f"('{ME}')",
    "cancelled_idle": "",
    "reserve": f"('{ME}', array['q'], array['a'])",
    "claim_reserved": f"('{ME}', 6)",
    "unblock": "(array['k1', 'k2'])",
    "beat": f"('{ME}')",
}
# What one of them sends every sixth of the lease: it may read all jobs of its kind, and no others.
SCANS: Final = {
    "mourn": ("", "jobs_running"),
    "rescue": ("(3)", "jobs_running"),
    "release": (f"('{ME}', array[1]::bigint[])", "jobs_running"),
    "blocked_keys": ("", "jobs_blocked"),
    "depths": ("(array['q', 'r'], 10000)", "jobs_ready"),
    "oldest": ("(array['q', 'r'])", "jobs_ready"),
}


@pytest.fixture(scope="module")
def million(server: Server) -> str:
    return asyncio.run(fill(server))


async def fill(server: Server) -> str:
    url = f"{server.url}/million"
    admin = await asyncpg.connect(f"{server.url}/postgres")
    await admin.execute("create database million")
    await admin.close()
    await migrator.apply(url, [contract.JOBS_MIGRATIONS], pauses=())
    connection = await asyncpg.connect(url)
    await connection.execute(FILL)
    await connection.execute("vacuum analyze")
    await connection.close()
    return url


@pytest.fixture
async def connection(million: str) -> AsyncIterator[asyncpg.Connection]:
    """In a transaction that is rolled back."""
    own = await asyncpg.connect(million)
    transaction = own.transaction()
    await transaction.start()
    yield own
    await transaction.rollback()
    await own.close()


async def explain(connection: asyncpg.Connection, mode: str, name: str, values: str) -> list[dict[str, Any]]:
    """The steps of the plan as it ran, the whole first."""
    await connection.execute(f"set local plan_cache_mode = {mode}")
    await connection.execute(f"prepare hot as {QUERIES[name]}")
    text: str = await connection.fetchval(f"explain (analyze, buffers, format json) execute hot {values}")
    await connection.execute("deallocate hot")
    return list(steps(json.loads(text)[0]["Plan"]))


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", []):
        yield from steps(each)


def shown(plan: list[dict[str, Any]]) -> str:
    fields = ("Node Type", "Relation Name", "Index Name", "Actual Rows", "Shared Hit Blocks", "Shared Read Blocks")
    return "\n".join(", ".join(str(step[field]) for field in fields if field in step) for step in plan)


def reads_all(plan: list[dict[str, Any]]) -> bool:
    return any(step["Node Type"] == "Seq Scan" and step["Relation Name"] == "jobs" for step in plan)


@pytest.mark.reliability
@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("name", HOT)
async def test_a_hot_statement_touches_what_it_needs(connection: asyncpg.Connection, name: str, mode: str) -> None:
    plan = await explain(connection, mode, name, HOT[name])
    assert not reads_all(plan), shown(plan)
    assert plan[0]["Shared Hit Blocks"] + plan[0]["Shared Read Blocks"] <= PAGES, shown(plan)


@pytest.mark.reliability
@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("name", SCANS)
async def test_what_looks_after_the_queue_reads_only_jobs_of_its_kind(
    connection: asyncpg.Connection, name: str, mode: str
) -> None:
    values, index = SCANS[name]
    plan = await explain(connection, mode, name, values)
    assert index in {step.get("Index Name") for step in plan}, shown(plan)
    assert not reads_all(plan), shown(plan)
