"""Seawall: see common.py. Bulk is `jobs.enqueue_many`, the worker `python -m seawall.jobs`."""

import os
import subprocess
import sys

from common import arguments, enqueue_as, ran

from seawall.jobs import Jobs

jobs = Jobs()


@jobs.job()
async def noop(sent: float) -> None:
    ran(sent)


async def bulk(number: int) -> None:
    await jobs.enqueue_many([noop.message(0.0) for _ in range(number)])


def main() -> None:
    command, url, number = arguments()
    variables = {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "warning"}
    if command == "install":
        subprocess.run([sys.executable, "-m", "seawall.runtime.migrate", "seawall.jobs:sql/migrations"],
                       env=variables, check=True, stdout=sys.stderr)  # fmt: skip
    elif command == "worker":
        os.chdir(os.path.dirname(os.path.abspath(__file__)))
        variables["WORKER_CONCURRENCY"] = str(number)
        os.execve(sys.executable, [sys.executable, "-m", "seawall.jobs", "with_seawall:jobs"], variables)
    else:
        os.environ["DATABASE_URL"] = url
        import uvloop

        uvloop.run(enqueue_as(command, number, noop.enqueue, bulk))


if __name__ == "__main__":
    main()
