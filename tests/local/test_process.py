"""Real children: what they say, how they stop, and that nothing of them stays."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from seawall.local import process, procfs
from seawall.local.lines import LINE_LIMIT
from seawall.local.process import Child, Ending
from seawall.local.spec import ExitProbe, ProcessSpec
from tests.support.registry import FakeRegistry

ENVIRONMENT = {"PATH": os.defpath}


class Talk:
    """A child and what it said."""

    def __init__(self) -> None:
        self.registry = FakeRegistry()
        self.lines: list[tuple[str, str]] = []
        self._news = asyncio.Event()

    async def start(self, *argv: str, grace: float = 10.0, stop_signal: str = "SIGTERM") -> Child:
        spec = ProcessSpec("child", argv, ENVIRONMENT, "/", ExitProbe(), grace=grace, stop_signal=stop_signal)
        child = process.spawn(spec, self.registry)
        await child.listen(self._hear)
        return child

    async def shell(self, script: str, grace: float = 10.0) -> Child:
        return await self.start("/bin/sh", "-c", script, grace=grace)

    async def python(self, script: str, grace: float = 10.0) -> Child:
        return await self.start(sys.executable, "-S", "-E", "-u", "-c", script, grace=grace)

    async def heard(self, line: str) -> None:
        async with asyncio.timeout(15):
            while line not in [text for _, text in self.lines]:
                self._news.clear()
                await self._news.wait()

    def _hear(self, stream: str, line: str) -> None:
        self.lines.append((stream, line))
        self._news.set()


@pytest.fixture
async def talk() -> Talk:
    return Talk()


async def _until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # what is waited for happens in other processes
            await asyncio.sleep(0.01)


async def test_both_streams_are_heard_line_by_line(talk: Talk) -> None:
    child = await talk.shell("echo one; echo two >&2; printf 'no end'")
    assert await child.wait() == 0
    assert sorted(talk.lines) == [("stderr", "two"), ("stdout", "no end"), ("stdout", "one")]


async def test_the_end_of_a_child_that_was_killed_is_minus_the_signal(talk: Talk) -> None:
    child = await talk.shell("kill -9 $$")
    assert await child.wait() == -9


async def test_the_last_twenty_lines_are_kept(talk: Talk) -> None:
    child = await talk.shell("i=0; while [ $i -lt 50 ]; do echo $i; i=$((i+1)); done")
    await child.wait()
    assert child.last_lines == tuple(str(number) for number in range(30, 50))
    assert len(talk.lines) == 50


async def test_bytes_that_are_no_text_are_replaced_and_characters_are_not_cut(talk: Talk) -> None:
    script = r"import os; os.write(1, b'\xff!\n' + 'ä'.encode()[:1]); os.write(1, 'ä'.encode()[1:] + b'\r\n')"
    child = await talk.python(script)
    await child.wait()
    assert [line for _, line in talk.lines] == ["\N{REPLACEMENT CHARACTER}!", "ä"]


async def test_a_line_without_end_comes_in_pieces(talk: Talk) -> None:
    child = await talk.python(f"print('x' * {3 * LINE_LIMIT + 5}); print('y' * {LINE_LIMIT}, end='')")
    await child.wait()
    assert [len(line) for _, line in talk.lines] == [LINE_LIMIT, LINE_LIMIT, LINE_LIMIT, 5, LINE_LIMIT]


async def test_standard_input_is_empty_and_the_environment_is_the_specs(talk: Talk) -> None:
    child = await talk.shell("cat; /usr/bin/env -u PWD -u SHLVL -u _ -u OLDPWD")
    await child.wait()
    assert talk.lines == [("stdout", f"PATH={os.defpath}")]


async def test_a_child_has_a_session_of_its_own_and_is_registered_while_it_lives(talk: Talk) -> None:
    child = await talk.shell("echo up; exec sleep 60")
    await talk.heard("up")
    assert os.getsid(child.pid) == child.pid
    assert talk.registry.living == {child.pid: signal.SIGTERM}
    assert await child.stop() == Ending(-signal.SIGTERM, killed=False)
    assert talk.registry.living == {}


async def test_the_specs_signal_stops_it(talk: Talk) -> None:
    script = "trap 'echo bye; exit 7' INT; echo up; while :; do sleep 0.05; done"
    child = await talk.start("/bin/sh", "-c", script, stop_signal="SIGINT")
    await talk.heard("up")
    assert await child.stop() == Ending(7, killed=False)
    assert child.last_lines == ("up", "bye")


async def test_a_child_that_ignores_the_signal_is_killed_after_its_grace(talk: Talk) -> None:
    child = await talk.shell("trap '' TERM; echo up; while :; do sleep 0.05; done", grace=0.3)
    await talk.heard("up")
    begun = time.monotonic()
    assert await child.stop() == Ending(-signal.SIGKILL, killed=True)
    assert time.monotonic() - begun >= 0.3
    assert procfs.members(child.pid) == []


async def test_hurry_shortens_the_grace_and_repeats_the_signal(talk: Talk) -> None:
    script = "n=0; trap 'n=$((n+1)); echo term $n; [ $n = 2 ] && exit 0' TERM; echo up; while :; do sleep 0.05; done"
    child = await talk.shell(script, grace=600)
    await talk.heard("up")
    stopping = asyncio.create_task(child.stop())
    await talk.heard("term 1")
    child.hurry()
    assert await stopping == Ending(0, killed=False)


async def test_a_frozen_child_is_killed_too(talk: Talk) -> None:
    child = await talk.shell("trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done", grace=0.2)
    await talk.heard("up")
    os.kill(child.pid, signal.SIGSTOP)  # a handler does not run then; without one SIGTERM would end it
    assert await child.stop() == Ending(-signal.SIGKILL, killed=True)


async def test_grandchildren_are_told_to_stop_when_their_parent_has_stopped(talk: Talk) -> None:
    grandchild = "trap 'echo grandchild ends; exit' TERM; echo ready; while :; do sleep 0.05; done"
    child = await talk.shell(f"({grandchild}) & exec sleep 60")
    await talk.heard("ready")
    await child.stop()
    assert talk.lines[-1] == ("stdout", "grandchild ends")
    assert procfs.members(child.pid) == []


async def test_grandchildren_that_ignore_the_signal_are_killed(talk: Talk) -> None:
    child = await talk.shell("(trap '' TERM; echo ready; while :; do sleep 0.05; done) & exec sleep 60")
    await talk.heard("ready")
    assert await child.stop() == Ending(-signal.SIGTERM, killed=False)
    assert procfs.members(child.pid) == []


async def test_grandchildren_do_not_survive_a_crash(talk: Talk) -> None:
    child = await talk.shell("sleep 60 & kill -9 $$")
    assert await child.wait() == -9
    assert procfs.members(child.pid) == []


async def test_without_proc_the_group_is_killed_all_the_same(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    child = await talk.shell("sleep 60 & echo up; wait")
    await talk.heard("up")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(procfs, "members", lambda _group: [])
        elsewhere.setattr(procfs, "descendants", lambda _pid: {})
        await child.stop()
    await _until(lambda: procfs.members(child.pid) == [])


async def test_a_grandchild_in_a_session_of_its_own_is_found(talk: Talk) -> None:
    child = await talk.shell("setsid sh -c 'echo $$; exec sleep 60' & wait")
    await _until(lambda: bool(talk.lines))
    stray = int(talk.lines[0][1])
    assert procfs.stat(stray) is not None
    await child.stop()
    await _until(lambda: (found := procfs.stat(stray)) is None or not found.alive)


async def test_output_that_somebody_else_keeps_open_does_not_hold_up_the_end(talk: Talk) -> None:
    child = await talk.python(
        "import os, subprocess; "
        "print(subprocess.Popen(['sleep', '60'], start_new_session=True).pid); os.kill(os.getpid(), 9)"
    )
    async with asyncio.timeout(10):
        assert await child.wait() == -9
    os.kill(int(talk.lines[0][1]), signal.SIGKILL)


async def test_stopping_a_child_that_has_ended_tells_how(talk: Talk) -> None:
    child = await talk.shell("exit 4")
    assert await child.wait() == 4
    assert await child.stop() == Ending(4, killed=False)
    child.kill()  # and this reaches nobody


async def test_a_program_that_is_not_there_is_an_error(talk: Talk) -> None:
    with pytest.raises(FileNotFoundError):
        await talk.start("/nowhere/program")
    assert talk.registry.living == {}


async def test_twenty_children_leave_no_descriptor_and_no_zombie(talk: Talk) -> None:
    async def once() -> int:
        child = await talk.shell("echo up; exec sleep 60")
        await _until(lambda: child.last_lines == ("up",))
        await child.stop()
        return child.pid

    await once()
    before = _descriptors()
    pids = [await once() for _ in range(20)]
    assert _descriptors() == before
    assert [pid for pid in pids if procfs.stat(pid) is not None] == []


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_a_short_command_answers_with_all_that_it_said() -> None:
    answer = await process.run(("/bin/sh", "-c", "cat; echo error >&2; exit 3"), ENVIRONMENT, "input\n")
    assert answer == process.Answer(3, "input\nerror\n")


async def test_a_short_command_does_not_outlive_the_call(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = f"echo $$ > {pid_file}.new; mv {pid_file}.new {pid_file}; sleep 60"
    running = asyncio.create_task(process.run(("/bin/sh", "-c", script), ENVIRONMENT))
    await _until(pid_file.exists)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await _until(lambda: not procfs.members(int(pid_file.read_text())))


def test_a_question_to_a_program_that_is_not_there_is_answered() -> None:
    answer = process.ask(("/nowhere/program",), ENVIRONMENT)
    assert answer.status == 127
    assert "/nowhere/program" in answer.output
