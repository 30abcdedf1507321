"""What people do with jobs, on every store."""

from datetime import timedelta

from seawall.jobs.desk import Filter
from seawall.jobs.states import State
from seawall.jobs.store import Message
from tests.jobs.stores import LEASE, Bench


async def dead(bench: Bench, **options: object) -> int:
    job, me = await bench.send(**options), await bench.worker()  # type: ignore[arg-type]
    await bench.store.fail((await bench.take(me, job)).held, "boom", None)
    return job


# --- Cancelling ------------------------------------------------------------------------------------------------------


async def test_what_waits_is_cancelled_at_once_and_never_runs(bench: Bench) -> None:
    now, later, head, blocked = [
        await bench.send(**options) for options in ({}, {"delay": timedelta(hours=1)}, {"key": "k"}, {"key": "k"})
    ]
    cancelled = await bench.store.desk.cancel([now, later, blocked, 99])
    assert cancelled == dict.fromkeys([now, later, blocked], State.CANCELLED)
    assert [job.id for job in await bench.claim(await bench.worker())] == [head]
    assert await bench.store.desk.cancel([now]) == {}


async def test_cancelling_the_head_of_a_key_lets_the_next_go_on(bench: Bench) -> None:
    head, following = [await bench.send(key="k") for _ in range(2)]
    await bench.store.desk.cancel([head])
    assert [job.id for job in await bench.claim(await bench.worker())] == [following]


async def test_what_runs_is_to_be_cancelled_by_who_holds_it(bench: Bench) -> None:
    job, beside = [await bench.send(key=key) for key in ("k", None)]
    following = await bench.send(key="k")
    me, other = await bench.worker(), await bench.worker()
    held = {each.id: each.held for each in await bench.claim(me)}
    assert await bench.store.to_cancel(me) == []
    assert await bench.store.desk.cancel([job]) == {job: State.RUNNING}
    assert await bench.store.to_cancel(me) == [held[job]]
    assert await bench.store.to_cancel(other) == []
    assert await bench.store.cancelled(held[job], "stopped \0")
    assert not await bench.store.cancelled(held[job], "twice")
    assert await bench.store.to_cancel(me) == []
    state, _, _, error = await bench.look(job)
    assert (state, (error or "").startswith("stopped")) == (State.CANCELLED, True)
    assert [each.id for each in await bench.claim(other)] == [following]
    assert await bench.store.complete([held[job], held[beside]]) == {beside}


async def test_what_was_to_be_cancelled_does_not_begin_again(bench: Bench) -> None:
    failed, released, rescued = [await bench.send() for _ in range(3)]
    for job in (failed, released, rescued):
        me = await bench.worker()
        (claimed,) = await bench.claim(me, 1)
        assert claimed.id == job
        await bench.store.desk.cancel([job])
        if job == failed:
            assert await bench.store.fail(claimed.held, "x", 0.0)
        elif job == released:
            await bench.store.release(me)
        else:
            await bench.later(LEASE + 1)
            assert [each.id for each in await bench.store.rescue()] == [job]
    assert await bench.claim(await bench.worker()) == []
    await bench.store.settle()
    assert [await bench.state(job) for job in (failed, released, rescued)] == [State.CANCELLED] * 3


async def test_a_suspect_that_is_to_be_cancelled_is_not_set_aside(bench: Bench) -> None:
    job = await bench.send()
    for _ in range(2):
        await bench.take(await bench.worker(), job)
        await bench.store.desk.cancel([job] if (await bench.look(job))[2] == 1 else [])
        await bench.later(LEASE + 1)
        await bench.store.rescue()
    assert (await bench.look(job))[2] == 2
    assert await bench.store.reserve(await bench.worker(), ["q"], ["a"]) is None


async def test_a_job_that_returns_before_it_is_cancelled_is_done(bench: Bench) -> None:
    job = await bench.send()
    held = (await bench.take(await bench.worker(), job)).held
    await bench.store.desk.cancel([job])
    assert await bench.store.complete([held]) == {job}
    assert await bench.state(job) is State.DONE


# --- Deciding about the dead -----------------------------------------------------------------------------------------


async def test_a_dead_job_begins_again_with_all_its_attempts(bench: Bench) -> None:
    job, behind = await dead(bench, key="k", max_attempts=1), await bench.send(key="k")
    alive = await bench.send(key="other")
    me = await bench.worker()
    (running,) = await bench.claim(me)
    assert await bench.store.desk.retry([job, behind, running.id, 99]) == {job}
    again = await bench.take(me, job)
    assert (again.attempt, again.claim, again.crashes, running.id) == (1, 2, 0, alive)


async def test_what_waits_for_its_next_attempt_can_run_now(bench: Bench) -> None:
    job, me = await bench.send(), await bench.worker()
    await bench.store.fail((await bench.take(me, job)).held, "x", 3600.0)
    assert await bench.claim(me) == []
    assert await bench.store.desk.retry([job]) == {job}
    assert (await bench.take(me, job)).attempt == 2


async def test_a_skipped_job_comes_back_before_those_that_wait_and_after_the_one_that_runs(bench: Bench) -> None:
    first = await dead(bench, key="k", skip_dead=True)
    second, third = [await bench.send(key="k", skip_dead=True) for _ in range(2)]
    me = await bench.worker()
    running = await bench.take(me, second)
    assert await bench.store.desk.retry([first]) == {first}
    assert await bench.claim(me) == []
    await bench.store.fail(running.held, "x", 0.0)  # now it waits, too: behind the one that came back
    assert await bench.claim(me) == []
    assert await bench.store.settle() == 1
    for job in (first, second, third):
        await bench.store.complete([(await bench.take(me, job)).held])


async def test_a_skipped_job_goes_first_again_where_nothing_of_its_key_runs(bench: Bench) -> None:
    first = await dead(bench, key="k", skip_dead=True)
    second = await bench.send(key="k", skip_dead=True)
    assert await bench.store.desk.retry([first]) == {first}
    me = await bench.worker()
    for job in (first, second):
        await bench.store.complete([(await bench.take(me, job)).held])


async def test_a_dead_job_is_given_up_and_its_key_goes_on(bench: Bench) -> None:
    job, behind = await dead(bench, key="k"), await bench.send(key="k")
    assert await bench.store.desk.discard([job, behind]) == {job}
    assert await bench.look(job) == (State.CANCELLED, 1, 0, "boom")
    assert [each.id for each in await bench.claim(await bench.worker())] == [behind]


# --- Pausing ---------------------------------------------------------------------------------------------------------


async def test_nothing_is_claimed_of_a_paused_queue(bench: Bench) -> None:
    job, other = await bench.send(), await bench.send(queue="other")
    me = await bench.worker()
    assert await bench.store.desk.pause("queue", "q")
    assert not await bench.store.desk.pause("queue", "q")
    assert await bench.claim(me) == []
    assert [each.id for each in await bench.store.claim(me, "other", ["a"], 10)] == [other]
    assert [(each.kind, each.name) for each in await bench.store.desk.paused()] == [("queue", "q")]
    assert await bench.store.desk.resume("queue", "q")
    assert not await bench.store.desk.resume("queue", "q")
    assert [each.id for each in await bench.claim(me)] == [job]


async def test_nothing_is_claimed_of_a_paused_job_and_the_others_pass_it(bench: Bench) -> None:
    paused, other = await bench.send("a"), await bench.send("b")
    me = await bench.worker()
    await bench.store.desk.pause("job", "a")
    assert [each.id for each in await bench.claim(me, names=("a", "b"))] == [other]
    await bench.store.desk.resume("job", "a")
    assert [each.id for each in await bench.claim(me, names=("a", "b"))] == [paused]


async def test_a_suspect_of_a_paused_queue_or_job_waits(bench: Bench) -> None:
    job = await bench.send()
    for _ in range(2):
        await bench.take(await bench.worker(), job)
        await bench.later(LEASE + 1)
        await bench.store.rescue()
    me = await bench.worker()
    for kind, name in (("queue", "q"), ("job", "a")):
        await bench.store.desk.pause(kind, name)  # type: ignore[arg-type]
        assert await bench.store.reserve(me, ["q"], ["a"]) is None
        await bench.store.desk.resume(kind, name)  # type: ignore[arg-type]
        assert await bench.store.reserve(me, ["q"], ["a"]) == job
        await bench.store.desk.pause(kind, name)  # type: ignore[arg-type]
        assert await bench.store.claim_reserved(me, job) is None  # paused while it waited for the others to end
        await bench.store.desk.resume(kind, name)  # type: ignore[arg-type]
    assert await bench.store.claim_reserved(me, job) is not None


# --- Looking ---------------------------------------------------------------------------------------------------------


async def test_jobs_are_found_newest_first_by_what_is_asked(bench: Bench) -> None:
    one = await bench.send(key="k")
    two = await bench.send("b", queue="other")
    three = await bench.send(key="k")
    me = await bench.worker()
    await bench.store.complete([(await bench.take(me, one)).held])

    async def find(**which: object) -> list[int]:
        return [each.id for each in await bench.store.desk.find(Filter(**which))]  # type: ignore[arg-type]

    assert await find() == [three, two, one]
    assert await find(states=[State.DONE]) == [one]
    assert await find(states=[State.DONE, State.READY]) == [three, two, one]
    assert await find(queue="other") == [two]
    assert await find(name="a") == [three, one]
    assert await find(key="k") == [three, one]
    assert await find(before=three) == [two, one]
    assert await find(limit=2) == [three, two]


async def test_a_job_is_shown_with_all_that_is_known_of_it(bench: Bench) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    message = Message("q", "a", '{"n":1}', 3, priority=2, key="k", release="r", traceparent=trace)
    (job,) = await bench.store.enqueue([message])
    waiting = await bench.store.desk.show(job)
    assert waiting is not None
    assert (waiting.state, waiting.claimed_at, waiting.worker, waiting.pid) == (State.READY, None, None, None)
    me = await bench.worker()
    claimed = await bench.take(me, job)
    assert claimed.traceparent == trace
    running = await bench.store.desk.show(job)
    assert running is not None
    assert (running.args, running.priority, running.key, running.release) == ('{"n":1}', 2, "k", "r")
    assert (running.traceparent, running.worker, running.attempt, running.claim) == (trace, me, 1, 1)
    assert running.beat is not None
    await bench.store.desk.cancel([job])
    asked = await bench.store.desk.show(job)
    assert asked is not None
    assert asked.cancel_requested
    await bench.store.cancelled(claimed.held, "why")
    ended = await bench.store.desk.show(job)
    assert ended is not None
    assert (ended.state, ended.last_error, ended.cancel_requested) == (State.CANCELLED, "why", False)
    assert ended.finished_at is not None
    assert await bench.store.desk.show(job + 1) is None


async def test_live_jobs_are_counted_by_queue_name_and_state(bench: Bench) -> None:
    await dead(bench)
    for name in ("a", "a", "b"):
        await bench.send(name)
    me = await bench.worker()
    await bench.store.complete([(await bench.claim(me, 1))[0].held])
    counts = [(each.queue, each.name, each.state, each.count) for each in await bench.store.desk.stats()]
    assert counts == [("q", "a", State.READY, 1), ("q", "a", State.DEAD, 1), ("q", "b", State.READY, 1)]
