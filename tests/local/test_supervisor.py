"""The supervisor's decisions, on a clock that stands still and a machine that spawns nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine

import pytest

from seawall.errors import Place, Problem, SeawallError
from seawall.local.events import Crashed, Event, Output, Ready, Starting, Stopped, Unhealthy
from seawall.local.spec import ProcessSpec
from seawall.local.supervisor import Supervisor
from tests.support.children import FakeMachine, service, task
from tests.support.clock import FakeClock, settle

Prepare = Callable[[], Coroutine[object, object, object]]


class Run:
    """A supervisor that runs, and everything that it says."""

    def __init__(self) -> None:
        self.machine = FakeMachine()
        self.clock = FakeClock()
        self.events: list[Event] = []
        self.stop = asyncio.Event()
        self.supervisor: Supervisor
        self.running: asyncio.Task[None]

    def start(self, *specs: ProcessSpec, **prepare: Prepare) -> None:
        self.supervisor = Supervisor(
            specs,
            self.events.append,
            prepare,
            spawn=self.machine.spawn,
            ask=self.machine.ask,
            clock=self.clock,
        )
        self.running = asyncio.create_task(self.supervisor.run(self.stop))

    def names(self, kind: type[Starting | Ready | Stopped | Crashed]) -> list[str]:
        return [event.name for event in self.events if isinstance(event, kind)]

    def crashes(self) -> list[Crashed]:
        return [event for event in self.events if isinstance(event, Crashed)]


@pytest.fixture
async def run() -> AsyncIterator[Run]:
    run = Run()
    yield run
    run.stop.set()
    await asyncio.wait({run.running}, timeout=5)
    assert run.running.done()


async def test_a_child_starts_when_all_before_it_are_ready_and_not_earlier(run: Run) -> None:
    run.machine.unready = {1, 2}
    run.start(service("api", 3, ["db", "cache"]), service("db", 1), service("cache", 2))
    await run.clock.advance(1)
    assert sorted(run.names(Starting)) == ["cache", "db"]
    run.machine.unready = {2}
    await run.clock.advance(1)
    assert run.names(Ready) == ["db"]
    run.machine.unready = set()
    await run.clock.advance(1)
    assert run.names(Ready) == ["db", "cache", "api"]


async def test_ready_says_how_long_it_took(run: Run) -> None:
    run.machine.unready = {1}
    run.start(service("db", 1))
    await run.clock.advance(2)
    run.machine.unready = set()
    await run.clock.advance(1)
    ready = run.events[-1]
    assert isinstance(ready, Ready)
    assert 2 <= ready.seconds <= 2.02 + 1e-9


async def test_children_stop_in_the_opposite_order(run: Run) -> None:
    run.start(service("db", 1), service("api", 2, ["db"]), service("web", 3, ["api"]))
    await run.clock.advance(1)
    run.machine.latest("api").obeys = False
    run.stop.set()
    await settle()
    assert run.names(Stopped) == ["web"]
    run.machine.latest("api").end(-9)
    await run.running
    assert run.names(Stopped) == ["web", "api", "db"]


async def test_a_database_outlives_a_service_that_waited_only_for_its_migration(run: Run) -> None:
    run.start(service("db", 1), task("migrate", ["db"]), service("api", 2, ["migrate"]))
    await run.clock.advance(1)
    run.machine.latest("migrate").end(0)
    await run.clock.advance(1)
    run.machine.latest("api").obeys = False
    run.stop.set()
    await settle()
    assert run.names(Stopped) == []
    run.machine.latest("api").end(0)
    await run.running
    assert run.names(Stopped) == ["api", "db"]


async def test_a_task_is_ready_when_it_has_ended_well(run: Run) -> None:
    run.start(task("migrate"), service("api", 1, ["migrate"]))
    await run.clock.advance(5)
    assert run.names(Ready) == []
    run.machine.latest("migrate").end(0)
    await run.clock.advance(1)
    assert run.names(Ready) == ["migrate", "api"]


async def test_a_task_that_fails_ends_everything_and_its_last_lines_say_why(run: Run) -> None:
    run.start(service("db", 1), task("migrate", ["db"]), service("api", 2, ["migrate"]))
    await run.clock.advance(1)
    run.machine.latest("migrate").end(1, "applying 0003", 'syntax error at "tabel"')
    with pytest.raises(SeawallError) as caught:
        await run.running
    assert caught.value.problems[0].code == "SW307"
    assert "migrate ended with status 1" in str(caught.value)
    assert 'syntax error at "tabel"' in str(caught.value)
    assert run.names(Stopped) == ["db"]
    assert "api" not in run.names(Starting)


async def test_a_long_tail_of_a_failed_task_is_cut_to_an_error_of_eight_lines(run: Run) -> None:
    run.start(task("migrate"))
    await settle()
    run.machine.latest("migrate").end(-6, *(f"line {number}" for number in range(20)))
    with pytest.raises(SeawallError, match=r"migrate ended with signal 6") as caught:
        await run.running
    assert len(str(caught.value).splitlines()) <= 8
    assert "line 19" in str(caught.value)


async def test_a_crash_restarts_with_a_growing_wait_and_shows_the_last_lines(run: Run) -> None:
    run.start(service("api", 1))
    for wait in (0.5, 1, 2, 4, 8, 16, 30, 30):
        await run.clock.advance(0.1)
        started = len(run.machine.spawned)
        run.machine.latest("api").end(1, "Traceback", "ValueError")
        await settle()
        assert run.crashes()[-1] == Crashed("api", 1, ("Traceback", "ValueError"), wait)
        await run.clock.advance(wait - 0.01)
        assert len(run.machine.spawned) == started
        await run.clock.advance(0.02)
        assert len(run.machine.spawned) == started + 1
    starts = [event.restarts for event in run.events if isinstance(event, Starting)]
    assert starts == list(range(9))


async def test_a_crash_before_it_was_ready_restarts_too(run: Run) -> None:
    run.machine.unready = {1}
    run.start(service("api", 1), service("web", 2, ["api"]))
    await settle()
    run.machine.latest("api").end(3)
    await run.clock.advance(1)
    run.machine.unready = set()
    await run.clock.advance(1)
    assert run.names(Starting) == ["api", "api", "web"]


async def test_a_minute_of_health_makes_the_next_crash_a_first_one(run: Run) -> None:
    run.start(service("api", 1))
    for _ in range(3):
        await run.clock.advance(10)
        run.machine.latest("api").end(1)
    await run.clock.advance(70)
    run.machine.latest("api").end(1)
    await settle()
    assert [crash.restart_in for crash in run.crashes()] == [0.5, 1, 2, 0.5]


async def test_dependants_of_a_child_that_crashes_go_on(run: Run) -> None:
    run.start(service("db", 1), service("api", 2, ["db"]))
    await run.clock.advance(1)
    run.machine.latest("db").end(-9)
    await run.clock.advance(5)
    assert run.names(Starting) == ["db", "api", "db"]


async def test_three_failures_of_liveness_in_a_row_replace_a_child(run: Run) -> None:
    run.start(service("api", 1, live=True))
    await run.clock.advance(5)
    run.machine.dead = {1}
    await run.clock.advance(2.5)
    run.machine.dead = set()
    await run.clock.advance(5)
    run.machine.dead = {1}
    await run.clock.advance(2)
    assert not any(isinstance(event, Unhealthy) for event in run.events)
    await run.clock.advance(1)
    run.machine.dead = set()
    unhealthy = [event for event in run.events if isinstance(event, Unhealthy)]
    assert [event.reason for event in unhealthy] == ["3 failures of the liveness probe in a row: answered 503"]
    await run.clock.advance(5)
    assert run.names(Starting) == ["api", "api"]
    assert run.names(Ready) == ["api", "api"]


async def test_a_child_that_is_slow_to_live_gets_a_minute(run: Run) -> None:
    run.machine.dead = {1}
    run.start(service("api", 1, live=True))
    await run.clock.advance(59)
    assert not any(isinstance(event, Unhealthy) for event in run.events)
    await run.clock.advance(3)
    assert any(isinstance(event, Unhealthy) for event in run.events)


async def test_a_child_that_lives_may_wait_for_readiness_as_long_as_it_likes(run: Run) -> None:
    run.machine.unready = {1}
    run.start(service("api", 1, live=True))
    await run.clock.advance(300)
    assert run.names(Starting) == ["api"]
    run.machine.unready = set()
    await run.clock.advance(1)
    assert run.names(Ready) == ["api"]


async def test_a_child_without_liveness_is_replaced_when_it_is_not_ready_in_a_minute(run: Run) -> None:
    run.machine.unready = {1}
    run.start(service("db", 1))
    await run.clock.advance(61)
    unhealthy = [event for event in run.events if isinstance(event, Unhealthy)]
    assert [event.reason for event in unhealthy] == ["not ready within 60 s: connection refused"]


async def test_preparation_comes_before_the_start_and_its_failure_ends_everything(run: Run) -> None:
    async def fail() -> None:
        assert "db" not in run.names(Starting)
        raise SeawallError(Problem("SW308", "initdb failed"))

    run.start(service("cache", 1), service("db", 2), db=fail)
    with pytest.raises(SeawallError, match="initdb failed"):
        await run.running
    assert "db" not in run.names(Starting)
    assert run.names(Starting) == run.names(Stopped)


async def test_two_failures_are_reported_at_once(run: Run) -> None:
    async def fail() -> None:
        raise SeawallError(Problem("SW308", "initdb failed"))

    run.start(service("one", 1), service("two", 2), one=fail, two=fail)
    with pytest.raises(SeawallError) as caught:
        await run.running
    assert len(caught.value.problems) == 2


async def test_a_preparation_is_given_up_when_everything_stops(run: Run) -> None:
    given_up = asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    run.start(service("db", 1), db=endless)
    await settle()
    run.stop.set()
    await run.running
    assert given_up.is_set()
    assert run.events == []


async def test_a_program_that_is_not_there_ends_everything(run: Run) -> None:
    run.machine.missing = {"search"}
    run.start(service("search", 1))
    with pytest.raises(SeawallError, match="search cannot be started") as caught:
        await run.running
    assert caught.value.problems[0].code == "SW305"


async def test_a_program_that_vanished_while_it_ran_is_tried_again(run: Run) -> None:
    run.start(service("api", 1))
    await run.clock.advance(1)
    run.machine.missing = {"api"}
    run.machine.latest("api").end(1)
    await run.clock.advance(0.6)
    assert [(crash.status, crash.restart_in) for crash in run.crashes()] == [(1, 0.5), (127, 1)]
    run.machine.missing = set()
    await run.clock.advance(2)
    assert run.names(Starting) == ["api", "api"]


async def test_stopping_does_not_wait_for_a_restart(run: Run) -> None:
    run.start(service("api", 1))
    await run.clock.advance(1)
    run.machine.latest("api").end(1)
    await settle()
    run.stop.set()
    await run.running
    assert run.names(Starting) == ["api"]
    assert run.names(Stopped) == []


async def test_a_task_that_runs_is_stopped_too(run: Run) -> None:
    run.start(task("migrate"))
    await settle()
    run.stop.set()
    await run.running
    assert run.names(Stopped) == ["migrate"]
    assert run.names(Ready) == []


async def test_output_is_passed_on_with_the_childs_name(run: Run) -> None:
    run.start(service("api", 1))
    await settle()
    run.machine.latest("api").say("hello")
    assert run.events[-1] == Output("api", "stdout", "hello")


async def test_hurry_reaches_whoever_still_runs(run: Run) -> None:
    run.start(service("api", 1))
    await settle()
    child = run.machine.latest("api")
    child.obeys = False
    run.stop.set()
    await settle()
    run.supervisor.hurry()
    assert child.hurried
    child.end(-9)


async def test_a_listener_that_fails_stops_everything_and_is_heard() -> None:
    def broken(event: Event) -> None:
        if isinstance(event, Output):
            raise BrokenPipeError

    machine, clock = FakeMachine(), FakeClock()
    supervisor = Supervisor([service("api", 1)], broken, spawn=machine.spawn, ask=machine.ask, clock=clock)
    running = asyncio.create_task(supervisor.run(asyncio.Event()))
    await settle()
    machine.latest("api").say("hello")
    with pytest.raises(BrokenPipeError):
        await running


async def test_cancelling_the_run_stops_the_children_first() -> None:
    run = Run()
    run.start(service("api", 1))
    await settle()
    run.running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run.running
    assert run.names(Stopped) == ["api"]


async def test_cancelling_twice_kills() -> None:
    run = Run()
    run.start(service("api", 1))
    await settle()
    child = run.machine.latest("api")
    child.obeys = False
    run.running.cancel()
    await settle()
    run.running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run.running
    assert child.killed


async def test_a_task_that_said_why_it_failed_fails_with_its_own_words(run: Run) -> None:
    problem = Problem("SW506", 'type "txt" does not exist', Place("migrations/0003_oops.sql", 2))
    line = json.dumps({"level": "critical", "message": problem.message, "problem": problem.as_dict()})
    run.start(task("migrate"))
    await settle()
    run.machine.latest("migrate").end(1, "something before", line)
    with pytest.raises(SeawallError) as caught:
        await run.running
    assert caught.value.problems == (problem,)
