"""What is done to a run: a plan made of a seed, and its execution."""

import asyncio
import random
import signal
from collections import Counter
from typing import TYPE_CHECKING, Final

from tests.reliability.fleet import Fleet
from tests.reliability.journal import Journal
from tests.reliability.proxy import Proxy
from tests.support.cluster import Server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

# Of 60 seconds: how often each is done. A run of another length has its share of them, each once at least.
PLAN: Final = {
    "kill a worker": 12,
    "stop a worker": 10,
    "end a worker": 8,
    "kill a scheduler": 8,
    "stop a scheduler": 8,
    "end a scheduler": 8,
    "kill a producer": 6,
    "all schedulers down": 5,
    "postgres restart": 5,
    "partition": 5,
    "latency": 5,
    "reset": 8,
}
LEAST: Final = 5  # of each in 60 seconds, or the run is invalid
TICK: Final = 1.0


class Nemesis:
    """Carries out a plan; everything is whole again at its end."""

    def __init__(self, fleet: Fleet, server: Server, proxy: Proxy, written: Journal, dice: random.Random) -> None:
        self._fleet = fleet
        self._server = server
        self._proxy = proxy
        self._written = written
        self._dice = dice
        self._network = asyncio.Lock()  # one fault of the network at a time
        self._storage = asyncio.Lock()
        self._schedulers = asyncio.Lock()

    async def run(self, seconds: float, plan: dict[str, int]) -> None:
        """Do everything of `plan` at moments spread over `seconds`; returns when all is whole again."""
        faults = [name for name, count in plan.items() for _ in range(count)]
        self._dice.shuffle(faults)
        apart = seconds / (len(faults) + 1)
        under_way: list[asyncio.Task[None]] = []
        for name in faults:
            await asyncio.sleep(apart * self._dice.uniform(0.5, 1.5))
            under_way.append(asyncio.create_task(self._inflict(name)))
        await asyncio.sleep(0 if faults else seconds)
        await asyncio.gather(*under_way)

    async def _inflict(self, name: str) -> None:
        action, _, role = name.partition(" a ")
        if role:
            number = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "end": signal.SIGTERM}[action]
            await self._signal(name, role, number)
            return
        others: dict[str, Callable[[], Awaitable[None]]] = {
            "all schedulers down": self._all_schedulers_down,
            "postgres restart": self._restart,
            "partition": self._partition,
            "latency": self._latency,
            "reset": self._reset,
        }
        await others[name]()

    async def _signal(self, name: str, role: str, number: signal.Signals) -> None:
        while not (there := [each for each in self._fleet.of(role) if each.pid]):  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.1)
        hit = self._dice.choice(there)
        hit.send(number)
        self._written.write("fault", name=name, process=hit.name)

    async def _all_schedulers_down(self) -> None:
        async with self._schedulers:
            self._written.write("fault", name="all schedulers down")
            self._fleet.hold_down("scheduler")
            await asyncio.sleep(2.5 * TICK)
            self._fleet.let_up()

    async def _restart(self) -> None:
        async with self._storage:
            self._written.write("fault", name="postgres restart")
            await asyncio.to_thread(self._server.stop, signal.SIGQUIT)
            await asyncio.to_thread(self._server.start)

    async def _partition(self) -> None:
        async with self._network:
            self._written.write("fault", name="partition")
            self._proxy.cut()
            await asyncio.sleep(self._dice.uniform(0.5, 3.0))
            if self._dice.random() < 0.5:  # what was under way is lost, or comes late
                self._proxy.reset()
            self._proxy.heal()

    async def _latency(self) -> None:
        async with self._network:
            self._written.write("fault", name="latency")
            self._proxy.delay = self._dice.uniform(0.02, 0.2)
            await asyncio.sleep(self._dice.uniform(0.5, 2.0))
            self._proxy.heal()

    async def _reset(self) -> None:
        self._written.write("fault", name="reset")
        self._proxy.reset()


def share(seconds: float, names: tuple[str, ...] = tuple(PLAN)) -> dict[str, int]:
    """The plan for a run of so many seconds."""
    return {name: max(1, round(PLAN[name] * seconds / 60)) for name in names}


def least(plan: dict[str, int]) -> Counter[str]:
    """How often each must have come about for the run to count: one that finds nobody to hit does not."""
    return Counter({name: min(LEAST, count) for name, count in plan.items()})
