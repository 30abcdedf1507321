"""The only place that spawns: the supervised children, the watchdog, and short commands."""

import asyncio
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal, Protocol

from seawall.local import procfs
from seawall.local.lines import Lines
from seawall.local.spec import ProcessSpec

LAST_LINES: Final = 20
LEFTOVER_SECONDS: Final = 1.0  # for the rest of a group whose leader has ended, before SIGKILL
OUTPUT_SECONDS: Final = 1.0  # for the end of the output, where a process outside the group still holds the pipe
HURRY_SECONDS: Final = 1.0  # for a child after the second stop signal
RUN_SECONDS: Final = 60.0  # for a short command
POLL_SECONDS: Final = 0.02

Stream = Literal["stdout", "stderr"]
OnLine = Callable[[Stream, str], None]


class Registry(Protocol):
    """Who must know which children live: `seawall.local.reaper.Reaper`."""

    def add(self, pid: int, stop_signal: int) -> None:
        """A child was spawned, as the leader of its own process group."""

    def remove(self, pid: int) -> None:
        """A child has ended, and its group with it."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended: exit status or minus the signal; `killed` says that it took SIGKILL to stop it."""

    status: int
    killed: bool


class Child:
    """A running child with a process group of its own. `spawn` makes it."""

    def __init__(self, spec: ProcessSpec, popen: "subprocess.Popen[bytes]", registry: Registry) -> None:
        self.pid = popen.pid
        self._grace = spec.grace
        self._cleanup = partial(ask, spec.cleanup, spec.environment) if spec.cleanup else None
        self._stop_signal = signal.Signals[spec.stop_signal]
        self._popen = popen
        self._registry = registry
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._strays: dict[int, int] = {}
        self._outputs: list[tuple[asyncio.ReadTransport, Lines]] = []
        loop = asyncio.get_running_loop()
        self._exited: asyncio.Future[None] = loop.create_future()
        self._hurried: asyncio.Future[None] = loop.create_future()
        self._listening = asyncio.Event()
        self._end = asyncio.create_task(self._finish())
        threading.Thread(target=_await_exit, args=(popen, loop, self._exited), daemon=True).start()

    async def listen(self, on_line: OnLine) -> None:
        """Read the output from now on: each line goes to `on_line`. To be called once."""
        loop = asyncio.get_running_loop()
        streams: tuple[Stream, Stream] = "stdout", "stderr"
        try:
            for stream, pipe in zip(streams, (self._popen.stdout, self._popen.stderr), strict=True):
                lines = partial(Lines, partial(self._heard, on_line, stream))
                self._outputs.append(await loop.connect_read_pipe(lines, pipe))
        finally:
            self._listening.set()

    @property
    def last_lines(self) -> tuple[str, ...]:
        """The last lines it wrote, of both streams as they came."""
        return tuple(self._last)

    async def wait(self) -> int:
        """Wait until it, the rest of its group and its output have ended; exit status, or minus the signal."""
        return await asyncio.shield(self._end)

    async def stop(self) -> Ending:
        """Send the spec's stop signal, wait its grace, then SIGKILL the group; also what left the group meanwhile."""
        killed = False
        if not self._exited.done():
            self._strays |= procfs.descendants(self.pid)
            self.signal(self._stop_signal)
            if not await self._gone():
                killed = True
                self.kill()
        return Ending(await self.wait(), killed)

    def hurry(self) -> None:
        """Somebody lost patience: `stop` sends its signal again and waits only a moment longer."""
        if not self._hurried.done():
            self._hurried.set_result(None)

    def signal(self, number: int) -> None:
        """Send a signal to it alone, if it still runs."""
        if not self._exited.done():
            os.kill(self.pid, number)  # not by Popen, which might reap it meanwhile

    def kill(self) -> None:
        """SIGKILL to the whole group, at once."""
        if not self._end.done():
            self._strays |= procfs.descendants(self.pid)
            self._signal_group(signal.SIGKILL)

    async def _gone(self) -> bool:
        waiting = {self._exited, self._hurried}
        await asyncio.wait(waiting, timeout=self._grace, return_when=asyncio.FIRST_COMPLETED)
        if self._hurried.done() and not self._exited.done():
            self.signal(self._stop_signal)
            await asyncio.wait({self._exited}, timeout=HURRY_SECONDS)
        return self._exited.done()

    async def _finish(self) -> int:
        await self._exited
        # The leader is not reaped yet, so that its id, which is the group's, cannot belong to anybody else.
        if procfs.members(self.pid):
            self._signal_group(self._stop_signal)
            if not await self._group_ends():
                self._signal_group(signal.SIGKILL)
                await self._group_ends()
        self._signal_group(signal.SIGKILL)  # where there is no /proc to ask
        for pid, start in self._strays.items():
            if procfs.start_time(pid) == start:
                _kill(pid)
        status = self._popen.wait()
        if self._cleanup is not None:
            await asyncio.to_thread(self._cleanup)
        self._registry.remove(self.pid)
        await self._listening.wait()
        if self._outputs:
            await asyncio.wait([lines.ended for _, lines in self._outputs], timeout=OUTPUT_SECONDS)
        for transport, lines in self._outputs:
            transport.close()
            await lines.ended
        return status

    async def _group_ends(self) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + LEFTOVER_SECONDS
        while procfs.members(self.pid):
            if loop.time() > deadline:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True

    def _signal_group(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):  # macOS: EPERM where only zombies are left
            os.killpg(self.pid, number)

    def _heard(self, on_line: OnLine, stream: Stream, line: str) -> None:
        self._last.append(line)
        on_line(stream, line)


def _await_exit(
    popen: "subprocess.Popen[bytes]", loop: asyncio.AbstractEventLoop, exited: "asyncio.Future[None]"
) -> None:
    """Run in a thread: ends with the process, and leaves it to be reaped where the system can do that."""
    if hasattr(os, "waitid"):
        os.waitid(os.P_PID, popen.pid, os.WEXITED | os.WNOWAIT)
    else:
        popen.wait()
    with suppress(RuntimeError):  # the loop was closed first
        loop.call_soon_threadsafe(exited.set_result, None)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def spawn(spec: ProcessSpec, registry: Registry) -> Child:
    """Start a child in a session of its own, with nothing on its standard input.

    Raises:
        OSError: the program or the folder does not exist, or may not be used.
    """
    popen = subprocess.Popen(  # noqa: S603  # what the stack says is what runs
        spec.argv,
        bufsize=0,
        env=dict(spec.environment),
        cwd=spec.directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    registry.add(popen.pid, signal.Signals[spec.stop_signal])
    return Child(spec, popen, registry)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a short command said: its exit status and both its streams, as they came."""

    status: int
    output: str


async def run(  # noqa: PLR0913  # how a command runs; all but the first two have a value that fits nearly always
    argv: tuple[str, ...],
    environment: Mapping[str, str],
    text: str = "",
    lock: int = -1,
    *,
    directory: str = "/",
    seconds: float = RUN_SECONDS,
) -> Answer:
    """Run a short command with `text` on its standard input; it does not outlive the call.

    `lock` is the descriptor of a locked file: where we are killed, the file stays locked until the command has ended.

    Raises:
        OSError: it cannot be started.
        TimeoutError: it took longer than `seconds`.
    """
    command = await asyncio.create_subprocess_exec(
        *argv,
        env=dict(environment),
        cwd=directory,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=[lock] if lock >= 0 else [],
    )
    try:
        async with asyncio.timeout(seconds):
            output, _ = await command.communicate(text.encode())
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(command.pid, signal.SIGKILL)
        await command.communicate()
        raise
    assert command.returncode is not None  # noqa: S101  # communicate() waits for the end
    return Answer(command.returncode, output.decode(errors="replace"))


def ask(argv: tuple[str, ...], environment: Mapping[str, str]) -> Answer:
    """Run a command that answers in milliseconds; one that cannot be started answers with status 127."""
    try:
        answer = subprocess.run(  # noqa: S603  # argv is made by the caller, never by a shell
            argv,
            env=dict(environment),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Answer(127, str(error))
    return Answer(answer.returncode, answer.stdout.decode(errors="replace"))


@dataclass(frozen=True, slots=True)
class Helper:
    """A helper that `detached` runs: its process id, and the only writing end of the pipe that it reads."""

    pid: int
    pipe: int


def background(argv: tuple[str, ...], output: Path) -> "subprocess.Popen[bytes]":
    """Start a process that outlives this one: in a session of its own, without a terminal; it writes to a file."""
    with output.open("wb") as file:
        return subprocess.Popen(  # noqa: S603  # argv is this very command
            argv, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )


@contextmanager
def detached(argv: tuple[str, ...]) -> Generator[Helper]:
    """Run a helper in a session of its own that reads a pipe.

    Leaving closes the pipe, which ends the helper, and waits for that.
    """
    helper = subprocess.Popen(  # noqa: S603  # argv is a constant of the caller
        argv,
        bufsize=0,
        env={},
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert helper.stdin is not None  # noqa: S101  # a pipe was asked for
    try:
        yield Helper(helper.pid, helper.stdin.fileno())
    finally:
        helper.stdin.close()
        helper.wait()
