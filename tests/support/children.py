"""Children that exist only in a test's head: `FakeMachine` spawns them and answers their probes."""

import asyncio
import itertools
from collections.abc import Iterable

from seawall.local.process import Ending, OnLine
from seawall.local.spec import ExitProbe, HttpProbe, Probe, ProcessSpec, TcpProbe


class FakeChild:
    """Keeps `seawall.local.supervisor.Child`; a test ends it with `end`."""

    def __init__(self, spec: ProcessSpec, pid: int) -> None:
        self.name = spec.name
        self.pid = pid
        self.last_lines: tuple[str, ...] = ()
        self.obeys = True
        self.hurried = False
        self.killed = False
        self.signals: list[int] = []
        self._say: OnLine | None = None
        self._status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def end(self, status: int, *last_lines: str) -> None:
        self.last_lines = last_lines
        self._status.set_result(status)

    def say(self, line: str) -> None:
        assert self._say is not None
        self._say("stdout", line)

    async def listen(self, on_line: OnLine) -> None:
        self._say = on_line

    async def wait(self) -> int:
        return await asyncio.shield(self._status)

    async def stop(self) -> Ending:
        if self.obeys and not self._status.done():
            self._status.set_result(0)
        return Ending(await self.wait(), killed=False)

    def signal(self, number: int) -> None:
        self.signals.append(number)

    def hurry(self) -> None:
        self.hurried = True

    def kill(self) -> None:
        self.killed = True


class FakeMachine:
    """Spawns children that run until a test ends them.

    A program in `missing` cannot be spawned; a port in `unready` fails readiness, one in `dead` liveness.
    """

    def __init__(self) -> None:
        self.spawned: list[FakeChild] = []
        self.missing: set[str] = set()
        self.unready: set[int] = set()
        self.dead: set[int] = set()
        self._pids = itertools.count(100)

    def spawn(self, spec: ProcessSpec) -> FakeChild:
        if spec.name in self.missing:
            raise FileNotFoundError(2, "No such file or directory", spec.argv[0])
        child = FakeChild(spec, next(self._pids))
        self.spawned.append(child)
        return child

    async def ask(self, probe: Probe) -> str | None:
        match probe:
            case TcpProbe(port=port):
                return "connection refused" if port in self.unready else None
            case HttpProbe(port=port):
                return "answered 503" if port in self.dead else None
            case _:
                raise AssertionError(probe)

    def latest(self, name: str) -> FakeChild:
        return next(child for child in reversed(self.spawned) if child.name == name)


def service(name: str, port: int, after: Iterable[str] = (), *, live: bool = False) -> ProcessSpec:
    liveness = HttpProbe(port, "/live") if live else None
    return ProcessSpec(name, (name,), {}, "/", TcpProbe(port), tuple(after), liveness)


def task(name: str, after: Iterable[str] = ()) -> ProcessSpec:
    return ProcessSpec(name, (name,), {}, "/", ExitProbe(), tuple(after))
