import asyncio
import threading
from typing import Any, cast

import pytest

from seawall.runtime import health as module
from seawall.runtime.health import Health, brief


@pytest.fixture
def health() -> Health:
    return Health("orders", "abc123", started=True)


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Good results are asked for anew each time."""
    monkeypatch.setattr(module, "REMEMBERED_SECONDS", 0.0)


async def ok() -> None:
    pass


async def bad() -> None:
    raise ConnectionRefusedError("nobody there")


def checks(body: dict[str, object]) -> dict[str, dict[str, Any]]:
    return cast("dict[str, dict[str, Any]]", body["checks"])


async def test_live_is_always_200(health: Health) -> None:
    health.started, health.draining = False, True
    assert await health.live() == (200, {"status": "live"})


async def test_ready_only_between_the_end_of_start_up_and_draining() -> None:
    health = Health()
    status, body = await health.ready()
    assert (status, body["status"]) == (503, "starting")
    health.started = True
    assert await health.ready() == (200, {"status": "ready"})
    health.draining = True
    status, body = await health.ready()
    assert (status, body["status"]) == (503, "draining")


async def test_ready_asks_critical_checks_alone(health: Health) -> None:
    health.add("mail", bad, critical=False)
    assert (await health.ready())[0] == 200
    health.add("database", bad)
    assert await health.ready() == (503, {"status": "unavailable", "failed": ["database"]})


async def test_health_gives_each_check_by_name(health: Health) -> None:
    async def beat() -> dict[str, object]:
        return {"last_heartbeat": 12}

    health.add("worker", beat)
    health.add("mail", bad, critical=False)
    health.add("no", lambda: False, critical=False)
    status, body = await health.health()
    assert status == 200
    assert body["status"] == "degraded"
    assert body["service"] == "orders"
    assert body["release"] == "abc123"
    assert cast("float", body["uptime_seconds"]) >= 0
    found = checks(body)
    assert found["worker"]["status"] == "ok"
    assert found["worker"]["detail"] == {"last_heartbeat": 12}
    assert found["mail"]["error"] == "ConnectionRefusedError: nobody there"
    assert found["no"]["error"] == "the check said no"
    assert all(each["duration_ms"] >= 0 for each in found.values())


async def test_health_is_503_while_a_critical_check_fails_and_from_draining_on(health: Health) -> None:
    health.add("database", bad)
    status, body = await health.health()
    assert (status, body["status"]) == (503, "unavailable")
    fine = Health(started=True, draining=True)
    status, body = await fine.health()
    assert (status, body["status"]) == (503, "draining")


async def test_two_checks_of_one_name_are_refused(health: Health) -> None:
    health.add("database", ok)
    with pytest.raises(ValueError, match="'database'"):
        health.check("database")(ok)


@pytest.mark.usefixtures("forgetful")
async def test_probes_that_ask_at_once_share_one_run(health: Health) -> None:
    runs = 0
    gate = asyncio.Event()

    @health.check("slow")
    async def slow() -> None:
        nonlocal runs
        runs += 1
        await gate.wait()

    asked = [asyncio.create_task(health.ready()) for _ in range(20)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gate.set()
    assert [status for status, _ in await asyncio.gather(*asked)] == [200] * 20
    assert runs == 1
    await health.ready()
    assert runs == 2


async def test_a_good_result_is_remembered_and_a_bad_one_is_not(health: Health) -> None:
    answers = iter([False, True, False])
    health.add("flaky", lambda: next(answers))
    assert [(await health.ready())[0] for _ in range(4)] == [503, 200, 200, 200]
    assert next(answers) is False  # the third was never asked for


async def test_a_check_that_hangs_is_given_up_after_its_timeout(health: Health) -> None:
    cancelled = asyncio.Event()

    @health.check("hangs", timeout=0.05)
    async def hangs() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    health.add("fine", ok)
    status, body = await health.health()
    assert status == 503
    assert checks(body)["hangs"]["error"] == "no answer within 0.05 s"
    assert checks(body)["fine"]["status"] == "ok"
    async with asyncio.timeout(3):
        await cancelled.wait()


async def test_a_plain_check_may_block_without_stopping_the_loop(health: Health) -> None:
    release = threading.Event()
    runs: list[threading.Thread] = []

    @health.check("blocks", timeout=0.05)
    def blocks() -> None:
        runs.append(threading.current_thread())
        release.wait(10)

    for _ in range(3):
        status, _ = await health.ready()
        assert status == 503
    assert len(runs) == 1  # the thread that still hangs is not doubled by each probe
    release.set()
    runs[0].join(3)
    statuses = [(await health.ready())[0] for _ in range(5)]  # the loop takes a turn or two to see its end
    assert statuses[-1] == 200


async def test_draining_that_begins_while_checks_run_wins(health: Health) -> None:
    @health.check("slow")
    async def slow() -> None:
        health.draining = True

    assert (await health.ready())[0] == 503


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ValueError(), "ValueError"),
        (ValueError("one\ntwo: secret stuff"), "ValueError: one"),
        (OSError("cannot reach postgres://me:hunter2@db/x"), "OSError: cannot reach postgres://me:***@db/x"),
        (OSError("password=hunter2 host=db"), "OSError: password=*** host=db"),
        (ValueError("x" * 1000), "ValueError: " + "x" * 200),
    ],
)
def test_an_error_is_shown_short_and_without_credentials(error: Exception, shown: str) -> None:
    assert brief(error) == shown
