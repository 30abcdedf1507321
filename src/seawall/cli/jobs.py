"""`seawall jobs`: look at background jobs and decide about them."""

import argparse
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from seawall.cli import options
    from seawall.jobs import Jobs

Work = Callable[["Jobs", argparse.Namespace], Coroutine[Any, Any, int]]

_STATES: Final = ("ready", "running", "blocked", "dead", "done", "cancelled")
_DESCRIPTION: Final = (
    "Look at background jobs and decide about them, in the database of DATABASE_URL or of the running stack."
)


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the group of commands to the command line."""
    from seawall.cli.options import add_file  # noqa: PLC0415

    group = commands.add_parser("jobs", help="look at jobs; retry, cancel, pause them", description=_DESCRIPTION)
    actions = group.add_subparsers(
        title="actions", metavar="list|show|retry|cancel|discard|pause|resume|stats", dest="action", required=True
    )

    def action(name: str, brief: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(
            name, parents=[common], help=brief, description=f"{brief.capitalize()}.", allow_abbrev=False
        )
        add_file(parser)
        parser.add_argument("--database", metavar="NAME", help="which Postgres, where there are several")
        parser.set_defaults(run=run)
        return parser

    listing = action("list", "list jobs, the newest first")
    listing.add_argument("--state", choices=_STATES, action="append", help="only those in this state; may be repeated")
    _add_choice(listing)
    listing.add_argument("--limit", type=_count, default=50, metavar="N", help="at most so many (50)")
    listing.add_argument("--before", type=_count, metavar="ID", help="only those with a lower id: the next page")
    action("show", "show all that is known of a job").add_argument("id", type=_count, metavar="ID")
    for name, brief in (
        ("retry", "let dead jobs begin again, and have ready ones run now"),
        ("cancel", "cancel jobs that wait, and stop those that run"),
        ("discard", "give dead jobs up"),
    ):
        parser = action(name, brief)
        parser.add_argument("ids", type=_count, metavar="ID", nargs="*", help="which jobs")
        parser.add_argument("--all", action="store_true", help="all that there are, or that the options choose")
        _add_choice(parser)
    for name, brief in (
        ("pause", "begin nothing of a queue, or of a job's name"),
        ("resume", "undo a pause"),
    ):
        parser = action(name, brief)
        _add_names(parser)
    action("stats", "count the jobs of each queue and name")


def _add_names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--queue", metavar="NAME", help="the jobs of this queue")
    parser.add_argument("--job", metavar="NAME", help="the jobs of this name")


def _add_choice(parser: argparse.ArgumentParser) -> None:
    _add_names(parser)
    parser.add_argument("--key", metavar="KEY", help="the jobs of this key")


def _count(text: str) -> int:
    """A number from 1, as big as PostgreSQL's."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; returns the exit status."""
    from seawall.cli import job_actions  # noqa: PLC0415  # `--help` needs none of it
    from seawall.cli.job_database import using  # noqa: PLC0415

    job_actions.check(arguments)
    work: Work = getattr(job_actions, f"do_{arguments.action}")
    import asyncio  # noqa: PLC0415  # `--help` and other commands need none of it

    return asyncio.run(using(arguments, work))
