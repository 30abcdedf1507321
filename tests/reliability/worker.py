"""`python -m tests.reliability.worker MODULE:JOBS`: a worker of the engine, its store recorded, perhaps with a bug.

The engine is the real one; what this module puts in its place is named here.
"""

import os
import sys

from seawall.jobs import __main__ as launcher
from seawall.jobs import process
from tests.reliability import mutants


def main() -> int:
    vars(process)["PostgresStore"] = mutants.store(os.environ["MUTANT"])
    return launcher.main()


if __name__ == "__main__":
    sys.exit(main())
