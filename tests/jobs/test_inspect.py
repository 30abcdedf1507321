"""`seawall.jobs.inspect`, on every store."""

import json
from datetime import UTC, datetime

from seawall.jobs import Jobs, inspect
from seawall.jobs.states import State
from tests.jobs.stores import Bench


async def test_jobs_are_found_and_shown(bench: Bench) -> None:
    jobs = Jobs(store=bench.store)
    made = [await bench.send(key="k", args='{"n":1}'), await bench.send("b", queue="other"), await bench.send(key="k")]
    found = await inspect.find(jobs, queue="q", states=(State.READY, State.BLOCKED))
    assert [each.id for each in found] == [made[2], made[0]]
    assert [each.id for each in await inspect.find(jobs, name="b")] == [made[1]]
    assert [each.id for each in await inspect.find(jobs, key="k", before=made[2])] == [made[0]]
    assert [each.id for each in await inspect.find(jobs, limit=1)] == [made[2]]
    shown = await inspect.show(jobs, made[0])
    assert shown is not None
    assert (shown.id, shown.state, shown.args) == (made[0], State.READY, '{"n":1}')
    assert await inspect.show(jobs, made[2] + 1) is None


async def test_people_decide(bench: Bench) -> None:
    jobs = Jobs(store=bench.store)
    dead, running, waiting = [await bench.send() for _ in range(3)]
    me = await bench.worker()
    first, second = await bench.claim(me, 2)
    assert (first.id, second.id) == (dead, running)
    await bench.store.fail(first.held, "x", None)
    assert await inspect.cancel(jobs, (running, waiting, dead)) == {running: State.RUNNING, waiting: State.CANCELLED}
    assert await inspect.retry(jobs, [dead, running]) == {dead}
    assert await bench.state(dead) is State.READY
    (again,) = await bench.claim(me)
    await bench.store.fail(again.held, "x", None)
    assert await inspect.discard(jobs, [dead, waiting]) == {dead}
    assert await bench.state(dead) is State.CANCELLED


async def test_what_is_paused_is_known_and_counted(bench: Bench) -> None:
    jobs = Jobs(store=bench.store)
    await bench.send()
    await bench.store.complete([(await bench.claim(await bench.worker()))[0].held])
    await bench.send("b", queue="other")
    assert await inspect.pause(jobs, "queue", "later")
    assert not await inspect.pause(jobs, "queue", "later")
    assert await inspect.pause(jobs, "job", "c")
    assert [(each.kind, each.name) for each in await inspect.paused(jobs)] == [("job", "c"), ("queue", "later")]
    assert await inspect.known(jobs, "queue") == {"q", "other", "later"}
    assert await inspect.known(jobs, "job") == {"a", "b", "c"}
    assert await inspect.resume(jobs, "queue", "later")
    assert not await inspect.resume(jobs, "queue", "later")
    (count,) = await inspect.stats(jobs)
    assert (count.queue, count.name, count.state, count.count) == ("other", "b", State.READY, 1)


async def test_a_record_as_json_says_states_by_name_and_times_as_rfc_3339(bench: Bench) -> None:
    jobs = Jobs(store=bench.store)
    moment = datetime(2100, 1, 1, tzinfo=UTC)
    job = await bench.send(args='{"to":"ada"}', run_at=moment)
    shown = await inspect.show(jobs, job)
    assert shown is not None
    told = json.loads(json.dumps(inspect.as_dict(shown)))
    assert (told["id"], told["state"], told["args"]) == (job, "ready", {"to": "ada"})
    assert (told["run_at"], told["worker"], told["finished_at"]) == ("2100-01-01T00:00:00Z", None, None)
