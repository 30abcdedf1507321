import asyncio
import logging
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

import pytest

from seawall.runtime import logs
from seawall.runtime.drain import Drain

PATIENCE = 3.0


class Server:
    """Stands for the server whose handlers were there first."""

    def __init__(self) -> None:
        self.signals: list[tuple[int, float]] = []
        self.stopped = asyncio.Event()

    def handle(self, number: int, _frame: FrameType | None) -> None:
        self.signals.append((number, time.monotonic()))
        self.stopped.set()


@pytest.fixture
def server() -> Iterator[Server]:
    saved = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    server = Server()
    for number in saved:
        signal.signal(number, server.handle)
    yield server
    for number, handler in saved.items():
        signal.signal(number, handler)


async def happens(event: asyncio.Event) -> float:
    """When `event` was set."""
    async with asyncio.timeout(PATIENCE):
        await event.wait()
    return time.monotonic()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_server_hears_of_the_signal_after_the_delay(server: Server, number: signal.Signals) -> None:
    told: list[float] = []
    drain = Drain(delay=0.2, timeout=60, on_signal=lambda: told.append(time.monotonic()))
    assert drain.install()
    began = time.monotonic()
    signal.raise_signal(number)
    assert told, "on_signal is called before anything else runs"
    await happens(drain.stopping)
    assert server.signals == []
    await happens(server.stopped)
    assert [seen for seen, _ in server.signals] == [number]
    assert server.signals[0][1] - began >= 0.2
    assert not drain.expired.is_set()
    drain.uninstall()


async def test_what_is_left_expires_after_the_timeout(server: Server) -> None:
    drain = Drain(delay=0, timeout=0.2)
    drain.install()
    signal.raise_signal(signal.SIGTERM)
    stopped = await happens(server.stopped)
    assert await happens(drain.expired) - stopped >= 0.15
    drain.uninstall()


async def test_a_second_signal_shortens_delay_and_timeout_to_zero(server: Server) -> None:
    drain = Drain(delay=60, timeout=60)
    drain.install()
    signal.raise_signal(signal.SIGTERM)
    await happens(drain.stopping)
    assert not server.stopped.is_set()
    signal.raise_signal(signal.SIGINT)
    await happens(server.stopped)
    await happens(drain.expired)
    signal.raise_signal(signal.SIGTERM)
    await asyncio.sleep(0)
    assert len(server.signals) == 1, "the server is told once"
    drain.uninstall()


async def test_a_worker_has_no_server_to_tell(server: Server) -> None:
    drain = Drain(delay=None, timeout=0.05)
    drain.install()
    signal.raise_signal(signal.SIGTERM)
    await happens(drain.stopping)
    await happens(drain.expired)
    assert server.signals == []
    drain.uninstall()


async def test_uninstalling_gives_the_signals_back_and_forgets_the_timers(server: Server) -> None:
    drain = Drain(delay=0.05, timeout=0.05)
    drain.install()
    signal.raise_signal(signal.SIGTERM)
    await happens(drain.stopping)
    drain.uninstall()
    assert signal.getsignal(signal.SIGTERM) == server.handle
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await server.stopped.wait()


async def test_signals_that_another_has_taken_over_are_left_to_it(server: Server) -> None:
    drain = Drain(delay=0, timeout=1)
    drain.install()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    drain.uninstall()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    assert signal.getsignal(signal.SIGINT) == server.handle


async def test_outside_of_the_main_thread_nothing_is_taken_over() -> None:
    before = signal.getsignal(signal.SIGTERM)
    installed: list[bool] = []
    thread = threading.Thread(target=lambda: installed.append(Drain(delay=0, timeout=0).install()))
    thread.start()
    thread.join(PATIENCE)
    assert installed == [False]
    assert signal.getsignal(signal.SIGTERM) == before


async def test_a_signal_in_the_midst_of_a_request_is_not_logged_as_that_requests(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    drain = Drain(delay=None, timeout=60)
    seen: list[dict[str, object]] = []

    class Watch(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - only when it is called matters
            seen.append(dict(logs.bound()))

    assert drain.install()
    watch = Watch()
    with caplog.at_level(logging.INFO, "seawall.runtime.drain"):
        logging.getLogger("seawall.runtime.drain").addHandler(watch)
        token = logs.bind(request_id="abc")
        signal.raise_signal(signal.SIGTERM)
        logs.unbind(token)
        await happens(drain.stopping)
        logging.getLogger("seawall.runtime.drain").removeHandler(watch)
    assert seen == [{}]
    assert server.signals == []
    drain.uninstall()
