"""What goes by the clock in a worker: looks at the cron jobs when a tick is due, and calls what runs at intervals."""

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Final, cast

from seawall.jobs import cron, meters
from seawall.jobs.function import AnyJob
from seawall.jobs.store import Message, Store, StoreUnavailable
from seawall.jobs.timetable import CronJob, Interval, Timetable
from seawall.jobs.waiting import end, first_of

logger: Final = logging.getLogger(__name__)

LOOK_SECONDS: Final = 30.0  # a sleep before a tick is at most this long: the clocks may drift apart
IDLE_SECONDS: Final = 2.0  # between looks while another schedule counts, or the store is away
NO_ARGUMENTS: Final = "{}"


class Clockwork:
    """The timetable of one worker. Its cron jobs tick while it is open: while the worker is registered."""

    def __init__(self, store: Store, timetable: Timetable, wake: Callable[[], None]) -> None:
        self._store = store
        self._timetable = timetable
        self._wake = wake
        self._open = asyncio.Event()
        self._threads = ThreadPoolExecutor(max(1, len(timetable.intervals)), thread_name_prefix="every")
        self._calls: dict[str, Future[object]] = {}

    @property
    def stuck(self) -> bool:
        """Whether a function is still called in a thread, which nobody can stop."""
        return any(not call.done() for call in self._calls.values())

    def open(self) -> None:
        """The worker's schedules count now."""
        self._open.set()

    def close(self) -> None:
        """They do not any more."""
        self._open.clear()

    async def run(self, stopping: asyncio.Event, expired: asyncio.Event) -> None:
        """Go on until `stopping`; calls that are under way then may end until `expired`."""
        crons = [asyncio.create_task(self._follow(each), name=f"cron {each.name}") for each in self._timetable.crons]
        intervals = [
            asyncio.create_task(self._repeat(each, stopping), name=f"every {each.name}")
            for each in self._timetable.intervals
        ]
        try:
            await stopping.wait()
            await end(*crons)
            await first_of(expired, tasks=intervals)
        finally:
            await end(*crons, *intervals)
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _follow(self, each: CronJob) -> None:
        """Have the ticks of one cron job enqueued as they come."""
        while True:
            await self._open.wait()
            try:
                wait = await self._tick(each)
            except StoreUnavailable as error:
                logger.debug("ticks of %s wait: %s", each.name, error)
                wait = IDLE_SECONDS
            except Exception:
                logger.exception("looking at the ticks of %s failed", each.name)
                wait = IDLE_SECONDS
            await asyncio.sleep(wait)

    async def _tick(self, each: CronJob) -> float:
        """Look at the clock once; returns how many seconds to sleep."""
        done = await self._store.tick(each.name, str(each.schedule), partial(_due, each), partial(_message, each.job))
        if done.ticks:
            meters.last_tick.child(each.name).set(done.ticks[-1].timestamp())
            logger.info("%s ticked for %s", each.name, ", ".join(tick.isoformat() for tick in done.ticks[-3:]))
            self._wake()
        until = (each.schedule.next(done.now) - done.now).total_seconds()
        return min(until, LOOK_SECONDS if done.counts else IDLE_SECONDS)

    async def _repeat(self, interval: Interval, stopping: asyncio.Event) -> None:
        """Call the function now and then every so many seconds, until `stopping`, never before the last call ended."""
        while not stopping.is_set():
            started = time.monotonic()
            meters.running.child(interval.name).inc()
            try:
                await self._call(interval)
                meters.success.child(interval.name).inc()
            except Exception:
                meters.failure.child(interval.name).inc()
                logger.exception("%s failed, again in %g s", interval.name, interval.seconds)
            finally:
                meters.running.child(interval.name).dec()
                meters.duration.child(interval.name).observe(time.monotonic() - started)
            await first_of(stopping, seconds=interval.seconds - (time.monotonic() - started))

    async def _call(self, interval: Interval) -> None:
        if inspect.iscoroutinefunction(interval.function):
            await cast("Awaitable[object]", interval.function())
            return
        call = self._calls[interval.name] = self._threads.submit(interval.function)
        await asyncio.wrap_future(call)


def _due(each: CronJob, last: datetime, now: datetime) -> cron.Due:
    return cron.due(each.schedule, last, now, each.missed)


def _message(job: AnyJob, tick: datetime) -> Message:
    return job.encoded(NO_ARGUMENTS, tick)
