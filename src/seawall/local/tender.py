"""Keeps one child running: starts it, watches it, starts it again when it ends, stops it when it is told to leave."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from seawall.errors import Problem, SeawallError
from seawall.local import process
from seawall.local.backoff import Backoff
from seawall.local.clock import Clock
from seawall.local.events import Crashed, Drained, Event, Output, Ready, Replacing, Starting, Stopped, Unhealthy
from seawall.local.health import Ask, Health
from seawall.local.logline import problem_of
from seawall.local.spec import ExitProbe, ProcessSpec

_SHOWN_LINES: Final = 6  # of a failed task, in the error; an error is at most eight lines
_CANNOT_START: Final = 127  # the shell's status for a command that is not there


class Child(Protocol):
    """What is needed of a child; `process.Child` is the real one."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    @property
    def last_lines(self) -> tuple[str, ...]:
        """The last lines that it wrote."""
        ...

    async def listen(self, on_line: process.OnLine) -> None:
        """Begin to report its output."""
        ...

    async def wait(self) -> int:
        """Return its exit status, or minus the signal, once it has ended."""
        ...

    async def stop(self) -> process.Ending:
        """Stop it, by force after its grace."""
        ...

    def hurry(self) -> None:
        """Shorten the grace."""
        ...

    def signal(self, number: int) -> None:
        """Send a signal to it alone."""
        ...

    def kill(self) -> None:
        """Stop it by force, now."""
        ...


Spawn = Callable[[ProcessSpec], Child]
Prepare = Callable[[], Coroutine[object, object, object]]


@dataclass(frozen=True, slots=True)
class Tools:
    """How to spawn a child, how to ask its probes, by which clock, and who gets the events."""

    spawn: Spawn
    ask: Ask
    clock: Clock
    emit: Callable[[Event], None]


class TrialError(Exception):
    """A successor did not become ready: `reason` in a few words, and its last lines."""

    def __init__(self, reason: str, last_lines: tuple[str, ...]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.last_lines = last_lines


class Tender:
    """Tends the child of one spec. `prepare` is awaited before every start.

    A `successor` is on trial until `promote`: it has one attempt to become ready. `ready` is set when the child was
    ready for the first time, `troubled` when it ended by itself or had to be stopped. `served` is set when whoever
    waits for the child may go on.
    """

    def __init__(
        self,
        spec: ProcessSpec,
        tools: Tools,
        served: asyncio.Event,
        prepare: Prepare | None = None,
        *,
        successor: bool = False,
    ) -> None:
        self.spec = spec
        self.ready = asyncio.Event()
        self.troubled = asyncio.Event()
        self.child: Child | None = None
        self.seconds = 0.0
        self._tools = tools
        self._served = served
        self._prepare = prepare
        self._trial = self._aside = successor
        self._leaving = asyncio.Event()
        self._last_of: tuple[asyncio.Task[None], ...] = ()
        self._backoff = Backoff()

    async def run(self, dependencies: Coroutine[object, object, object]) -> None:
        """Start the child once the `dependencies` are there; return once it was told to leave and is down.

        Raises:
            SeawallError: a task failed, a preparation did, or the program is not there.
            TrialError: a successor did not become ready.
        """
        try:
            if not await self._unless_leaving(dependencies):
                return
            if isinstance(self.spec.ready, ExitProbe):
                await self._run_task()
            else:
                await self._run_service()
        except BaseException:
            if self.child is not None:
                self.child.kill()
            raise

    def leave(self, after: Iterable["asyncio.Task[None]"] = (), *, aside: bool = False) -> None:
        """Start nothing any more; stop the child when the tasks in `after` have ended.

        `aside` says that another child serves in its place.
        """
        self._last_of = tuple(after)
        self._aside = self._aside or aside
        self._leaving.set()

    def promote(self) -> None:
        """The successor serves now: from here on it is a child like any other."""
        self._trial = self._aside = False

    async def _run_task(self) -> None:
        spawned = self._tools.clock.time()
        child = await self._first_start()
        if child is None:
            return
        if not await self._unless_leaving(child.wait()):
            await self._stop_last(child)
            return
        status = await child.wait()
        self.child = None
        if status != 0:
            raise SeawallError(*_task_failed(self.spec.name, status, child.last_lines))
        self._announce(self._tools.clock.time() - spawned)

    async def _run_service(self) -> None:
        restarts = 0
        child = await self._first_start()
        while child is not None:
            delay = await self._until_down(child)
            if delay is None:
                return
            restarts += 1
            child = await self._restart(restarts, delay)

    async def _until_down(self, child: Child) -> float | None:
        """Watch a service; returns the seconds until it starts again, or None if it was told to leave."""
        tools = self._tools
        health = Health(self.spec, tools.ask, tools.clock, self._announce, must_be_ready=self._trial)
        ended = asyncio.create_task(child.wait())
        unhealthy = asyncio.create_task(health.until_unhealthy())
        try:
            running = await self._unless_leaving(asyncio.wait({ended, unhealthy}, return_when=asyncio.FIRST_COMPLETED))
        finally:
            ended.cancel()
            unhealthy.cancel()
        if not running:
            await self._stop_last(child)
            return None
        self.troubled.set()
        if ended.done():
            self.child = None
            return self._crashed(ended.result(), child.last_lines, health.seconds_ready())
        if not self._trial:
            tools.emit(Unhealthy(self.spec.name, unhealthy.result()))
        await self._stop(child)
        if self._trial:
            raise TrialError(unhealthy.result(), child.last_lines)
        return self._backoff.after(health.seconds_ready())

    def _crashed(self, status: int, last_lines: tuple[str, ...], healthy: float) -> float:
        if self._trial:
            raise TrialError(f"it ended with {_how(status)}", last_lines)
        delay = self._backoff.after(healthy)
        self._tools.emit(Crashed(self.spec.name, status, last_lines, delay))
        return delay

    async def _restart(self, restarts: int, delay: float) -> Child | None:
        """A program that vanished while it ran (an environment is rebuilt) may come back: that too is a crash."""
        while await self._unless_leaving(self._tools.clock.sleep(delay)):
            try:
                return await self._start(restarts)
            except (OSError, SeawallError) as error:
                delay = self._crashed(_CANNOT_START, tuple(str(error).splitlines()), 0.0)
        return None

    async def _first_start(self) -> Child | None:
        try:
            return await self._start(0)
        except OSError as error:
            if self._trial:
                raise TrialError("it cannot be started", (str(error),)) from error
            raise SeawallError(Problem("SW305", f"{self.spec.name} cannot be started", saw=str(error))) from error

    async def _start(self, restarts: int) -> Child | None:
        """Spawn the child; None if it was told to leave meanwhile."""
        if self._prepare is not None and not await self._unless_leaving(self._prepare()):
            return None
        name = self.spec.name
        child = self._tools.spawn(self.spec)
        self.child = child
        self._tools.emit(Replacing(name, child.pid) if self._trial else Starting(name, child.pid, restarts))
        await child.listen(lambda stream, line: self._tools.emit(Output(name, stream, line)))
        return child

    async def _stop_last(self, child: Child) -> None:
        """Stop a child once nothing that was started after it runs, be it after a task that has long ended."""
        if self._last_of:
            await asyncio.wait(self._last_of)
        await self._stop(child)

    async def _stop(self, child: Child) -> None:
        ending = await child.stop()
        self.child = None
        name = self.spec.name
        if self._aside:
            self._tools.emit(Drained(name, child.pid, ending.status, ending.killed))
        else:
            self._tools.emit(Stopped(name, ending.status, ending.killed))

    def _announce(self, seconds: float) -> None:
        self.seconds = seconds
        self.ready.set()
        if not self._trial:
            self._served.set()
            self._tools.emit(Ready(self.spec.name, seconds))

    async def _unless_leaving(self, work: Coroutine[object, object, object]) -> bool:
        """Do the work, but give it up when it is time to leave; returns whether it was done."""
        doing = asyncio.ensure_future(work)
        leaving = asyncio.create_task(self._leaving.wait())
        try:
            await asyncio.wait({doing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not doing.done():
                doing.cancel()
                await asyncio.wait({doing})
        if not doing.cancelled():
            doing.result()
        return not self._leaving.is_set()


def _how(status: int) -> str:
    return f"status {status}" if status >= 0 else f"signal {-status}"


def _task_failed(name: str, status: int, last_lines: tuple[str, ...]) -> tuple[Problem, ...]:
    """Why a task ended: in its own words, where it said them."""
    said = tuple(problem for line in last_lines if (problem := problem_of(line)))
    saw = "\n    ".join(last_lines[-_SHOWN_LINES:])
    return said or (Problem("SW307", f"{name} ended with {_how(status)}", saw=saw),)
