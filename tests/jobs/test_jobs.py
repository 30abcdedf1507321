"""Declaring jobs, and how they are enqueued."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest

from seawall.errors import SeawallError
from seawall.jobs import Backoff, Job, Jobs, setting
from seawall.jobs.stores.memory import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def jobs(store: MemoryStore) -> Jobs:
    return Jobs(store=store)


async def test_a_job_is_still_the_function_that_it_was(jobs: Jobs) -> None:
    @jobs.job()
    async def double(job: Job, number: int, *, plus: int = 0) -> int:
        """Double."""
        return 2 * number + plus + job.attempt

    assert await double(Job(), 21, plus=1) == 44
    assert (getattr(double, "__name__", ""), double.__doc__) == ("double", "Double.")


async def test_enqueue_takes_the_arguments_without_the_job(jobs: Jobs, store: MemoryStore) -> None:
    @jobs.job(queue="mail", priority=3, max_attempts=7)
    async def send(job: Job, to: str, copies: int = 1) -> None: ...

    job = await send.enqueue("ada", copies=2)
    message = store.rows[job].message
    assert (message.name, message.queue, message.args) == ("send", "mail", '{"to":"ada","copies":2}')
    assert (message.priority, message.max_attempts, message.key) == (3, 7, None)


async def test_options_say_how(jobs: Jobs, store: MemoryStore) -> None:
    @jobs.job()
    async def work() -> None: ...

    moment = datetime(2100, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    first = store.rows[await work.options(key="k", priority=-5, run_at=moment).enqueue()]
    assert (first.message.key, first.message.priority, first.run_at) == ("k", -5, moment)
    for delay in (90, 90.0, timedelta(minutes=1.5)):
        row = store.rows[await work.options(delay=delay).enqueue()]
        assert row.run_at - row.enqueued_at == timedelta(seconds=90)


async def test_options_that_contradict_each_other_are_refused(jobs: Jobs) -> None:
    @jobs.job()
    async def work() -> None: ...

    with pytest.raises(ValueError, match="exclude"):
        work.options(delay=1, run_at=datetime.now(UTC))
    with pytest.raises(ValueError, match="time zone"):
        work.options(run_at=datetime(2027, 1, 1))  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="priority"):
        work.options(priority=40_000)


@pytest.mark.parametrize("key", ["a\0b", "\ud800", "x" * 1025, "\N{SNOWMAN}" * 342])
async def test_a_key_that_the_database_cannot_hold_is_refused(jobs: Jobs, key: str) -> None:
    @jobs.job
    async def work() -> None: ...

    with pytest.raises(ValueError, match="key must"):
        work.options(key=key)
    work.options(key="\N{SNOWMAN}" * 341)


async def test_arguments_that_do_not_fit_are_refused_in_the_caller(jobs: Jobs, store: MemoryStore) -> None:
    @jobs.job()
    async def work(job: Job, number: int) -> None: ...

    with pytest.raises(SeawallError, match="SW603"):
        await work.enqueue("42")  # type: ignore[arg-type]
    assert store.rows == {}


@pytest.mark.parametrize(
    "options", [{"max_attempts": 0}, {"timeout": 0}, {"priority": 2**15}, {"timeout": -1.0}, {"max_attempts": 2**15}]
)
def test_options_out_of_range_are_refused(jobs: Jobs, options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="job 'work'"):
        jobs.job(name="work", **options)  # type: ignore[call-overload]


def test_two_jobs_of_one_name_are_refused_with_both_places(jobs: Jobs) -> None:
    @jobs.job()
    async def work() -> None: ...

    with pytest.raises(SeawallError, match="SW608") as caught:
        jobs.job(name="work")(lambda: None)
    assert caught.value.problems[0].message.count("test_jobs.py:") == 2
    with pytest.raises(SeawallError, match="SW608"):
        jobs.every(1, name="work")(lambda: None)


def test_what_goes_by_the_clock_takes_no_arguments(jobs: Jobs) -> None:
    def needs(number: int) -> None: ...

    with pytest.raises(SeawallError, match="SW603"):
        jobs.cron("* * * * *")(needs)
    with pytest.raises(SeawallError, match="SW603"):
        jobs.every(1)(needs)
    with pytest.raises(ValueError, match="missed must be one of"):
        jobs.cron("* * * * *", missed="some")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["disk", "database", "last_heartbeat", "queues"])
def test_two_checks_of_one_name_are_refused(jobs: Jobs, name: str) -> None:
    jobs.check("disk")(lambda: True)
    with pytest.raises(ValueError, match="two checks"):
        jobs.check(name)


def test_a_cron_job_is_not_repeated_unless_it_says_so(jobs: Jobs) -> None:
    @jobs.cron("* * * * *")
    async def tick(job: Job) -> None: ...

    assert tick.declared.max_attempts == 1


def test_settings_are_read_when_a_worker_starts_and_not_before(jobs: Jobs) -> None:
    @jobs.cron(setting("SCHEDULE"), timezone=setting("TZ", default="UTC"))
    async def tick() -> None: ...

    with pytest.raises(SeawallError, match="SCHEDULE is not set"):
        jobs.timetable({"SCHEDULE": ""})
    table = jobs.timetable({"SCHEDULE": "0  0 * * *", "TZ": "Europe/Berlin"})
    assert table.declarations == {"tick": "0 0 * * * Europe/Berlin"}


def test_a_setting_that_is_wrong_is_named(jobs: Jobs) -> None:
    @jobs.cron(setting("CRON_SCHEDULE"), timezone=setting("TZ"))
    async def tick() -> None: ...

    @jobs.cron("61 * * * *")
    async def written() -> None: ...

    with pytest.raises(SeawallError) as caught:
        jobs.timetable({"CRON_SCHEDULE": "0 25 * * *", "TZ": "Mars"})
    assert [problem.message for problem in caught.value.problems] == [
        "CRON_SCHEDULE: field 2 (hour): 25 is outside 0-23",
        "TZ: unknown time zone 'Mars'",
        "field 1 (minute): 61 is outside 0-59",
    ]


@pytest.mark.parametrize("text", ["0", "-1", "often", "inf", "nan"])
def test_an_interval_that_is_none_is_refused(jobs: Jobs, text: str) -> None:
    jobs.every(setting("INTERVAL"))(lambda: None)
    with pytest.raises(SeawallError, match=r"SW405.*INTERVAL cannot be read"):
        jobs.timetable({"INTERVAL": text})


def test_annotations_written_as_text_are_understood(jobs: Jobs) -> None:
    @jobs.job()
    async def one(job: "Job", number: "int") -> None: ...

    @jobs.job()
    async def later(job: "Job", order: "NotYet") -> None: ...  # type: ignore[name-defined]  # noqa: F821 - named later

    assert one.takes_job
    assert later.takes_job


async def test_outside_of_a_worker_a_job_completes_in_a_plain_transaction() -> None:
    with pytest.raises(SeawallError, match="DATABASE_URL is not set"):
        async with Job().complete_in_transaction():
            pytest.fail("there is no database")


def test_the_package_is_imported_quickly_and_without_a_driver() -> None:
    code = (
        "import sys; import seawall.jobs; "
        "heavy = {'asyncpg', 'fastapi', 'opentelemetry', 'prometheus_client', 'psycopg', 'pydantic', 'sqlalchemy'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_backoff_is_the_users_to_choose(jobs: Jobs) -> None:
    assert (
        jobs.job(name="a", backoff=Backoff(first=1, maximum=2))(lambda: None).declared.policy.backoff.delay(9, 0.5) == 2
    )
