"""What every store does, in one suite for all of them."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from seawall.jobs import cron
from seawall.jobs.states import TRANSITIONS, State, Transition
from seawall.jobs.store import Held, LeaseLost, Message, Ticked
from tests.jobs.stores import LEASE, Bench

DEAD_AFTER = LEASE + 1
End = Callable[[], Awaitable[object]]


def nothing() -> None: ...


async def crash(bench: Bench) -> None:
    """All workers die."""
    await bench.later(DEAD_AFTER)
    await bench.store.rescue()


# --- Claiming --------------------------------------------------------------------------------------------------------


async def test_the_most_urgent_goes_first_then_the_oldest(bench: Bench) -> None:
    low, first, second, high = [await bench.send(priority=each) for each in (-1, 0, 0, 7)]
    me = await bench.worker()
    claims = [await bench.claim(me, 1) for _ in range(5)]
    assert [[job.id for job in claim] for claim in claims] == [[high], [first], [second], [low], []]


async def test_a_claim_takes_as_many_as_there_is_room_for(bench: Bench) -> None:
    jobs = await bench.store.enqueue([Message("q", "a", "{}", 5, priority=each % 3) for each in range(10)])
    me = await bench.worker()
    claimed = [job.id for _ in range(3) for job in await bench.claim(me, 4)]
    assert sorted(claimed) == sorted(jobs)
    assert len(set(claimed)) == 10


async def test_a_claim_takes_what_it_knows_and_what_is_due(bench: Bench) -> None:
    known = await bench.send()
    unknown = await bench.send("b")
    other = await bench.send(queue="other")
    delayed = await bench.send(delay=timedelta(seconds=60))
    me = await bench.worker()
    assert [job.id for job in await bench.claim(me)] == [known]
    assert [job.id for job in await bench.claim(me, names=("b",))] == [unknown]
    assert [job.id for job in await bench.store.claim(me, "other", ["a"], 10)] == [other]
    await bench.later(61)
    assert await bench.beat(me)
    assert [job.id for job in await bench.claim(me)] == [delayed]


async def test_a_job_may_be_given_a_time(bench: Bench) -> None:
    past = await bench.send(run_at=datetime(2020, 1, 1, tzinfo=UTC))
    await bench.send(run_at=datetime(2100, 1, 1, tzinfo=UTC))
    assert [job.id for job in await bench.claim(await bench.worker())] == [past]


async def test_what_was_enqueued_is_what_is_claimed(bench: Bench) -> None:
    tick = datetime(2027, 1, 2, tzinfo=UTC)
    message = Message("q", "a", '{"order_id":42}', 3, priority=2, key="k", release="r1", tick=tick)
    (job,) = await bench.store.enqueue([message])
    (claimed,) = await bench.claim(await bench.worker())
    assert (claimed.id, claimed.claim, claimed.attempt, claimed.crashes) == (job, 1, 1, 0)
    assert (claimed.args, claimed.max_attempts, claimed.priority) == ('{"order_id":42}', 3, 2)
    assert (claimed.queue, claimed.name, claimed.key, claimed.release, claimed.tick) == ("q", "a", "k", "r1", tick)


async def test_only_a_live_worker_claims(bench: Bench) -> None:
    await bench.send()
    me = await bench.worker()
    await bench.later(DEAD_AFTER)
    assert await bench.claim(me) == []
    await bench.store.rescue()
    assert await bench.claim(me) == []
    assert not await bench.beat(me)
    gone = await bench.worker()
    await bench.store.leave(gone)
    assert await bench.claim(gone) == []
    assert len(await bench.claim(await bench.worker())) == 1


# --- The fence -------------------------------------------------------------------------------------------------------


async def test_claim_numbers_only_grow_whatever_happens_to_the_job(bench: Bench) -> None:
    job = await bench.send(max_attempts=20)
    numbers = []
    for end in ("fail", "release", "crash", "fail", "release"):
        me = await bench.worker()
        claimed = await bench.take(me, job)
        numbers.append(claimed.claim)
        if end == "fail":
            assert await bench.store.fail(claimed.held, "x", 0.0)
        elif end == "release":
            assert await bench.store.release(me) == 1
        else:
            await crash(bench)
    assert numbers == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("end", ["complete", "fail", "die", "complete in transaction"])
async def test_a_worker_that_lost_its_claim_may_not_end_the_job(bench: Bench, end: str) -> None:
    job = await bench.send()
    stale = (await bench.take(await bench.worker(), job)).held
    await crash(bench)

    async def refused() -> bool:
        if end == "complete":
            return await bench.store.complete([stale]) == set()
        if end == "complete in transaction":
            with pytest.raises(LeaseLost, match="SW607"):
                async with bench.store.completing(stale, nothing):
                    pass
            return True
        return not await bench.store.fail(stale, "x", None if end == "die" else 0.0)

    assert await refused()  # while it waits
    current = await bench.take(await bench.worker(), job)
    assert await refused()  # while it runs elsewhere
    assert await bench.state(job) is State.RUNNING
    assert await bench.store.complete([current.held]) == {job}
    assert await refused()  # when it is done
    assert await bench.state(job) is State.DONE


async def test_a_completion_that_is_repeated_is_still_one(bench: Bench) -> None:
    job = await bench.send()
    held = (await bench.take(await bench.worker(), job)).held
    assert await bench.store.complete([held]) == {job}
    assert await bench.store.complete([held]) == {job}
    assert await bench.store.complete([Held(job, held.claim + 1)]) == set()


async def test_a_batch_completes_what_passes_the_fence_and_no_more(bench: Bench) -> None:
    jobs = [await bench.send() for _ in range(5)]
    claimed = [job.held for job in await bench.claim(await bench.worker())]
    await bench.store.fail(claimed[2], "x", 60.0)
    forged = Held(jobs[4], 99)
    assert await bench.store.complete([*claimed[:4], forged]) == {jobs[0], jobs[1], jobs[3]}
    assert await bench.state(jobs[4]) is State.RUNNING


async def test_completing_ends_the_job_at_the_end_of_the_block(bench: Bench) -> None:
    job = await bench.send()
    held = (await bench.take(await bench.worker(), job)).held
    calls: list[bool] = []
    async with bench.store.completing(held, partial(calls.append, True)):
        assert await bench.state(job) is State.RUNNING
    assert calls == [True]
    assert await bench.state(job) is State.DONE


async def test_completing_does_nothing_where_the_block_raises(bench: Bench) -> None:
    job = await bench.send()
    held = (await bench.take(await bench.worker(), job)).held
    with pytest.raises(ZeroDivisionError):
        async with bench.store.completing(held, partial(pytest.fail, "it did not commit")):
            raise ZeroDivisionError
    assert await bench.state(job) is State.RUNNING


# --- Failure, release, rescue ----------------------------------------------------------------------------------------


async def test_a_failed_job_comes_back_after_its_delay_with_its_error(bench: Bench) -> None:
    job = await bench.send()
    me = await bench.worker()
    assert await bench.store.fail((await bench.take(me, job)).held, "boom \0 \ud800", 20.0)
    state, attempt, crashes, error = await bench.look(job)
    assert (state, attempt, crashes) == (State.READY, 1, 0)
    assert error is not None
    assert error.startswith("boom")
    assert await bench.claim(me) == []
    await bench.later(21)
    assert (await bench.take(me, job)).attempt == 2


async def test_a_dead_job_stays_for_a_person_to_look_at(bench: Bench) -> None:
    job = await bench.send()
    me = await bench.worker()
    assert await bench.store.fail((await bench.take(me, job)).held, "boom", None)
    assert await bench.look(job) == (State.DEAD, 1, 0, "boom")
    assert await bench.claim(me) == []


async def test_what_is_given_back_has_not_been_started(bench: Bench) -> None:
    jobs = [await bench.send() for _ in range(3)]
    me, other = await bench.worker(), await bench.worker()
    await bench.claim(me, 2)
    await bench.claim(other)
    assert await bench.store.release(me, [jobs[0]]) == 1
    assert [(await bench.look(job))[:2] for job in jobs] == [(State.RUNNING, 1), (State.READY, 0), (State.RUNNING, 1)]


async def test_nobody_touches_the_jobs_of_those_who_live(bench: Bench) -> None:
    job = await bench.send()
    me = await bench.worker()
    await bench.take(me, job)
    for _ in range(3):
        await bench.later(LEASE - 1)
        assert await bench.store.rescue() == []
        assert await bench.beat(me)
    assert await bench.look(job) == (State.RUNNING, 1, 0, None)


async def test_a_dead_workers_jobs_run_again_and_its_beat_learns_of_it(bench: Bench) -> None:
    jobs = [await bench.send() for _ in range(2)]
    me = await bench.worker()
    await bench.claim(me)
    await bench.later(DEAD_AFTER)
    rescued = await bench.store.rescue()
    assert sorted((each.id, each.claim, each.state, each.crashes) for each in rescued) == [
        (job, 1, State.READY, 1) for job in jobs
    ]
    assert not await bench.beat(me)
    assert await bench.store.rescue() == []


async def test_jobs_of_a_worker_without_a_row_run_again(bench: Bench) -> None:
    job = await bench.send()
    await bench.take(await bench.worker(), job)
    await bench.lose_workers()
    assert [each.id for each in await bench.store.rescue()] == [job]


async def test_a_crash_in_company_uses_up_no_attempt(bench: Bench) -> None:
    jobs = [await bench.send(max_attempts=1) for _ in range(2)]
    await bench.claim(await bench.worker())
    await crash(bench)
    assert [(await bench.look(job))[:3] for job in jobs] == [(State.READY, 0, 1)] * 2


async def test_a_crash_alone_in_the_last_attempt_is_the_end(bench: Bench) -> None:
    job = await bench.send(max_attempts=1)
    await bench.take(await bench.worker(), job)
    await crash(bench)
    assert await bench.look(job) == (State.DEAD, 1, 1, "its worker died in attempt 1")


async def test_after_two_crashes_a_job_runs_alone_and_the_third_is_its_end(bench: Bench) -> None:
    jobs = [await bench.send() for _ in range(2)]
    for _ in range(2):
        assert len(await bench.claim(await bench.worker())) == 2
        await crash(bench)
    me = await bench.worker()
    assert await bench.claim(me) == []
    poison, innocent = jobs
    assert (await bench.take(me, poison)).crashes == 2
    await crash(bench)
    assert (await bench.look(poison))[:3] == (State.DEAD, 1, 3)
    me = await bench.worker()
    assert await bench.store.complete([(await bench.take(me, innocent)).held]) == {innocent}


async def test_a_suspect_is_set_aside_for_one_worker_at_a_time(bench: Bench) -> None:
    job = await bench.send()
    for _ in range(2):
        await bench.take(await bench.worker(), job)
        await crash(bench)
    first, second = await bench.worker(), await bench.worker()
    assert await bench.store.reserve(first, ["q"], ["b"]) is None
    assert await bench.store.reserve(first, ["other"], ["a"]) is None
    assert await bench.store.reserve(first, ["q"], ["a"]) == job
    assert await bench.store.reserve(second, ["q"], ["a"]) is None
    assert await bench.store.claim_reserved(second, job) is None
    await bench.later(DEAD_AFTER)
    assert await bench.beat(second)
    assert await bench.store.reserve(second, ["q"], ["a"]) == job
    assert await bench.store.claim_reserved(first, job) is None
    assert await bench.store.claim_reserved(second, job) is not None
    assert await bench.store.claim_reserved(second, job) is None


async def test_what_a_stopped_worker_could_not_end_is_free_a_second_later_and_no_crash(bench: Bench) -> None:
    job = await bench.send()
    me = await bench.worker()
    await bench.take(me, job)
    await bench.store.leave(me, later=True)
    assert not await bench.beat(me)
    assert await bench.store.rescue() == []
    await bench.later(1.1)
    assert [each.id for each in await bench.store.rescue()] == [job]
    assert await bench.look(job) == (State.READY, 0, 0, None)


# --- Keys ------------------------------------------------------------------------------------------------------------


async def test_jobs_of_a_key_run_one_after_the_other(bench: Bench) -> None:
    jobs = [await bench.send(key="k") for _ in range(3)]
    beside = await bench.send(key="other")
    assert [await bench.state(job) for job in jobs] == [State.READY, State.BLOCKED, State.BLOCKED]
    me = await bench.worker()
    order = []
    claimed = await bench.claim(me)
    assert [each.id for each in claimed] == [jobs[0], beside]
    claimed = claimed[:1]
    while claimed:
        (head,) = claimed
        order.append(head.id)
        assert await bench.claim(me) == []
        await bench.store.complete([head.held])
        claimed = await bench.claim(me)
    assert order == jobs


async def test_a_head_that_failed_or_crashed_keeps_its_place(bench: Bench) -> None:
    first, second = [await bench.send(key="k", priority=each) for each in (0, 9)]
    me = await bench.worker()
    await bench.store.fail((await bench.take(me, first)).held, "x", 10.0)
    assert await bench.store.settle() == 0
    assert await bench.claim(me) == []
    await bench.later(11)
    await bench.take(me, first)
    await crash(bench)
    assert await bench.store.settle() == 0
    assert (await bench.take(await bench.worker(), first)).id == first
    assert await bench.state(second) is State.BLOCKED


@pytest.mark.parametrize("skip", [False, True])
async def test_a_dead_head_blocks_its_key_unless_it_is_to_be_skipped(bench: Bench, skip: bool) -> None:
    first, second = [await bench.send(key="k", skip_dead=skip) for _ in range(2)]
    me = await bench.worker()
    await bench.store.fail((await bench.take(me, first)).held, "x", None)
    third = await bench.send(key="k", skip_dead=skip)
    if skip:
        await bench.store.complete([(await bench.take(me, second)).held])
        await bench.take(me, third)
    else:
        assert await bench.store.settle() == 0
        assert await bench.claim(me) == []
        assert [await bench.state(job) for job in (second, third)] == [State.BLOCKED] * 2


async def test_a_head_that_dies_of_crashes_is_skipped_too(bench: Bench) -> None:
    first, second = [await bench.send(key="k", skip_dead=True, max_attempts=1) for _ in range(2)]
    await bench.take(await bench.worker(), first)
    await crash(bench)
    assert await bench.state(first) is State.DEAD
    assert await bench.store.settle() == 1
    await bench.take(await bench.worker(), second)


async def test_completing_frees_the_key_too(bench: Bench) -> None:
    first, second = [await bench.send(key="k") for _ in range(2)]
    me = await bench.worker()
    async with bench.store.completing((await bench.take(me, first)).held, nothing):
        pass
    await bench.take(me, second)


# --- Cron ------------------------------------------------------------------------------------------------------------

HOURLY, DAILY = cron.parse("0 * * * *", "UTC"), cron.parse("0 0 * * *", "UTC")


async def look(bench: Bench, schedule: cron.Schedule = HOURLY, missed: cron.Missed = "all") -> Ticked:
    def message(tick: datetime) -> Message:
        return Message("q", "a", "{}", 1, tick=tick)

    def decide(last: datetime, now: datetime) -> cron.Due:
        return cron.due(schedule, last, now, missed)

    return await bench.store.tick("nightly", str(schedule), decide, message)


async def test_the_first_deploy_fills_nothing_in(bench: Bench) -> None:
    await bench.worker({"nightly": str(HOURLY)})
    assert (await look(bench)).counts
    assert (await look(bench)).ticks == ()


async def test_each_tick_is_one_job_whoever_looks(bench: Bench) -> None:
    await bench.worker({"nightly": str(HOURLY)})
    await bench.later(5 * 3600)
    me = await bench.worker({"nightly": str(HOURLY)})
    done = await look(bench)
    assert len(done.ticks) == 5
    assert all(later - earlier == timedelta(hours=1) for earlier, later in itertools.pairwise(done.ticks))
    assert (await look(bench)).ticks == ()
    assert [job.tick for job in await bench.claim(me)] == list(done.ticks)


async def test_a_cron_job_that_no_live_worker_declares_does_not_tick(bench: Bench) -> None:
    await bench.worker({"nightly": str(HOURLY)})
    await bench.later(5 * 3600)
    assert not (await look(bench)).counts
    await bench.worker({"nightly": str(HOURLY)})
    assert len((await look(bench)).ticks) == 5


async def test_of_two_releases_the_newer_schedule_counts_and_the_older_resumes_after_a_rollback(bench: Bench) -> None:
    old, new = {"nightly": str(HOURLY)}, {"nightly": str(DAILY)}
    await bench.worker(old)
    newer = await bench.worker(new)
    assert not (await look(bench, HOURLY)).counts
    assert (await look(bench, DAILY)).counts
    again = await bench.worker(old)  # an old process that starts again during the deploy changes nothing
    assert not (await look(bench, HOURLY)).counts
    await bench.store.leave(newer)
    assert not (await look(bench, DAILY)).counts
    await bench.later(1.0)
    assert (await look(bench, HOURLY)).ticks == ()  # nothing is filled in: its ticks begin with its return
    assert (await look(bench, HOURLY)).counts
    await bench.later(2 * 3600)
    await bench.beat(again)
    assert len((await look(bench, HOURLY)).ticks) == 2


# --- Looking -------------------------------------------------------------------------------------------------------


async def test_depths_count_each_state_and_the_longest_wait(bench: Bench) -> None:
    for key in (None, None, "k", "k"):
        await bench.send(key=key, priority=1 if key else 0)
    await bench.send(delay=timedelta(hours=1))
    await bench.later(10)
    me = await bench.worker()
    (head, *_) = await bench.claim(me, 1)
    assert head.key == "k"
    depths = {each.queue: each for each in await bench.store.depths(["q", "empty"])}
    counts = depths["q"].counts
    assert [counts[s] for s in (State.READY, State.RUNNING, State.BLOCKED, State.DEAD)] == [3, 1, 1, 0]
    assert 10 <= depths["q"].oldest < 60
    assert (set(depths["empty"].counts.values()), depths["empty"].oldest) == ({0}, 0.0)


# --- The state machine -----------------------------------------------------------------------------------------------


async def drive(bench: Bench, step: Transition) -> int:
    """Bring a job to the start of `step` and carry the step out."""
    behind = State.BLOCKED in (step.source, step.target)
    passed = step.event == "retry" and behind
    if step.event == "yield":
        return await give_way(bench)
    key = "k" if step.event in {"enqueue", "unblock"} or behind else None
    if behind and not passed:
        await bench.send(key=key)
    me = await bench.worker()
    last = step.event == "rescue" and step.target is State.DEAD
    job = await bench.send(key=key, max_attempts=1 if last else 5, skip_dead=passed)
    if step.event == "unblock":
        (head,) = await bench.claim(me)
        await bench.store.complete([head.held])
    if step.event == "claim" or step.source in (State.RUNNING, State.DEAD):
        if "other jobs" in step.when:
            await bench.send()
        held = next(each.held for each in await bench.claim(me) if each.id == job)
        if step.source is State.DEAD:
            await bench.store.fail(held, "x", None)
        if passed:
            await bench.send(key=key, skip_dead=True)
            assert len(await bench.claim(me)) == 1
        await carry_out(bench, step, me, held)
    elif step.event == "cancel":
        assert await bench.store.desk.cancel([job]) == {job: State.CANCELLED}
    return job


async def give_way(bench: Bench) -> int:
    """A job waits again behind one of its key that a person has put back; returns the one that waits."""
    earlier, me = await bench.send(key="k", skip_dead=True), await bench.worker()
    await bench.store.fail((await bench.take(me, earlier)).held, "x", None)
    job = await bench.send(key="k", skip_dead=True)
    assert await bench.state(job) is State.READY
    await bench.store.desk.retry([earlier])
    return job


async def carry_out(bench: Bench, step: Transition, worker: UUID, held: Held) -> None:
    async def cancel() -> None:
        assert await bench.store.desk.cancel([held.id]) == {held.id: State.RUNNING}
        assert await bench.store.cancelled(held, None)

    ends: dict[str, End] = {
        "complete": lambda: bench.store.complete([held]),
        "fail": lambda: bench.store.fail(held, "x", 1.0),
        "exhaust": lambda: bench.store.fail(held, "x", None),
        "release": lambda: bench.store.release(worker),
        "rescue": lambda: crash(bench),
        "cancel": cancel,
        "discard": lambda: bench.store.desk.discard([held.id]),
        "retry": lambda: bench.store.desk.retry([held.id]),
    }
    if step.event in ends:
        await ends[step.event]()


def name_of(step: Transition) -> str:
    return f"{step.event}-{step.source.label if step.source is not None else ''}-{step.target.label}"


@pytest.mark.parametrize("step", TRANSITIONS, ids=name_of)
async def test_each_step_of_the_state_machine_is_what_the_store_does(bench: Bench, step: Transition) -> None:
    state, attempt, crashes, _ = await bench.look(await drive(bench, step))
    assert (state, crashes) == (step.target, step.crashes)
    begun = step.source in (State.RUNNING, State.DEAD) and not step.afresh
    assert attempt == int(begun) + step.attempt
