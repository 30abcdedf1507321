"""How the supervisor replaces, adds and removes children while others run, on a clock that stands still."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from typing import TypeVar

import pytest

from seawall.errors import SeawallError
from seawall.local.events import Drained, Event, NotReplaced, Ready, Replaced, Replacing, Starting, Stopped
from seawall.local.spec import ProcessSpec
from seawall.local.supervisor import SWITCH_SECONDS, Supervisor
from tests.support.children import FakeMachine, service, task
from tests.support.clock import FakeClock, settle

T = TypeVar("T")


class Run:
    """A supervisor of a database, its migration and an API; `switched` is what the last switch saw."""

    def __init__(self) -> None:
        self.machine = FakeMachine()
        self.clock = FakeClock()
        self.events: list[Event] = []
        self.stop = asyncio.Event()
        self.superseded = asyncio.Event()
        self.switched: list[str] = []
        self.specs = [service("db", 1), task("migrate", ["db"]), service("api", 2, ["migrate"], live=True)]
        self.supervisor = Supervisor(
            self.specs, self.events.append, spawn=self.machine.spawn, ask=self.machine.ask, clock=self.clock
        )
        self.running = asyncio.create_task(self.supervisor.run(self.stop))

    async def up(self) -> None:
        await self.clock.advance(1)
        self.machine.latest("migrate").end(0)
        await self.clock.advance(1)
        assert self.names(Ready) == ["db", "migrate", "api"]
        self.events.clear()

    def names(self, *kinds: type[Event]) -> list[str]:
        return [event.name for event in self.events if isinstance(event, kinds)]

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]

    def switch(self) -> None:
        living = [child for child in self.machine.spawned if child.name == "api" and not child._status.done()]
        self.switched.append(f"{len(living)} of api live")

    def replace(self, spec: ProcessSpec) -> "asyncio.Task[bool]":
        return asyncio.create_task(self.supervisor.replace(spec, self.switch, self.superseded.wait))

    async def done(self, work: Coroutine[object, object, T], seconds: float = 1.0) -> T:
        doing = asyncio.create_task(work)
        await self.clock.advance(seconds)
        assert doing.done()
        return await doing


@pytest.fixture
async def run() -> AsyncIterator[Run]:
    run = Run()
    await run.up()
    yield run
    run.stop.set()
    await run.clock.advance(5)
    assert run.running.done()


def api(port: int, *, alone: bool = False) -> ProcessSpec:
    return replace(service("api", port, ["migrate"], live=True), alone=alone)


async def test_the_predecessor_serves_until_its_successor_is_ready_and_a_moment_longer(run: Run) -> None:
    old = run.machine.latest("api")
    run.machine.unready = {3}
    doing = run.replace(api(3))
    await run.clock.advance(5)
    assert run.kinds() == ["Replacing"]
    run.machine.unready = set()
    await run.clock.advance(0.1)
    assert await doing
    assert run.switched == ["2 of api live"]
    new = run.machine.latest("api")
    replaced = run.events[1]
    assert isinstance(replaced, Replaced)
    assert replaced.pid == new.pid
    assert 5 <= replaced.seconds <= 5.1
    assert not old._status.done()
    await run.clock.advance(SWITCH_SECONDS)
    assert run.events[2:] == [Drained("api", old.pid, 0, killed=False)]
    assert run.supervisor.specs["api"] == api(3)


async def test_a_successor_that_ends_changes_nothing_and_its_last_lines_say_why(run: Run) -> None:
    old = run.machine.latest("api")
    run.machine.unready = {3}
    doing = run.replace(api(3))
    await run.clock.advance(1)
    run.machine.latest("api").end(1, "SyntaxError: invalid syntax")
    await run.clock.advance(60)
    assert not await doing
    assert run.names(NotReplaced) == ["api"]
    assert run.events[-1] == NotReplaced("api", "it ended with status 1", ("SyntaxError: invalid syntax",))
    assert run.switched == []
    assert not old._status.done()
    assert run.supervisor.specs["api"] == run.specs[2]
    assert not run.running.done()


async def test_a_successor_that_does_not_become_ready_is_stopped_after_a_minute(run: Run) -> None:
    run.machine.unready = {3}
    doing = run.replace(api(3))
    await run.clock.advance(59)
    assert not doing.done()
    await run.clock.advance(3)
    assert not await doing
    (event,) = [event for event in run.events if isinstance(event, NotReplaced)]
    assert event.reason == "not ready within 60 s: connection refused"
    assert run.machine.latest("api")._status.done()
    assert run.names(Stopped) == []


async def test_a_program_that_is_not_there_changes_nothing(run: Run) -> None:
    run.machine.missing = {"api"}
    assert not await run.done(run.supervisor.replace(api(3), run.switch, run.superseded.wait))
    assert run.names(NotReplaced) == ["api"]
    assert not run.running.done()


async def test_a_newer_change_ends_the_trial_without_a_word_of_failure(run: Run) -> None:
    run.machine.unready = {3}
    doing = run.replace(api(3))
    await run.clock.advance(1)
    run.superseded.set()
    await run.clock.advance(1)
    assert not await doing
    assert run.kinds() == ["Replacing", "Drained"]
    assert run.switched == []


async def test_a_promoted_successor_is_started_again_when_it_crashes_like_any_other(run: Run) -> None:
    doing = run.replace(api(3))
    await run.clock.advance(1)
    assert await doing
    run.machine.latest("api").end(1)
    await run.clock.advance(1)
    assert run.events[-2] == Starting("api", run.machine.latest("api").pid, 1)
    assert run.names(Ready) == ["api"]


async def test_of_one_that_runs_alone_there_are_never_two(run: Run) -> None:
    old = run.machine.latest("api")
    old.obeys = False
    doing = run.replace(api(3, alone=True))
    await run.clock.advance(5)
    assert run.machine.latest("api") is old
    old.end(0)
    await run.clock.advance(1)
    assert await doing
    assert run.kinds() == ["Stopped", "Starting", "Ready"]
    assert run.switched == ["0 of api live"]


async def test_one_that_never_was_ready_is_stopped_first_for_there_is_nothing_to_keep() -> None:
    run = Run()
    run.machine.unready = {2}
    await run.clock.advance(1)
    run.machine.latest("migrate").end(0)
    await run.clock.advance(1)
    doing = run.replace(api(3))
    await run.clock.advance(1)
    assert await doing
    assert run.names(Replacing) == []
    run.stop.set()
    await run.clock.advance(1)
    assert run.running.done()


async def test_a_child_can_be_added_and_removed_while_others_run(run: Run) -> None:
    search = service("search", 9, ["db"])
    assert await run.done(run.supervisor.start(search, run.superseded.wait))
    assert run.names(Ready) == ["search"]
    await run.done(run.supervisor.remove("search"))
    assert run.names(Stopped) == ["search"]
    assert "search" not in run.supervisor.specs
    assert not run.running.done()


async def test_an_added_program_that_is_not_there_is_an_error_that_stops_nothing_else(run: Run) -> None:
    run.machine.missing = {"search"}
    with pytest.raises(SeawallError, match="search cannot be started"):
        await run.done(run.supervisor.start(service("search", 9), run.superseded.wait))
    await run.clock.advance(1)
    assert not run.running.done()
    assert "search" not in run.supervisor.specs


async def test_a_repeated_task_that_fails_is_an_error_that_stops_nothing_else(run: Run) -> None:
    doing = asyncio.create_task(run.supervisor.repeat(run.specs[1]))
    await settle()
    run.machine.latest("migrate").end(1, "syntax error")
    await settle()
    with pytest.raises(SeawallError, match="migrate ended with status 1"):
        await doing
    await run.clock.advance(1)
    assert not run.running.done()


async def test_stopping_ends_both_the_successor_and_its_predecessor_before_the_database(run: Run) -> None:
    run.machine.unready = {3}
    doing = run.replace(api(3))
    await run.clock.advance(1)
    old, new = [child for child in run.machine.spawned if child.name == "api"]
    old.obeys = new.obeys = False
    run.stop.set()
    await run.clock.advance(1)
    assert "db" not in run.names(Stopped)
    new.end(0)
    await run.clock.advance(1)
    assert "db" not in run.names(Stopped)
    old.end(0)
    await run.clock.advance(1)
    assert run.names(Stopped)[-1] == "db"
    assert not await doing


async def test_a_draining_predecessor_still_needs_its_database(run: Run) -> None:
    old = run.machine.latest("api")
    old.obeys = False
    doing = run.replace(api(3))
    await run.clock.advance(2)
    assert await doing
    run.stop.set()
    await run.clock.advance(1)
    assert run.names(Stopped) == ["api"]
    old.end(0)
    await run.clock.advance(1)
    assert run.names(Stopped) == ["api", "db"]


async def test_a_signal_reaches_the_child_that_runs(run: Run) -> None:
    run.supervisor.signal("api", 10)
    run.supervisor.signal("nobody", 10)
    assert run.machine.latest("api").signals == [10]


async def test_an_adopted_spec_is_for_the_next_start(run: Run) -> None:
    run.supervisor.adopt(api(7))
    assert run.supervisor.specs["api"] == api(7)
    assert run.kinds() == []
