"""Starts the children in dependency order, keeps them running, replaces them, and stops all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Final

from seawall.errors import SeawallError
from seawall.local import probes, process, reaper
from seawall.local.clock import Clock, MonotonicClock
from seawall.local.events import Event, NotReplaced, Replaced
from seawall.local.health import Ask
from seawall.local.spec import ExitProbe, ProcessSpec
from seawall.local.tender import Prepare, Spawn, Tender, Tools, TrialError

# From the switch of the traffic to a successor until its predecessor is told to stop: for requests that had chosen the
# predecessor and were still on their way to it. Nobody waits for this.
SWITCH_SECONDS: Final = 0.5

Act = Callable[[], None]
Wait = Callable[[], Awaitable[object]]


class Supervisor:
    """Runs a set of children until it is told to stop.

    `listen` gets every event as it happens. `prepare` holds, by child, what is done before each start. The keyword
    arguments are for tests: how to spawn, how to ask a probe, and the clock.
    """

    def __init__(  # noqa: PLR0913  # the three keyword arguments are the seams of the tests
        self,
        specs: Iterable[ProcessSpec],
        listen: Callable[[Event], None],
        prepare: Mapping[str, Prepare] | None = None,
        *,
        spawn: Spawn | None = None,
        ask: Ask = probes.ask,
        clock: Clock | None = None,
    ) -> None:
        self._first = tuple(specs)
        self._listen = listen
        self._prepare = dict(prepare or {})
        self._spawn = spawn
        self._ask = ask
        self._clock = clock or MonotonicClock()
        self._tools: Tools
        self._ready: dict[str, asyncio.Event] = {}
        self._serving: dict[str, Tender] = {}
        self._tasks: dict[Tender, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()
        self._failures: list[BaseException] = []

    async def run(self, stop: asyncio.Event) -> None:
        """Start each child as soon as those in its `after` are ready; return once `stop` was set and all is down.

        A child is stopped when everything that came after it has stopped.

        Raises:
            SeawallError: a task failed, a preparation did, or a program is not there; everything was stopped before.
        """
        with ExitStack() as stack:
            spawn = self._spawn or partial(process.spawn, registry=stack.enter_context(reaper.running()))
            self._tools = Tools(spawn, self._ask, self._clock, self.emit)
            asked = asyncio.create_task(self._stop_when(stop))
            self._ready = {spec.name: asyncio.Event() for spec in self._first}
            for spec in self._first:
                self._serve(self._tender(spec)).add_done_callback(self._stop_if_failed)
            try:
                await self._stopping.wait()
            finally:
                self._stopping.set()
                asked.cancel()
                for tender in self._tasks:
                    tender.leave(self._after(tender.spec.name))
                await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        _raise_first(self._failures)

    def hurry(self) -> None:
        """Do not wait long for children that take their time to stop: for the second Ctrl-C."""
        for tender in self._tasks:
            if tender.child is not None:
                tender.child.hurry()

    def emit(self, event: Event) -> None:
        """Tell the listener; if it fails, such as a closed terminal, the run ends and raises what it raised."""
        try:
            self._listen(event)
        except Exception as error:  # noqa: BLE001  # whatever it is, `run` raises it again
            self._failures.insert(0, error)
            self._stopping.set()

    @property
    def specs(self) -> Mapping[str, ProcessSpec]:
        """What serves now, by name."""
        return {name: tender.spec for name, tender in self._serving.items()}

    def signal(self, name: str, number: int) -> None:
        """Send a signal to a child, if it runs."""
        tender = self._serving.get(name)
        if tender is not None and tender.child is not None:
            tender.child.signal(number)

    def adopt(self, spec: ProcessSpec) -> None:
        """From its next start on, a child is run by another spec; the running one goes on."""
        self._serving[spec.name].spec = spec

    async def start(self, spec: ProcessSpec, superseded: Wait, prepare: Prepare | None = None) -> bool:
        """Start one more child, and wait until it is ready, ended by itself, or `superseded` returns.

        Returns whether it became ready.

        Raises:
            SeawallError: its preparation failed, or its program is not there. Everything else goes on.
        """
        tender = self._tender(spec, prepare)
        task = self._serve(tender)
        await self._first_of(task, tender.ready.wait(), tender.troubled.wait(), superseded())
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            self._forget(spec.name)
            raise error
        return tender.ready.is_set()

    async def repeat(self, spec: ProcessSpec) -> None:
        """Run a task, such as a migration, once more or for the first time.

        Raises:
            SeawallError: it failed. Everything else goes on.
        """
        assert isinstance(spec.ready, ExitProbe)  # noqa: S101  # a task
        tender = self._tender(spec)
        await self._launch(tender)
        self._serving[spec.name] = tender

    async def remove(self, name: str) -> None:
        """Stop a child, and return once it is down; others go on, whether they wait for it or not."""
        tender = self._forget(name)
        if tender in self._tasks:
            tender.leave()
            await asyncio.wait({self._tasks[tender]})

    async def replace(self, spec: ProcessSpec, switch: Act, superseded: Wait, prepare: Prepare | None = None) -> bool:
        """Let a successor take over from the child of the same name; returns whether it did.

        The successor starts beside its predecessor. Once it is ready `switch` sends the traffic to it, and the
        predecessor drains. If it is not, or `superseded` returns first, it is stopped and nothing has changed. One that
        runs alone, or whose predecessor never was ready, is started when its predecessor has stopped.

        Raises:
            SeawallError: as `start`.
        """
        if spec.alone or not self._ready[spec.name].is_set():
            await self.remove(spec.name)
            switch()
            return await self.start(spec, superseded, prepare)
        successor = self._tender(spec, prepare, successor=True)
        task = self._launch(successor)
        await self._first_of(task, successor.ready.wait(), superseded())
        if not successor.ready.is_set():
            await self._give_up(successor, task)
            return False
        switch()
        successor.promote()
        predecessor = self._serving[spec.name]
        self._serving[spec.name] = successor
        task.add_done_callback(self._stop_if_failed)
        assert successor.child is not None  # noqa: S101  # it has just become ready
        self.emit(Replaced(spec.name, successor.child.pid, successor.seconds))
        if predecessor in self._tasks:
            after_switch = asyncio.create_task(self._clock.sleep(SWITCH_SECONDS))
            predecessor.leave([after_switch], aside=True)
        return True

    async def _give_up(self, successor: Tender, task: "asyncio.Task[None]") -> None:
        successor.leave()
        await asyncio.wait({task})
        error = None if task.cancelled() else task.exception()
        if isinstance(error, TrialError):
            self.emit(NotReplaced(successor.spec.name, error.reason, error.last_lines))
        elif error is not None:
            raise error

    def _tender(self, spec: ProcessSpec, prepare: Prepare | None = None, *, successor: bool = False) -> Tender:
        served = self._ready.setdefault(spec.name, asyncio.Event())
        prepare = prepare or self._prepare.get(spec.name)
        return Tender(spec, self._tools, served, prepare, successor=successor)

    def _serve(self, tender: Tender) -> "asyncio.Task[None]":
        self._serving[tender.spec.name] = tender
        return self._launch(tender)

    def _launch(self, tender: Tender) -> "asyncio.Task[None]":
        task = asyncio.create_task(tender.run(self._dependencies(tender)))
        self._tasks[tender] = task
        task.add_done_callback(lambda _: self._tasks.pop(tender, None))
        if self._stopping.is_set():
            tender.leave()
        return task

    def _forget(self, name: str) -> Tender:
        self._ready[name].clear()
        return self._serving.pop(name)

    async def _dependencies(self, tender: Tender) -> None:
        for name in tender.spec.after:
            await self._ready[name].wait()

    def _after(self, name: str) -> list["asyncio.Task[None]"]:
        """The tasks of all that came after a child, also of those that are being replaced."""
        names = self._dependants(name)
        return [task for tender, task in self._tasks.items() if tender.spec.name in names]

    def _dependants(self, name: str) -> set[str]:
        nearest = {tender.spec.name for tender in self._tasks if name in tender.spec.after}
        nearest |= {each for each, tender in self._serving.items() if name in tender.spec.after}
        return nearest.union(*map(self._dependants, nearest))

    async def _first_of(self, task: "asyncio.Task[None]", *waits: Awaitable[object]) -> None:
        """Wait until one of these is done; the task goes on."""
        waiting = [asyncio.ensure_future(wait) for wait in waits]
        try:
            await asyncio.wait({task, *waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()

    async def _stop_when(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._stopping.set()

    def _stop_if_failed(self, task: "asyncio.Task[None]") -> None:
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is not None:
            self._failures.append(error)
            self._stopping.set()


def _raise_first(failures: Iterable[BaseException]) -> None:
    """All problems at once; anything else that went wrong comes first."""
    errors = [failure for failure in failures if isinstance(failure, Exception)]
    for error in errors:
        if not isinstance(error, SeawallError):
            raise error
    problems = [problem for error in errors if isinstance(error, SeawallError) for problem in error.problems]
    if problems:
        raise SeawallError(*problems)
