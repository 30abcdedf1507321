"""`seawall shell`: psql on a database of the running stack, or a Python prompt as one of its services."""

import argparse
import os
import shutil
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from seawall.cli import options
from seawall.errors import Problem, SeawallError

if TYPE_CHECKING:
    from seawall.cli.joined import Joined

_DATABASE: Final = "db"  # the first database, whatever its name is


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    brief = "open psql, or Python as a service"
    parser = options.command(commands, common, "shell", run, brief=brief, description=__doc__)
    parser.usage = "seawall shell [--file PATH] db|SERVICE [-- ARGUMENT...]"
    name_help = "a database, by its name or 'db' for the first one; or a service"
    parser.add_argument("service", metavar="SERVICE", help=name_help)
    parser.add_argument("words", metavar="ARGUMENT", nargs=argparse.REMAINDER, help="passed to psql or Python")


def run(arguments: argparse.Namespace) -> int:
    """Become psql or Python; the exit status is theirs."""
    from seawall.cli.joined import become, joined  # noqa: PLC0415

    words = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    stack = joined(arguments.file)
    urls = _databases(stack)
    if arguments.service in urls:
        variables = {**stack.up.host.inherited, **_libpq(urls[arguments.service])}
        return become([_psql(), *words], variables, str(stack.folder))
    workloads = stack.workloads()
    if arguments.service not in workloads:
        raise options.unknown(arguments.service, [*urls, *workloads])
    spec = workloads[arguments.service]
    # Its prompt awaits: nearly everything in a service is asynchronous.
    return become([stack.up.host.python, *(words or ("-m", "asyncio"))], dict(spec.environment), spec.directory)


def _databases(stack: "Joined") -> dict[str, str]:
    urls = {name: database.url for name, database in stack.up.host.databases.items()}
    if urls and _DATABASE not in (service.name for service in stack.up.system.services):
        urls[_DATABASE] = next(iter(urls.values()))
    return urls


def _psql() -> str:
    """The one that belongs to the server, where it is there.

    Raises:
        SeawallError: SW305, neither that nor one on PATH.
    """
    from seawall import contract  # noqa: PLC0415
    from seawall.local import installation  # noqa: PLC0415

    try:
        own = shutil.which("psql", path=installation.find(contract.POSTGRES_DEFAULT).folder)
    except SeawallError:
        own = None
    found = own or shutil.which("psql")
    if found is None:
        raise SeawallError(Problem("SW305", "'psql' is not on PATH", fix="install postgresql-client"))
    return found


def _libpq(url: str) -> dict[str, str]:
    """A URL as libpq's variables: a password on a command line could be read by everybody on the machine."""
    parts = urlsplit(url)
    values = {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or ""),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.removeprefix("/")),
        **{f"PG{key.upper()}": value for key, value in parse_qsl(parts.query)},
        "PAGER": os.environ.get("PAGER", ""),
        "PSQL_HISTORY": os.environ.get("PSQL_HISTORY", ""),
    }
    return {name: value for name, value in values.items() if value}
