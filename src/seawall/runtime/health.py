"""What a process says of itself to probes and people: alive, ready, healthy.

Alive is a fact of the event loop. Ready is: started, not draining, and every critical check passes. Probes of several
proxies share one run of each check, and a good result is remembered for a second, so that asking costs the database
nothing. A bad result is not remembered: recovery is seen at once.
"""

import asyncio
import inspect
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, TypeVar, cast

from seawall.runtime.redaction import redact

CheckResult = bool | Mapping[str, object] | None
CheckFunction = Callable[[], Awaitable[CheckResult] | CheckResult]
Answer = tuple[int, dict[str, object]]
Function = TypeVar("Function", bound=CheckFunction)

OK: Final = 200
UNAVAILABLE: Final = 503
REMEMBERED_SECONDS: Final = 1.0
MESSAGE_LIMIT: Final = 200


@dataclass(slots=True)
class Check:
    """One question about the process. See `Health.add`."""

    name: str
    function: CheckFunction
    critical: bool
    timeout: float
    _task: asyncio.Task[CheckResult] | None = None
    _began: float = 0.0
    _good: dict[str, object] | None = None
    _good_until: float = 0.0

    async def run(self) -> dict[str, object]:
        """Ask, or join who is asking: ``{status, error?, detail?, duration_ms}``. Takes at most `timeout` seconds."""
        if self._good is not None and time.monotonic() < self._good_until:
            return self._good
        if self._task is None or self._task.done():
            self._began = time.monotonic()
            self._task = asyncio.get_running_loop().create_task(_call(self.function), name=f"check {self.name}")
            self._task.add_done_callback(_retrieve)
        task = self._task
        await asyncio.wait({task}, timeout=self._began + self.timeout - time.monotonic())
        return self._outcome(task)

    def _outcome(self, task: "asyncio.Task[CheckResult]") -> dict[str, object]:
        outcome: dict[str, object] = {"status": "failed"}
        if not task.done():
            if inspect.iscoroutinefunction(self.function):
                task.cancel()  # a thread cannot be cancelled: it is joined by the next who asks, never doubled
            outcome["error"] = f"no answer within {self.timeout:g} s"
        elif task.cancelled():
            outcome["error"] = "cancelled"
        elif (error := task.exception()) is not None:
            outcome["error"] = brief(error)
        elif (result := task.result()) is False:
            outcome["error"] = "the check said no"
        else:
            outcome["status"] = "ok"
            if isinstance(result, Mapping):
                outcome["detail"] = dict(result)
        now = time.monotonic()
        outcome["duration_ms"] = round((now - self._began) * 1000, 1)
        if outcome["status"] == "ok":
            self._good, self._good_until = outcome, now + REMEMBERED_SECONDS
        return outcome


@dataclass(slots=True)
class Health:
    """The state of one process. `started` is set at the end of start-up, `draining` at SIGTERM; neither is unset."""

    service: str = ""
    release: str = ""
    started: bool = False
    draining: bool = False
    checks: dict[str, Check] = field(default_factory=dict[str, Check])
    _since: float = field(default_factory=time.monotonic)

    def add(self, name: str, function: CheckFunction, *, critical: bool = True, timeout: float = 2.0) -> None:
        """Ask `function` whenever `/health`, and if `critical` `/ready`, is asked.

        It is a coroutine function, or a plain one, which runs in a thread of its own and may block. Bad is an exception
        or False; a mapping that it returns is shown as detail. `timeout` is in seconds.

        Raises:
            ValueError: there is a check of this name.
        """
        if name in self.checks:
            raise ValueError(f"two checks are named {name!r}")
        self.checks[name] = Check(name, function, critical, timeout)

    def check(self, name: str, *, critical: bool = True, timeout: float = 2.0) -> Callable[[Function], Function]:
        """`add` as a decorator."""

        def register(function: Function) -> Function:
            self.add(name, function, critical=critical, timeout=timeout)
            return function

        return register

    async def live(self) -> Answer:
        """200: that this runs at all is the answer."""
        return OK, {"status": "live"}

    async def ready(self) -> Answer:
        """200 from the end of start-up until SIGTERM while all critical checks pass, else 503."""
        if (state := self._state()) is not None:
            return UNAVAILABLE, {"status": state}
        results = await self._run([check for check in self.checks.values() if check.critical])
        failed = sorted(name for name, result in results.items() if result["status"] != "ok")
        state = self._state()  # the signal may have come while the checks ran
        if state is None and not failed:
            return OK, {"status": "ready"}
        return UNAVAILABLE, {"status": state or "unavailable", "failed": failed}

    async def health(self) -> Answer:
        """Each check by name. 503 before the end of start-up, from SIGTERM on, and while a critical check fails."""
        results = await self._run(list(self.checks.values()))
        failed = [name for name, result in results.items() if result["status"] != "ok"]
        critical = any(self.checks[name].critical for name in failed)
        state = self._state() or ("unavailable" if critical else None)
        body: dict[str, object] = {
            "status": state or ("degraded" if failed else "ok"),
            "service": self.service,
            "release": self.release,
            "uptime_seconds": round(time.monotonic() - self._since, 1),
            "checks": results,
        }
        return (OK if state is None else UNAVAILABLE), body

    def _state(self) -> str | None:
        if self.draining:
            return "draining"
        return None if self.started else "starting"

    async def _run(self, checks: list[Check]) -> dict[str, dict[str, object]]:
        results = await asyncio.gather(*(check.run() for check in checks))
        return {check.name: result for check, result in zip(checks, results, strict=True)}


def _retrieve(task: "asyncio.Task[CheckResult]") -> None:
    """Look at the exception of a check that nobody waits for any more, or asyncio reports it as lost."""
    if not task.cancelled():
        task.exception()


async def _call(function: CheckFunction) -> CheckResult:
    if inspect.iscoroutinefunction(function):
        return await cast("Awaitable[CheckResult]", function())
    result = await _in_thread(function)
    return await result if inspect.isawaitable(result) else result


async def _in_thread(function: CheckFunction) -> Awaitable[CheckResult] | CheckResult:
    """Run `function` in a daemon thread: the threads of the loop's own pool would hold up the process' exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Awaitable[CheckResult] | CheckResult] = loop.create_future()

    def settle(result: Awaitable[CheckResult] | CheckResult, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def work() -> None:
        result, error = None, None
        try:
            result = function()
        except Exception as caught:  # noqa: BLE001 - whatever a check raises is its answer
            error = caught
        with suppress(RuntimeError):  # the loop has been closed meanwhile: nobody asks any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=work, name="check", daemon=True).start()
    return await future


def brief(error: BaseException) -> str:
    """The type and the first line of the message, at most 200 characters, with secrets masked."""
    message = redact(str(error).partition("\n")[0].strip())[:MESSAGE_LIMIT]
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
