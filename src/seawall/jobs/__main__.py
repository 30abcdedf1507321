"""`python -m seawall.jobs MODULE:JOBS` runs a worker; `--describe` prints what the application says of its jobs."""

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from seawall import contract
from seawall.errors import Problem, SeawallError, raise_all
from seawall.jobs.jobs import Jobs
from seawall.jobs.process import database_url, run
from seawall.runtime import logs, settings, traces


def main() -> int:
    """The command; returns its exit status."""
    arguments = _parser().parse_args()
    here: settings.Settings | None = None
    environ = dict(os.environ)
    try:
        settings.load_secrets(os.environ)
        os.environ.setdefault(contract.SERVICE, arguments.reference.partition(":")[0])
        here = settings.read(os.environ, drain_timeout=contract.WORKER_DRAIN_SECONDS)
        if not arguments.describe:
            logs.configure(here)
            traces.setup(here, os.environ)  # before the application is imported, which may make spans of its own
        jobs = _load(arguments.reference)
        if arguments.describe:
            from seawall.jobs.describe import describe  # noqa: PLC0415  # a worker that runs does not pay for it

            logs.document(describe(arguments.reference, jobs, os.environ, datetime.now(UTC)))
        else:
            _run(jobs, here, environ)
    except SeawallError as error:
        return logs.stop(error, None if arguments.describe else here, as_json=arguments.json)
    return 0


def _load(reference: str) -> Jobs:
    found = settings.load_reference(reference)
    if isinstance(found, Jobs):
        return found
    saw = f"a {type(found).__name__}"
    raise SeawallError(Problem("SW402", f"{reference} is not a Jobs", saw=saw, wanted="jobs = Jobs()"))


def _run(jobs: Jobs, here: settings.Settings, environ: Mapping[str, str]) -> None:
    """Start, or say at once all that is missing for it."""
    problems: list[Problem] = []
    timetable, url = None, ""
    try:
        timetable = jobs.timetable(os.environ)
    except SeawallError as error:
        problems += error.problems
    try:
        url = database_url(jobs, os.environ)
    except SeawallError as error:
        problems += error.problems
    raise_all(problems)
    if timetable is not None:
        run(jobs, here, timetable, url, environ)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m seawall.jobs", description="Run a worker.")
    parser.add_argument("reference", metavar="MODULE:JOBS", help="such as orders.jobs:jobs")
    parser.add_argument("--describe", action="store_true", help="print what the application says of its jobs, as JSON")
    parser.add_argument("--json", action="store_true", help="print errors as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
