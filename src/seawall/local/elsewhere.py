"""Databases that run elsewhere: where the shell gives the URL of one, it is used instead of an embedded one."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from seawall import contract
from seawall.errors import Problem, SeawallError, raise_all
from seawall.local import project
from seawall.runtime import postgres_url
from seawall.stack import Postgres, System


@dataclass(frozen=True, slots=True)
class Remote:
    """A database that `variable` gives; the URL holds a password, so it is never shown."""

    variable: str
    url: str

    def __str__(self) -> str:
        return f"PostgreSQL at {postgres_url.parse(self.url, self.variable)}, from {self.variable}"


def remotes(system: System, folder: Path, environ: Mapping[str, str]) -> dict[str, Remote]:
    """The databases of a system whose URL is given, by the Postgres' name.

    The shell gives it as NAME_DATABASE_URL, and as DATABASE_URL to the only Postgres of the stack. The secret of a
    managed one may, like any secret, also stand in ``.env``.

    Raises:
        SeawallError: SW501 for every variable that holds no Postgres URL; values are never shown.
    """
    databases = [service for service in system.services if isinstance(service, Postgres)]
    found: dict[str, Remote] = {}
    for database in databases:
        known = {**(project.dotenv(folder) if database.managed else {}), **environ}
        given = [name for name in _variables(database, only=len(databases) == 1, environ=environ) if known.get(name)]
        if given:
            found[database.name] = Remote(given[0], known[given[0]])
    raise_all(problem for remote in found.values() for problem in _unreadable(remote))
    return found


def _variables(database: Postgres, *, only: bool, environ: Mapping[str, str]) -> Iterator[str]:
    """The variables that may give a database's URL, the nearest first."""
    if database.managed:
        yield database.managed.name
    for name in (contract.database_url_variable(database.name), *([contract.DATABASE_URL] if only else [])):
        if name in environ:
            yield name


def _unreadable(remote: Remote) -> tuple[Problem, ...]:
    try:
        postgres_url.parse(remote.url, remote.variable)
    except SeawallError as error:
        return error.problems
    return ()


async def check(found: Mapping[str, Remote]) -> None:
    """See that each of these databases answers and is new enough.

    Raises:
        SeawallError: SW502, SW503 for each that does not.
    """
    answers = await asyncio.gather(*(_reach(remote) for remote in found.values()))
    raise_all(problem for problems in answers for problem in problems)


async def _reach(remote: Remote) -> tuple[Problem, ...]:
    from seawall.runtime.connect import connect  # noqa: PLC0415  # only those who give a database pay for the driver

    try:
        connection = await connect(remote.url, name="seawall up", variable=remote.variable)
    except SeawallError as error:
        fix = f"start that database, or unset {remote.variable}: an embedded one is used"
        return tuple(replace(problem, fix=problem.fix or fix) for problem in error.problems)
    await connection.close()
    return ()
