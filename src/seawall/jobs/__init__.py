"""Background work on Postgres: jobs that survive their worker, are fenced against its ghost, and end if they kill it.

``docs/jobs.md`` is the guide. `python -m seawall.jobs MODULE:JOBS` runs a worker.
"""

from seawall.jobs.job import Job
from seawall.jobs.jobs import Jobs
from seawall.jobs.retry import Backoff, Discard, Retry
from seawall.jobs.setting import setting
from seawall.jobs.store import LeaseLost, Message

__all__ = ["Backoff", "Discard", "Job", "Jobs", "LeaseLost", "Message", "Retry", "setting"]
