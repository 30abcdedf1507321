"""The metrics of a worker. Every declared job has its series at 0 from the start."""

from collections.abc import Iterable
from typing import Final

from seawall import contract
from seawall.jobs.store import Depth
from seawall.runtime.metrics import Counter, Gauge, Histogram

_JOB: Final = ("job",)

success: Final = Counter(contract.JOBS_SUCCESS, "Jobs that were completed.", _JOB)
failure: Final = Counter(contract.JOBS_FAILURE, "Attempts that failed.", _JOB)
dead: Final = Counter(contract.JOBS_DEAD, "Jobs that ran out of attempts, or were found to kill workers.", _JOB)
running: Final = Gauge(contract.JOBS_RUNNING, "Jobs under way in this process.", _JOB)
duration: Final = Histogram(contract.JOB_DURATION, "Seconds that an attempt took.", _JOB, buckets=contract.JOB_BUCKETS)
depth: Final = Gauge(contract.QUEUE_DEPTH, "Jobs in the store, counted up to a limit.", ("queue", "state"))
oldest: Final = Gauge(contract.QUEUE_OLDEST, "Seconds that the oldest job that may run has waited.", ("queue",))
heartbeat: Final = Gauge(contract.HEARTBEAT, "When the worker last proved to be alive.")
last_tick: Final = Gauge(contract.CRON_LAST_TICK, "The latest tick that was enqueued here.", _JOB)


def begin(jobs: Iterable[str], crons: Iterable[str], queues: Iterable[str]) -> None:
    """Make the series, at 0, of all these jobs, cron jobs and queues."""
    for name in jobs:
        for metric in (success, failure, dead, running, duration):
            metric.child(name)
    for name in crons:
        last_tick.child(name)
    for queue in queues:
        oldest.child(queue)


def sample(depths: Iterable[Depth]) -> None:
    """Show how full the queues are."""
    for each in depths:
        oldest.child(each.queue).set(each.oldest)
        for state, count in each.counts.items():
            depth.child(each.queue, state.label).set(count)
