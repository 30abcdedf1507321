"""One run: a database, a fleet, a nemesis, the quiet after it, and the history of all that."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg

from seawall import contract
from seawall.jobs.states import State
from seawall.runtime import migrator
from tests.reliability import journal, mutants
from tests.reliability.failpoints import CALM
from tests.reliability.fleet import FAKETIME, PERSON, PRODUCER, SCHEDULER, WORKER, Fleet, clock_ahead
from tests.reliability.history import Event, History, Mark, Row, Step, read_journals
from tests.reliability.journal import FOLDER, Journal
from tests.reliability.nemesis import Nemesis
from tests.reliability.proxy import Proxy
from tests.reliability.work import LEASE
from tests.support.cluster import Server

TABLES: Final = Path(__file__).with_name("tables.sql")
LIVE: Final = "select count(*) from seawall.jobs where state in (0, 1, 2)"
CONCURRENCY: Final = 6
STOPPED: Final = 15.0  # seconds in which a worker that has nothing to do ends


@dataclass(frozen=True, slots=True)
class Setting:
    """How a run is made up. `drained`: seconds after the last fault by which all must have ended.

    That is three times the minute that the slowest run took beside other work: killed neighbours run one by one.
    """

    seed: int
    seconds: float
    plan: dict[str, int]
    mutant: str = ""
    workers: int = 4
    schedulers: int = 2
    producers: int = 2
    people: int = 1
    rate: float = 55.0  # jobs a second of each producer
    failpoints: float = 0.006
    drained: float = 180.0
    variables: dict[str, str] = field(default_factory=dict[str, str])


async def run(setting: Setting, server: Server, folder: Path) -> History:
    """Carry out a run on `server`, which it hurts; journals and logs are left in `folder`."""
    dice = random.Random(setting.seed)
    written = journal.named(folder, "nemesis")
    url = await _prepare(server, f"run_{setting.seed}_{time.monotonic_ns()}", setting.mutant)
    async with Proxy(server.port) as proxy:
        shared = {
            FOLDER: str(folder),
            "SEED": str(setting.seed),
            "RATE": str(setting.rate),
            "FAILPOINTS": str(setting.failpoints),
            "MUTANT": setting.mutant,
            "DATABASE_URL": url,
            "DATABASE_POOL_SIZE": "4",
            "WORKER_CONCURRENCY": str(CONCURRENCY),
            "WORKER_LEASE": str(LEASE),
            "DRAIN_TIMEOUT": "0.5",
            "LOG_FORMAT": "json",
            **setting.variables,
        }
        fleet = Fleet(folder, shared, written, dice)
        try:
            _man(fleet, setting, url.replace(f":{server.port}/", f":{proxy.port}/"))
            await _until_done(fleet, url)
            await Nemesis(fleet, server, proxy, written, dice).run(setting.seconds, setting.plan)
            (folder / CALM).touch()
            written.write("calm")
            await _calm(fleet, url, written, setting.drained)
        finally:
            await fleet.kill_all()
    return await _collect(url, read_journals(folder))


def _man(fleet: Fleet, setting: Setting, proxied: str) -> None:
    """Every second process is behind the proxy; the clock of one worker and one scheduler is wrong."""
    for role, command, count in (
        ("scheduler", SCHEDULER, setting.schedulers),
        ("worker", WORKER, setting.workers),
        ("producer", PRODUCER, setting.producers),
        ("person", PERSON, setting.people),
    ):
        for number in range(count):
            variables = {"DATABASE_URL": proxied} if number % 2 else {}
            if role in ("worker", "scheduler") and number == count - 1:
                variables |= clock_ahead(1 if role == "worker" else -1)
            fleet.add(role, command, **variables)


async def _prepare(server: Server, name: str, mutant: str) -> str:
    admin = await asyncpg.connect(f"{server.url}/postgres")
    await admin.execute(f'create database "{name}"')
    await admin.close()
    url = f"{server.url}/{name}"
    await migrator.apply(url, [contract.JOBS_MIGRATIONS], pauses=())
    connection = await asyncpg.connect(url)
    await connection.execute(TABLES.read_text())
    if mutant and mutants.MUTANTS[mutant].schema:
        await connection.execute(mutants.MUTANTS[mutant].schema)
    await connection.close()
    return url


async def _until_done(fleet: Fleet, url: str) -> None:
    """Wait until the fleet works."""
    connection = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(60):
            while not await connection.fetchval("select exists (select from proof.ledger)"):
                assert not fleet.faults, fleet.faults
                await asyncio.sleep(0.05)
    finally:
        await connection.close()


async def _calm(fleet: Fleet, url: str, written: Journal, within: float) -> None:
    """No more faults, no more jobs: all that there are come to their end, and everybody stops in good order."""
    await fleet.end("producer", within)
    await fleet.end("person", within)
    connection = await asyncpg.connect(url)
    calm = await connection.fetchval("select extract(epoch from clock_timestamp())::float8")
    ticked = f"select case when extract(epoch from max(tick)) > {calm} then 0 else 1 end from proof.steps"
    left = {"drained": LIVE, "ticked": ticked}
    deadline = time.monotonic() + within
    while left and time.monotonic() < deadline:
        for name, query in list(left.items()):
            if await connection.fetchval(query) == 0:
                del left[name]
                written.write(name)
        await asyncio.sleep(0.05)
    await connection.close()
    within = min(within, STOPPED)
    if await fleet.end("worker", within) and await fleet.end("scheduler", within):
        written.write("stopped")


async def _collect(url: str, events: list[Event]) -> History:
    connection = await asyncpg.connect(url)
    # The server's clock is that of this machine: its times are told by the clock of the journals.
    offset = min([await _offset(connection) for _ in range(9)])[1]

    async def fetch(query: str) -> list[Any]:
        return list(await connection.fetch(query))

    columns = "id, args->>'uid' as uid, state, claim, attempt, max_attempts, crashes, key"
    rows = await fetch(f"select {columns} from seawall.jobs union all select {columns} from seawall.history")
    steps = await fetch(
        "select number, extract(epoch from at)::float8 as at, transaction::text::bigint, job, source, target, claim, "
        "attempt, crashes, worker::text, extract(epoch from tick)::float8 as tick from proof.steps order by number"
    )
    history = History(
        events,
        [
            Step(**{**dict(row), "at": row["at"] + offset, "source": _state(row["source"]),
                    "target": _state(row["target"])})
            for row in steps
        ],
        [Row(row["id"], row["uid"], State(row["state"]), *list(row)[3:]) for row in rows],
        [Mark(row["job"], row["claim"]) for row in await fetch(
            f"select job, claim from proof.ledger where state = {State.DONE}")],
        [Mark(row["job"], row["claim"]) for row in await fetch("select job, claim from proof.effects")],
        [row["uid"] for row in await fetch("select uid from proof.orders")],
    )  # fmt: skip
    await connection.close()
    return history


async def _offset(connection: asyncpg.Connection) -> tuple[float, float]:
    """How long it took to ask the server for its time, and how much the clock of the journals is ahead of it."""
    began = time.monotonic()
    wall: float = await connection.fetchval("select extract(epoch from clock_timestamp())::float8")
    ended = time.monotonic()
    return ended - began, (began + ended) / 2 - wall


def _state(number: int | None) -> State | None:
    return None if number is None else State(number)


def fake_clock() -> bool:
    """Whether clocks can be set wrong here."""
    return FAKETIME is not None
