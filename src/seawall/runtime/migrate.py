"""The command ``python -m seawall.runtime.migrate [SOURCE ...]``: `seawall.runtime.migrator` does the work.

Without a SOURCE: the job engine's own migrations and the folder ``migrations``, where there is one. Exit status 0,
1 for a problem, 2 for wrong usage, 130 after Ctrl-C.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.runtime import logs, migrator, settings
from seawall.runtime.migrator import Report

logger: Final = logging.getLogger("seawall.migrate")

FOLDER: Final = "migrations"
_LONGEST_WAIT: Final = 24 * 3600.0
_INTERRUPTED: Final = 128 + signal.SIGINT  # as shells count; what was under way is rolled back


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    asked = _arguments(arguments)
    read: settings.Settings | None = None
    try:
        settings.load_secrets(os.environ)
        read = settings.read(os.environ)
        logs.configure(read, logs.STDERR if asked.json else logs.STDOUT)
        report = asyncio.run(_run(asked, read))
    except SeawallError as error:
        return logs.stop(error, read, as_json=asked.json)
    except KeyboardInterrupt:
        return _INTERRUPTED
    if asked.json:
        logs.document({**report.as_dict(), "errors": []})
    else:
        logger.info("%s", report)
    return 0


async def _run(asked: argparse.Namespace, read: settings.Settings) -> Report:
    url = read.database_direct_url or read.database_url
    if url is None:
        raise SeawallError(Problem("SW404", f"{contract.DATABASE_URL} is not set"))
    sources: list[str] = asked.sources or _default_sources()
    name = f"{migrator.NAME} on {read.instance}"
    if asked.check:
        return await migrator.check(url, sources, pauses=migrator.pauses(asked.patience), name=name)
    pauses = migrator.pauses(asked.patience)
    return await migrator.apply(url, sources, wait=asked.wait, pauses=pauses, release=read.release, name=name)


def _default_sources() -> list[str]:
    return [contract.JOBS_MIGRATIONS, *([FOLDER] if Path(FOLDER).is_dir() else [])]


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        migrator.COMMAND, description="Apply SQL migrations to the database in DATABASE_URL."
    )
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="a folder, or PACKAGE:FOLDER")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if anything is pending")
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    parser.add_argument(
        "--wait",
        type=_wait,
        default=migrator.WAIT_SECONDS,
        metavar="SECONDS",
        help="how long another migrator may be at work (default: %(default)g)",
    )
    parser.add_argument(
        "--patience",
        type=_wait,
        default=sum(migrator.PAUSES),
        metavar="SECONDS",
        help="how long to go on trying while the database cannot be reached (default: %(default)g)",
    )
    return parser.parse_args(arguments)


def _wait(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _LONGEST_WAIT:
        raise argparse.ArgumentTypeError(f"a number of seconds from 0 to {_LONGEST_WAIT:g} is wanted")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
