"""An event loop in a thread of its own, for callers that do not await and have no connection of their own.

It is made when it is first needed. A process that forks begins anew: threads and connections stay with the parent.
"""

import asyncio
import atexit
import contextlib
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

Result = TypeVar("Result")

_CLOSE_SECONDS: Final = 3.0
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def run(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Wait until `work` is done in that loop; what it raises is raised here.

    Raises:
        RuntimeError: this thread runs an event loop, which would stand still meanwhile.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run_coroutine_threadsafe(work(), _open()).result()
    raise RuntimeError("this would hold up the event loop of the caller: await enqueue() instead of enqueue_sync()")


def _open() -> asyncio.AbstractEventLoop:
    global _loop  # noqa: PLW0603 - one for the process, as are its threads
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="seawall enqueue", daemon=True).start()
        return _loop


def _close() -> None:
    """Give the database its connections back, as a process ends that has used them."""
    if _loop is not None:
        from seawall.runtime.database import close_all  # noqa: PLC0415 - loaded long since, where there is a loop

        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(close_all(), _loop).result(_CLOSE_SECONDS)


def _forget() -> None:
    global _loop, _lock
    _loop, _lock = None, threading.Lock()


atexit.register(_close)
os.register_at_fork(after_in_child=_forget)
