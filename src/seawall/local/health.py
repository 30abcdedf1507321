"""One run of one child: when it became ready, and whether it must be replaced."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from seawall import contract
from seawall.local.clock import Clock
from seawall.local.spec import HttpProbe, Probe, ProcessSpec

LIVENESS_SECONDS: Final = 1.0  # between two questions to a child that runs
STARTUP_SECONDS: Final = float(contract.STARTUP_PERIOD * contract.STARTUP_FAILURES)  # as long as Kubernetes is patient

Ask = Callable[[Probe], Awaitable[str | None]]


class Health:
    """Asks a child's probes from its spawn on. `on_ready` gets the seconds that the child took to become ready."""

    def __init__(
        self,
        spec: ProcessSpec,
        ask: Ask,
        clock: Clock,
        on_ready: Callable[[float], None],
        *,
        must_be_ready: bool = False,
    ) -> None:
        self._spec = spec
        self._impatient = must_be_ready or spec.live is None
        self._ask = ask
        self._clock = clock
        self._on_ready = on_ready
        self._spawned = clock.time()
        self._ready_at: float | None = None

    def seconds_ready(self) -> float:
        """For how long it has been ready; 0 if it never was."""
        return 0.0 if self._ready_at is None else self._clock.time() - self._ready_at

    async def until_unhealthy(self) -> str:
        """Return the reason once the child must be replaced, by Kubernetes' rules.

        With a liveness probe: no answer to it within the start-up time, or later three failures in a row; readiness may
        take as long as it likes, unless it `must_be_ready`. Without one: not ready within the start-up time; later
        nothing.
        """
        watchers = [asyncio.create_task(self._until_ready())]
        if self._spec.live is not None:
            watchers.append(asyncio.create_task(self._until_dead(self._spec.live)))
        try:
            done, _ = await asyncio.wait(watchers, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for watcher in watchers:
                watcher.cancel()

    async def _until_ready(self) -> str:
        while (reason := await self._ask(self._spec.ready)) is not None:
            if self._impatient and self._seconds() > STARTUP_SECONDS:
                return f"not ready within {STARTUP_SECONDS:g} s: {reason}"
            await self._clock.sleep(contract.LOCAL_PROBE_INTERVAL)
        self._ready_at = self._clock.time()
        self._on_ready(self._seconds())
        return await asyncio.Future()  # never: readiness ends nothing, and whoever waits for this cancels it

    async def _until_dead(self, probe: HttpProbe) -> str:
        lived, failures, reason = False, 0, None
        while failures < contract.PROBE_FAILURES or not (lived or self._seconds() > STARTUP_SECONDS):
            await self._clock.sleep(LIVENESS_SECONDS)
            reason = await self._ask(probe)
            lived = lived or reason is None
            failures = 0 if reason is None else failures + 1
        return f"{failures} failures of the liveness probe in a row: {reason}"

    def _seconds(self) -> float:
        return self._clock.time() - self._spawned
