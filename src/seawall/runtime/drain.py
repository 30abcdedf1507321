"""What SIGTERM and SIGINT mean to a process that people rely on: first unready, then unaccepting, then finished.

A server has handlers of its own, which stop it from accepting at once. They are kept, and called after the delay in
which every proxy learns that this process is going. A worker has no such handlers and no delay: it looks at `stopping`.
"""

import asyncio
import contextvars
import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

logger: Final = logging.getLogger(__name__)

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None


class Drain:
    """Stops a process in order. Times are in seconds.

    At the first signal `on_signal` is called, at once and in the main thread, and `stopping` is set. After `delay`
    the handlers that were there before are called, unless `delay` is None: then they never are. `timeout` seconds later
    `expired` is set: what is still in flight is to be cancelled. A second signal makes both happen now.
    """

    def __init__(self, *, delay: float | None, timeout: float, on_signal: Callable[[], None] | None = None) -> None:
        self.stopping = asyncio.Event()
        self.expired = asyncio.Event()
        self._delay = delay
        self._timeout = timeout
        self._on_signal = on_signal
        self._saved: dict[int, _Handler] = {}
        self._timers: list[asyncio.TimerHandle] = []
        self._signals = 0
        self._proceeded = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context: contextvars.Context | None = None  # of whoever installs this

    def install(self) -> bool:
        """Take the signals over, in the running event loop; False, and nothing is done, outside of the main thread."""
        if threading.current_thread() is not threading.main_thread():
            return False
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()
        self._saved = {number: signal.signal(number, self._handle) for number in SIGNALS}
        return True

    def uninstall(self) -> None:
        """Give the signals back to who had them, unless somebody has taken them over since."""
        for timer in self._timers:
            timer.cancel()
        for number, handler in self._saved.items():
            if signal.getsignal(number) == self._handle:
                signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._saved = {}

    def begin(self, number: int = signal.SIGTERM) -> None:
        """Do what the signal `number` does."""
        self._signals += 1
        if self._signals == 1 and self._on_signal is not None:
            self._on_signal()
        if self._loop is not None:
            # A signal arrives between any two bytecodes, in the midst of any request: what concerns tasks waits for
            # its turn in the loop, in no request's context.
            act = self._start if self._signals == 1 else self._hurry
            self._loop.call_soon_threadsafe(act, number, context=self._context)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self.begin(number)

    def _start(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        name = signal.Signals(number).name
        logger.info("%s: draining for at most %g s", name, (self._delay or 0.0) + self._timeout)
        self.stopping.set()
        if self._delay:
            self._timers.append(loop.call_later(self._delay, self._proceed, number))
        else:
            self._proceed(number)

    def _proceed(self, number: int) -> None:
        if self._proceeded:
            return
        self._proceeded = True
        self._timers.append(asyncio.get_running_loop().call_later(self._timeout, self.expired.set))
        saved = self._saved.get(number)
        if self._delay is not None and callable(saved):
            saved(number, None)

    def _hurry(self, number: int) -> None:
        logger.warning("%s again: stopping now", signal.Signals(number).name)
        self._proceed(number)
        self.expired.set()
