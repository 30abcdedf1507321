"""A worker as a process: its connections, its endpoints, its signals, its end."""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.jobs import meters
from seawall.jobs.daylight import skipped
from seawall.jobs.jobs import OWN_CHECKS, Jobs
from seawall.jobs.listen import Listening
from seawall.jobs.renewal import Renewal, begin_anew
from seawall.jobs.stores.postgres import PostgresStore
from seawall.jobs.stores.queries import PLANNING
from seawall.jobs.timetable import Timetable
from seawall.jobs.waiting import end, first_of
from seawall.jobs.worker import Terms, Worker
from seawall.runtime import metrics, migrator, traces
from seawall.runtime.connect import Limits
from seawall.runtime.database import Database, close_all
from seawall.runtime.drain import Drain
from seawall.runtime.endpoints import Endpoints
from seawall.runtime.health import CheckResult, Health
from seawall.runtime.listener import Listener
from seawall.runtime.settings import Settings

logger: Final = logging.getLogger(__name__)

# Beside the pool of the application: claims, completions and failures; the beat and the bell have one each.
ENGINE_CONNECTIONS: Final = 3
ENGINE_IDLE_SECONDS: Final = 5.0  # a process that is paused within a transaction holds its locks no longer
SCHEMA_SECONDS: Final = 1.0  # between looks whether the migrations are applied


class Process:
    """One worker process for `jobs`; `url` is the database that holds the queue, `direct` the way around a pooler."""

    def __init__(self, jobs: Jobs, settings: Settings, timetable: Timetable, url: str) -> None:
        self._jobs = jobs
        self._settings = settings
        self._timetable = timetable
        self._url = url
        self._direct = _direct(jobs, settings, url)
        self._health = Health(settings.service, settings.release)
        self._migrated = False
        self.renews = False  # it has ended to begin anew
        self._engine = Database(
            url,
            limit=ENGINE_CONNECTIONS,
            name=f"{settings.service} engine",
            variable=jobs.variable,
            reset=False,
            limits=Limits(idle_in_transaction=ENGINE_IDLE_SECONDS),
            planning=PLANNING,
        )
        # A handler that waits for a connection of the pool must not keep others from completing.
        self._transactions = Database(
            url,
            limit=min(settings.worker_concurrency, settings.database_pool_size),
            name=f"{settings.service} transactions",
            variable=jobs.variable,
        )
        self._store = PostgresStore(lambda: self._engine, transactions=self._transactions, url=url)
        terms = Terms(settings.worker_concurrency, settings.worker_lease, settings.instance, settings.release)
        self._worker = Worker(jobs, self._store, terms, timetable)

    async def run(self) -> bool:
        """Work until SIGTERM; True unless functions are left in threads, which only the end of the process ends.

        Raises:
            SeawallError: SW302, the port of the endpoints is taken.
        """
        self._prepare()
        drain = Drain(delay=None, timeout=self._settings.drain_timeout, on_signal=self._drain_health)
        listener = Listener(Endpoints(self._health), self._settings.host, self._settings.metrics_port)
        await listener.open()
        drain.install()
        try:
            await self._await_schema(drain)
            return drain.stopping.is_set() or await self._work(drain)
        finally:
            await listener.close()
            for database in (self._engine, self._transactions):
                await database.close()
            await close_all()
            if traces.maker() is not None:
                await asyncio.to_thread(traces.close)
            drain.uninstall()
            logger.info("stopped")

    async def _work(self, drain: Drain) -> bool:
        listening = asyncio.create_task(Listening(self._direct, self._worker.wake, self._store.ring).run())
        self._health.started = True
        known = len(self._jobs.functions)
        plural = "" if known == 1 else "s"
        logger.info("knows %d job%s, runs up to %d at once", known, plural, self._settings.worker_concurrency)
        self._tell_ticks(datetime.now(UTC))
        renewal = Renewal(
            self._settings.worker_renew_jobs, self._settings.worker_renew_memory, self._settings.drain_timeout
        )
        watching = asyncio.create_task(renewal.watch(drain.stopping, drain.expired, lambda: self._worker.finished))
        try:
            return await self._worker.run(renewal)
        finally:
            self.renews = not drain.stopping.is_set()
            self._health.draining = True
            await end(listening, watching)

    def _tell_ticks(self, now: datetime) -> None:
        """When each cron job runs next, and what becomes of the times that the clocks skip."""
        for each in self._timetable.crons:
            ticks = ", ".join(f"{tick:%Y-%m-%d %H:%M:%S}" for tick in islice(each.schedule.after(now), 3))
            logger.info("%s runs at %s UTC", each.name, ticks)
            for sentence in skipped(each.schedule, now):
                logger.info("%s: %s", each.name, sentence)

    def _prepare(self) -> None:
        intervals = [each.name for each in self._timetable.intervals]
        own = {each.declared.queue for each in self._jobs.functions.values()}
        meters.begin([*self._jobs.functions, *intervals], self._timetable.declarations, own)
        meters.heartbeat.child().set_function(self._worker.last_beat)
        metrics.attach()
        database, heartbeat, queues = OWN_CHECKS
        self._health.add(database, self._engine.ping)
        self._health.add(heartbeat, self._last_heartbeat)
        self._health.add(queues, self._queues, critical=False)
        for check in self._jobs.checks:
            self._health.add(check.name, check.function, critical=check.critical, timeout=check.timeout)

    async def _await_schema(self, drain: Drain) -> None:
        """Wait, not ready and saying so once, until the tables are as this release needs them."""
        said = ""
        while not drain.stopping.is_set():
            try:
                await migrator.check(self._direct, _needed(self._jobs, self._settings), pauses=(), name="seawall jobs")
            except SeawallError as error:
                text = " ".join(f"{each.message} ({each.fix})" if each.fix else each.message for each in error.problems)
                if text != said:
                    logger.warning("waiting: %s", text)
                    said = text
                await first_of(drain.stopping, seconds=SCHEMA_SECONDS)
            else:
                self._migrated = True
                return

    def _drain_health(self) -> None:
        self._health.draining = True

    async def _last_heartbeat(self) -> CheckResult:
        age = self._worker.beat_age
        if age is None:
            raise RuntimeError("no heartbeat yet" if self._migrated else "the database is not migrated yet")
        if age > self._settings.worker_lease:
            raise RuntimeError(f"the last heartbeat is {age:.1f} s old")
        return {"age_seconds": round(age, 1)}

    async def _queues(self) -> CheckResult:
        return {
            each.queue: {**{state.label: count for state, count in each.counts.items()}, "oldest_seconds": each.oldest}
            for each in self._worker.depths
        }


def database_url(jobs: Jobs, environ: Mapping[str, str]) -> str:
    """The URL of the database that holds the queue.

    Raises:
        SeawallError: SW404.
    """
    url = environ.get(jobs.variable, "").strip()
    if not url:
        raise SeawallError(
            Problem("SW404", f"{jobs.variable} is not set", fix=f"{jobs.variable}=postgresql://USER:PASSWORD@HOST/NAME")
        )
    return url


def _direct(jobs: Jobs, settings: Settings, url: str) -> str:
    """Around a pooler, where the platform names such a way; it has one for the only Postgres of a service."""
    direct = settings.database_direct_url if jobs.variable == contract.DATABASE_URL else None
    return direct or url


def _needed(jobs: Jobs, settings: Settings) -> list[str]:
    """The migrations for which it waits: the queue's, and those of its code where both are in one database."""
    own = settings.database_migrations if jobs.variable == contract.DATABASE_URL else None
    return [contract.JOBS_MIGRATIONS, *([own] if own else [])]


def run(jobs: Jobs, settings: Settings, timetable: Timetable, url: str, environ: Mapping[str, str]) -> None:
    """Run a worker until SIGTERM. Does not return where a function is left in a thread: the process ends with it.

    `environ` is the one in which the process was started: it may begin anew.
    """
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        ended, renews = runner.run(_run(jobs, settings, timetable, url))
        if not ended:
            logger.warning("a function in a thread did not end in time: it ends with this process")
            if not renews:
                os._exit(0)
            begin_anew(environ)
    if renews:
        begin_anew(environ)


async def _run(jobs: Jobs, settings: Settings, timetable: Timetable, url: str) -> tuple[bool, bool]:
    process = Process(jobs, settings, timetable, url)
    return await process.run(), process.renews


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop, where there is one for this interpreter."""
    try:
        import uvloop  # noqa: PLC0415 - not before it is needed: 20 ms
    except ImportError:
        return None
    return uvloop.new_event_loop
