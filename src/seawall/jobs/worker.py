"""The loop of a worker: claim what there is room for, let it run, look after the dead, stop in order.

A worker lives in incarnations. Each has an id of its own in the store, and its beat; when one is lost, its handlers are
cancelled, and the process begins anew under another id.
"""

import asyncio
import logging
import os
import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from seawall import contract
from seawall.jobs.acks import Acks
from seawall.jobs.alarm import Alarm
from seawall.jobs.beat import Beat
from seawall.jobs.caretaker import Caretaker
from seawall.jobs.clockwork import Clockwork
from seawall.jobs.holding import WAIT_SECONDS, Holding
from seawall.jobs.jobs import Jobs
from seawall.jobs.run import Run, Runner
from seawall.jobs.store import Claimed, Depth, Incarnation, Store, StoreUnavailable
from seawall.jobs.timetable import Timetable
from seawall.jobs.waiting import end, first_of

logger: Final = logging.getLogger(__name__)

CANCEL_SECONDS: Final = 1.0  # that a cancelled handler has to end; then it is given up like a thread
RETRY_SECONDS: Final = 0.5  # between tries while the store is away; less with a short lease
LEAVE_TRIES: Final = 3
DOUBT_SECONDS: Final = contract.DATABASE_STATEMENT_SECONDS + 5.0  # no statement runs for longer
POLL_JITTER: Final = 0.25


class Stop(Protocol):
    """When to stop: `seawall.runtime.drain.Drain` is one."""

    stopping: asyncio.Event
    expired: asyncio.Event


@dataclass(frozen=True, slots=True)
class Terms:
    """What the platform says of a worker: `concurrency` jobs at once, `lease` in seconds."""

    concurrency: int = contract.WORKER_CONCURRENCY_DEFAULT
    lease: float = contract.WORKER_LEASE_SECONDS
    instance: str = ""
    release: str = ""


class Worker:
    """Runs `jobs` out of `store`. `run` returns when it is told to stop; `wake` has it look for jobs at once."""

    def __init__(self, jobs: Jobs, store: Store, terms: Terms, timetable: Timetable | None = None) -> None:
        self.terms = terms
        self.beat: Beat | None = None
        self.finished = 0  # jobs of this process that came to an end here, whatever the end
        self._jobs = jobs
        self._store = store
        self._timetable = timetable or Timetable()
        self._names = sorted(jobs.functions)
        self._queues = sorted({each.declared.queue for each in jobs.functions.values()})
        self._failure: BaseException | None = None  # what ended a part of the engine
        self._holding = Holding(terms.concurrency, [])
        # Incarnations that were lost with the store: they hold jobs that do not run; whether one of these is to blame.
        self._behind: list[tuple[uuid.UUID, bool]] = []
        self._wake = asyncio.Event()
        self._lost = asyncio.Event()
        self._called_off = False  # the bell said that a job is to be cancelled
        self._heeded = 0.0  # when that was last looked for
        self._doubtful_until = 0.0  # until then the store may hold jobs for this worker of which it has not heard
        self._reconciled = 0.0
        self._more = False  # the last claim was as large as it could be
        self._anew = True  # something better may have come since then
        self._reserved: int | None = None
        self._retry_seconds = min(RETRY_SECONDS, terms.lease / contract.BEATS_PER_LEASE / 4)
        self._threads = ThreadPoolExecutor(terms.concurrency, thread_name_prefix="job")
        self._loop = asyncio.get_running_loop()
        self._acks = Acks(store, self._told)
        self._runner = Runner(store, self._acks, self._threads, Alarm(self.wake).set)
        self._caretaker = Caretaker(store, self._queues, terms.lease, self.wake)
        self._clockwork = Clockwork(store, self._timetable, self.wake)

    def wake(self, ring: str = "") -> None:
        """Look for jobs now, or for what the bell says; from the thread of the event loop."""
        self._called_off = self._called_off or ring == contract.JOBS_CANCEL
        self._anew = True
        self._wake.set()

    @property
    def beat_age(self) -> float | None:
        """Seconds since the last beat that reached the store; None before the first registration."""
        return None if self.beat is None else time.monotonic() - self.beat.last

    def last_beat(self) -> float:
        """When the last beat reached the store, in seconds since 1970; 0 before the first."""
        age = self.beat_age
        return 0.0 if age is None else time.time() - age

    @property
    def depths(self) -> list[Depth]:
        """How full the queues were when they were last looked at."""
        return self._caretaker.depths

    async def run(self, stop: Stop) -> bool:
        """Work until `stop`; True unless functions are left in threads, which only the end of the process ends.

        A part of the engine that fails in the background ends the worker, with what it raised: without it, jobs would
        be claimed and not completed.
        """
        background = [
            asyncio.create_task(each, name=name)
            for name, each in (
                ("acks", self._acks.run()),
                ("caretaker", self._caretaker.run()),
                ("clockwork", self._clockwork.run(stop.stopping, stop.expired)),
            )
        ]
        for part in background:
            part.add_done_callback(self._notice)
        try:
            while not (stop.stopping.is_set() or self._failure):
                await self._live(stop)
                await first_of(stop.stopping, seconds=self._retry_seconds)  # the store is away, or this one was lost
            if self._failure:
                raise self._failure
            await background[-1]
        finally:
            await end(*background)
            self._threads.shutdown(wait=False, cancel_futures=True)
        return not (self._clockwork.stuck or any(not _ended(run) for run in self._holding.given_up))

    # --- One incarnation ---------------------------------------------------------------------------------------------

    async def _live(self, stop: Stop) -> None:
        me = Incarnation(
            id=uuid.uuid4(),
            lease=self.terms.lease,
            concurrency=self.terms.concurrency,
            pid=os.getpid(),
            instance=self.terms.instance,
            release=self.terms.release,
            crons=self._timetable.declarations,
        )
        since = time.monotonic()
        if not await self._register(me):
            return
        self._lost, self._more, self._anew, self._reserved = asyncio.Event(), True, True, None
        self._holding = Holding(self.terms.concurrency, self._holding.given_up)
        self.beat = Beat(self._store, me.id, me.lease, since, self._lose)
        self.beat.start()
        self._clockwork.open()
        claiming = asyncio.create_task(self._claim_until_stopped(me, stop), name="claims")
        try:
            await first_of(stop.stopping, self._lost, tasks=[claiming])
            if claiming.done() and not stop.stopping.is_set() and not self._lost.is_set():
                self._break("claiming failed", None if claiming.cancelled() else claiming.exception())
            self._wake.set()
            # What runs may come to its end, until there is no more time, or the incarnation is lost meanwhile.
            await first_of(stop.expired, self._lost, tasks=[claiming])
            await first_of(stop.expired, self._lost, tasks=self._tasks())
            await first_of(stop.expired, self._lost, self._acks.quiet)
        finally:
            self._clockwork.close()
            await end(claiming)
            await self._cancel_all()
            await self.beat.stop()
            await self._leave(me)

    async def _register(self, me: Incarnation) -> bool:
        try:
            while self._behind:
                worker, blamed = self._behind[0]
                await self._give_back(worker, [], blamed=blamed)
                del self._behind[0]
            await self._store.declare(me.crons)
            await self._store.register(me)
        except StoreUnavailable as error:
            self._caretaker.outage.note(str(error))
            return False
        self._caretaker.outage.over()
        return True

    def _lose(self, reason: str) -> None:
        """The beat says that this incarnation is lost."""
        names = ", ".join(f"{run.claimed.name} {run.claimed.id}" for run in self._holding.runs.values())
        logger.warning("lease_lost: %s; its jobs are cancelled: %s", reason, names or "none")
        self._lost.set()

    def _notice(self, part: "asyncio.Task[None]") -> None:
        """A part of the engine that works in the background has ended."""
        if not part.cancelled() and (error := part.exception()):
            self._failure = error
            self._break(f"the worker ends: {part.get_name()} failed", error)

    def _break(self, what: str, error: BaseException | None) -> None:
        """A fault of the engine itself: give everything back and begin anew, rather than hold what does not run."""
        logger.critical("%s", what, exc_info=error)
        self._lose("a fault of the engine")

    async def _leave(self, me: Incarnation) -> None:
        """Give back what this incarnation holds, but for what runs on in threads."""
        kept, reason = list(self._holding.runs), ""
        lost = self._lost.is_set()
        self._holding = Holding(self.terms.concurrency, [*self._holding.given_up, *self._holding.runs.values()])
        blamed = self.beat is not None and self.beat.stood_still
        for _ in range(LEAVE_TRIES):
            try:
                await self._give_back(me.id, kept, stay=lost and bool(kept), blamed=blamed)
            except StoreUnavailable as error:
                reason = str(error)
            else:
                return
            if lost:
                self._behind += [] if kept else [(me.id, blamed)]
                return
            await asyncio.sleep(self._retry_seconds)
        logger.warning("what this worker holds is freed only at the end of its lease: %s", reason)

    async def _give_back(self, worker: uuid.UUID, kept: list[int], *, stay: bool = False, blamed: bool = False) -> None:
        """`stay`: what runs on is taken by whoever declares this incarnation dead, not earlier.

        `blamed`: one of its jobs has stopped the process, and counts as having killed it.
        """
        if blamed:
            if not stay:
                await self._store.die(worker)
            return
        await self._store.release(worker, kept)
        if not stay:
            await self._store.leave(worker, later=bool(kept))

    # --- Claiming ----------------------------------------------------------------------------------------------------

    async def _claim_until_stopped(self, me: Incarnation, stop: Stop) -> None:
        holding = self._holding
        while not (stop.stopping.is_set() or self._lost.is_set()):
            self._wake.clear()
            try:
                await self._reconcile(me)
                await self._heed(me)
                if stale := holding.stale():
                    await self._store.put_back(stale)
                    self._anew = True
                claimed = await self._claim(me)
            except StoreUnavailable as error:
                self._caretaker.outage.note(str(error))
                self._more, self._anew, claimed = False, True, []
                self._doubtful_until = time.monotonic() + DOUBT_SECONDS
            else:
                self._caretaker.outage.over()
            if self._lost.is_set() or stop.stopping.is_set():
                break
            holding.put(claimed)
            self._start_waiting()
            if self._more and holding.pays:
                await asyncio.sleep(0)
            else:
                pause = contract.POLL_SECONDS * random.uniform(1 - POLL_JITTER, 1 + POLL_JITTER)  # noqa: S311 - jitter
                await first_of(self._wake, seconds=WAIT_SECONDS if holding.waiting else pause)
        holding.waiting.clear()  # what has not begun does not begin
        if not self._lost.is_set():
            with suppress(StoreUnavailable):  # it is given back with the rest
                await self._store.release(me.id, list(holding.runs))

    async def _reconcile(self, me: Incarnation) -> None:
        """Give back what the store takes for this worker's, and nobody here knows.

        The answer to a claim may have got lost, and its statement may come to its end long after that was noticed.
        """
        now = time.monotonic()
        if self._doubtful_until and now - self._reconciled >= contract.POLL_SECONDS:
            await self._store.release(me.id, self._holding.known)
            self._reconciled = now
            if now > self._doubtful_until:
                self._doubtful_until = 0.0

    async def _heed(self, me: Incarnation) -> None:
        """Cancel what somebody asked to be cancelled, at the bell or once in a while."""
        now = time.monotonic()
        if not self._called_off and (now - self._heeded < contract.POLL_SECONDS or not self._holding.runs):
            return
        self._called_off, self._heeded = False, now
        for held in await self._store.to_cancel(me.id):
            run = self._holding.runs.get(held.id)
            if run is not None and run.claimed.claim == held.claim:
                run.call_off()
            elif self._holding.drop(held):
                await self._store.cancelled(held, None)

    async def _claim(self, me: Incarnation) -> list[Claimed]:
        """What there is room for: of every queue in turn; or the suspect alone, once nothing else runs."""
        holding = self._holding
        holding.given_up[:] = [run for run in holding.given_up if not _ended(run)]
        if self._reserved is None and self._caretaker.may_reserve:
            self._caretaker.may_reserve = False
            self._reserved = await self._store.reserve(me.id, self._queues, self._names)
        if self._reserved is not None:
            return await self._claim_suspect(me)
        if any(run.alone for run in holding.runs.values()):
            return []
        room, claimed = holding.room, list[Claimed]()
        anew, self._anew = self._anew, False
        for queue in random.sample(self._queues, len(self._queues)):
            if room > len(claimed):
                claimed += await self._store.claim(me.id, queue, self._names, room - len(claimed), anew=anew)
        self._more = len(claimed) == room
        return claimed

    async def _claim_suspect(self, me: Incarnation) -> list[Claimed]:
        if self._holding.runs or self._holding.waiting or self._reserved is None:
            return []
        suspect = await self._store.claim_reserved(me.id, self._reserved)
        self._reserved = None
        return [suspect] if suspect else []

    def _start_waiting(self) -> None:
        while claimed := self._holding.next():
            run = Run(claimed, self._end, alone=claimed.crashes >= contract.LONE_AFTER_CRASHES)
            self._holding.begin(run)
            function = self._jobs.functions[claimed.name]
            name = f"job {claimed.name} {claimed.id}"
            run.task = self._loop.create_task(self._runner.run(function, run), name=name)
            run.task.add_done_callback(partial(self._done, run))

    def _end(self, run: Run, seconds: float) -> None:
        """A function has ended: the next may begin, while the store is told."""
        self._holding.end(run, seconds)
        if self._holding.waiting:
            self._start_waiting()
        self._look_again()

    def _look_again(self) -> None:
        if self._more and not self._wake.is_set() and self._holding.pays:
            self._wake.set()

    def _done(self, run: Run, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._break(f"job {run.claimed.id} could not be brought to its end", error)
        if not run.pending:
            self._let_go(run)
            self._look_again()

    def _told(self, batch: list[Run], finished: "set[int] | Exception") -> None:
        """The store knows of these runs, or has failed in a way that it does not know itself."""
        if isinstance(finished, Exception):
            if any(run.pending for run in batch):  # or they were this process' in an earlier incarnation
                self._break("completing jobs failed", finished)
            return
        for run in batch:
            if run.pending:
                self._runner.told(run, accepted=run.claimed.id in finished)
                self._let_go(run)
        self._look_again()

    def _let_go(self, run: Run) -> None:
        """A run is at its end, unless it goes on in a thread."""
        if not run.stuck and self._holding.runs.get(run.claimed.id) is run:
            del self._holding.runs[run.claimed.id]
            self.finished += 1
        # There is something to look for: the next of the key, what waited for a lone run.
        if run.claimed.key is not None or run.alone or self._reserved is not None:
            self.wake()

    # --- Stopping ----------------------------------------------------------------------------------------------------

    async def _cancel_all(self) -> None:
        """Cancel what runs. Those whose function has ended may still tell the store, for a moment."""
        lost = self._lost.is_set()
        self._cancel([run for run in self._holding.runs.values() if lost or not run.finishing])
        since = time.monotonic()
        await first_of(tasks=self._tasks(), seconds=CANCEL_SECONDS)
        await first_of(self._acks.quiet, seconds=0 if lost else since + CANCEL_SECONDS - time.monotonic())
        self._cancel(list(self._holding.runs.values()))
        await first_of(tasks=self._tasks(), seconds=CANCEL_SECONDS)

    def _cancel(self, runs: list[Run]) -> None:
        for run in runs:
            waits = run.pending
            run.cancel()
            if waits:
                self._let_go(run)

    def _tasks(self) -> "list[asyncio.Task[None]]":
        return [run.task for run in self._holding.runs.values() if run.task is not None and not run.task.done()]


def _ended(run: Run) -> bool:
    return not run.stuck and (run.task is None or run.task.done())
