"""Starts the children in dependency order, watches them, starts again what crashes, and stops all of them."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Final, Protocol

from seawall.errors import Problem, SeawallError
from seawall.local import probes, process, reaper
from seawall.local.backoff import Backoff
from seawall.local.clock import Clock, MonotonicClock
from seawall.local.events import Crashed, Event, Output, Ready, Starting, Stopped, Unhealthy
from seawall.local.health import Ask, Health
from seawall.local.spec import ExitProbe, ProcessSpec

_SHOWN_LINES: Final = 6  # of a failed task, in the error; an error is at most eight lines
_CANNOT_START: Final = 127  # the shell's status for a command that is not there


class Child(Protocol):
    """What the supervisor needs of a child; `process.Child` is the real one."""

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

    def kill(self) -> None:
        """Stop it by force, now."""
        ...


Spawn = Callable[[ProcessSpec], Child]
Prepare = Callable[[], Coroutine[object, object, object]]


class Supervisor:
    """Runs a set of children until it is told to stop.

    `listen` gets every event as it happens. `prepare` holds, by child, what is done once before it starts. The keyword
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
        self._specs = {spec.name: spec for spec in specs}
        self._listen = listen
        self._prepare = dict(prepare or {})
        self._spawn = spawn
        self._ask = ask
        self._clock = clock or MonotonicClock()
        self._ready = {name: asyncio.Event() for name in self._specs}
        self._stopping = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._children: dict[str, Child] = {}
        self._deaf: Exception | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Start each child as soon as those in its `after` are ready; return once `stop` was set and all is down.

        A child is stopped when everything that came after it has stopped.

        Raises:
            SeawallError: a task failed, a preparation did, or a program is not there; everything was stopped before.
        """
        with ExitStack() as stack:
            if self._spawn is None:
                self._spawn = partial(process.spawn, registry=stack.enter_context(reaper.running()))
            asked = asyncio.create_task(self._stop_when(stop))
            self._tasks = {name: asyncio.create_task(self._tend(spec)) for name, spec in self._specs.items()}
            for task in self._tasks.values():
                task.add_done_callback(self._stop_if_failed)
            try:
                await self._stopping.wait()
            finally:
                self._stopping.set()
                asked.cancel()
                results = await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        _raise_first(self._deaf, *results)

    def hurry(self) -> None:
        """Do not wait long for children that take their time to stop: for the second Ctrl-C."""
        for child in self._children.values():
            child.hurry()

    async def _stop_when(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._stopping.set()

    def _stop_if_failed(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled() or task.exception() is not None:
            self._stopping.set()

    def _emit(self, event: Event) -> None:
        try:
            self._listen(event)
        except Exception as error:  # noqa: BLE001  # a closed terminal ends the run, where `run` raises it again
            self._deaf = self._deaf or error
            self._stopping.set()

    async def _tend(self, spec: ProcessSpec) -> None:
        try:
            if not await self._unless_stopping(self._dependencies(spec)):
                return
            prepare = self._prepare.get(spec.name)
            if prepare is not None and not await self._unless_stopping(prepare()):
                return
            if isinstance(spec.ready, ExitProbe):
                await self._run_task(spec)
            else:
                await self._run_service(spec)
        except BaseException:
            if spec.name in self._children:
                self._children[spec.name].kill()
            raise

    async def _dependencies(self, spec: ProcessSpec) -> None:
        for name in spec.after:
            await self._ready[name].wait()

    async def _run_task(self, spec: ProcessSpec) -> None:
        spawned = self._clock.time()
        child = await self._first_start(spec)
        if not await self._unless_stopping(child.wait()):
            await self._stop_last(spec, child)
            return
        status = await child.wait()
        del self._children[spec.name]
        if status != 0:
            raise SeawallError(_task_failed(spec.name, status, child.last_lines))
        self._announce(spec, self._clock.time() - spawned)

    async def _run_service(self, spec: ProcessSpec) -> None:
        backoff = Backoff()
        restarts = 0
        child: Child | None = await self._first_start(spec)
        while child is not None:
            delay = await self._until_down(spec, child, backoff)
            if delay is None:
                return
            restarts += 1
            child = await self._restart(spec, restarts, delay, backoff)

    async def _until_down(self, spec: ProcessSpec, child: Child, backoff: Backoff) -> float | None:
        """Watch a service; returns the seconds until it starts again, or None if everything stops."""
        health = Health(spec, self._ask, self._clock, partial(self._announce, spec))
        ended = asyncio.create_task(child.wait())
        unhealthy = asyncio.create_task(health.until_unhealthy())
        try:
            running = await self._unless_stopping(asyncio.wait({ended, unhealthy}, return_when=asyncio.FIRST_COMPLETED))
        finally:
            ended.cancel()
            unhealthy.cancel()
        if not running:
            await self._stop_last(spec, child)
            return None
        delay = backoff.after(health.seconds_ready())
        if ended.done():
            del self._children[spec.name]
            self._emit(Crashed(spec.name, ended.result(), child.last_lines, delay))
        else:
            self._emit(Unhealthy(spec.name, unhealthy.result()))
            await self._stop(spec, child)
        return delay

    async def _restart(self, spec: ProcessSpec, restarts: int, delay: float, backoff: Backoff) -> Child | None:
        """A program that vanished while it ran (an environment is rebuilt) may come back: that too is a crash."""
        while await self._unless_stopping(self._clock.sleep(delay)):
            try:
                return await self._start(spec, restarts)
            except OSError as error:
                delay = backoff.after(0.0)
                self._emit(Crashed(spec.name, _CANNOT_START, (str(error),), delay))
        return None

    async def _first_start(self, spec: ProcessSpec) -> Child:
        try:
            return await self._start(spec, 0)
        except OSError as error:
            raise SeawallError(Problem("SW305", f"{spec.name} cannot be started", saw=str(error))) from error

    async def _start(self, spec: ProcessSpec, restarts: int) -> Child:
        assert self._spawn is not None  # noqa: S101  # `run` has set it
        child = self._spawn(spec)
        self._children[spec.name] = child
        self._emit(Starting(spec.name, child.pid, restarts))
        await child.listen(lambda stream, line: self._emit(Output(spec.name, stream, line)))
        return child

    async def _stop_last(self, spec: ProcessSpec, child: Child) -> None:
        """Stop a child once nothing that was started after it runs, be it after a task that has long ended."""
        dependants = self._dependants(spec.name)
        if dependants:
            await asyncio.wait([self._tasks[name] for name in dependants])
        await self._stop(spec, child)

    def _dependants(self, name: str) -> set[str]:
        nearest = {each.name for each in self._specs.values() if name in each.after}
        return nearest.union(*map(self._dependants, nearest))

    async def _stop(self, spec: ProcessSpec, child: Child) -> None:
        ending = await child.stop()
        del self._children[spec.name]
        self._emit(Stopped(spec.name, ending.status, ending.killed))

    def _announce(self, spec: ProcessSpec, seconds: float) -> None:
        self._ready[spec.name].set()
        self._emit(Ready(spec.name, seconds))

    async def _unless_stopping(self, work: Coroutine[object, object, object]) -> bool:
        """Do the work, but give it up when everything stops; returns whether it was done."""
        doing = asyncio.ensure_future(work)
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if not doing.done():
                doing.cancel()
                await asyncio.wait({doing})
        if not doing.cancelled():
            doing.result()
        return not self._stopping.is_set()


def _task_failed(name: str, status: int, last_lines: Sequence[str]) -> Problem:
    how = f"status {status}" if status >= 0 else f"signal {-status}"
    return Problem("SW307", f"{name} ended with {how}", saw="\n    ".join(last_lines[-_SHOWN_LINES:]))


def _raise_first(*results: BaseException | None) -> None:
    """All problems at once; anything else that went wrong comes first."""
    errors = [result for result in results if isinstance(result, Exception)]
    for error in errors:
        if not isinstance(error, SeawallError):
            raise error
    problems = [problem for error in errors if isinstance(error, SeawallError) for problem in error.problems]
    if problems:
        raise SeawallError(*problems)
