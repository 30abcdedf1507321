"""Secrets as files in ``secrets/`` beside ``compose.yaml``: what must lie there, and who sees what under which name.

Compose gives a container the file itself, with its owner and mode, so that it is readable for all, in a folder that is
not. A `Program` reads variables instead of files: its are in ``secrets/NAME.env``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from seawall import contract
from seawall.render.compose.project import Json, Project
from seawall.stack import Postgres, Program
from seawall.stack.services import Workload

FOLDER: Final = "secrets"
MOUNTED: Final = contract.SECRET_FOLDERS[1]
ADMIN: Final = "postgres"  # as in `seawall up`: the owner of the database, and no name that Seawall itself uses
_USER, _PASSWORD, _DATABASE, *_ = contract.POSTGRES_PARTS


@dataclass(frozen=True, slots=True)
class Value:
    """One secret that a container sees: the file `source`, under the name of its `variable`."""

    source: str
    variable: str


def password(database: Postgres) -> str:
    """The file with the password of a database."""
    return f"{database.name}-password"


def database_name(database: Postgres) -> str:
    """The database in a server: called as its service."""
    return database.name.replace("-", "_")


def generated(project: Project) -> list[str]:
    """The files whose content may be anything, as long as nobody guesses it."""
    return [password(each) for each in project.databases]


def asked(project: Project) -> list[str]:
    """The files whose content only a person knows, each called as its variable."""
    services = (each for each in project.workloads if not isinstance(each, Program))
    return sorted({secret.name for each in services for secret in each.secrets})


def of(project: Project, workload: Workload) -> list[Value]:
    """What a workload sees."""
    own = [Value(secret.name, secret.name) for secret in workload.secrets]
    return [*own, *(login(each, several=len(project.used(workload)) > 1) for each in project.used(workload))]


def login(database: Postgres, *, several: bool = False) -> Value:
    """The secret part of how a database is reached."""
    return Value(password(database), contract.postgres_prefix(database.name if several else None) + _PASSWORD)


def names(databases: Sequence[Postgres]) -> Iterator[tuple[str, str]]:
    """The other parts, which are variables."""
    for each in databases:
        prefix = contract.postgres_prefix(each.name if len(databases) > 1 else None)
        yield prefix + _USER, ADMIN
        yield prefix + _DATABASE, database_name(each)


def files(values: Sequence[Value]) -> dict[str, str]:
    """The variables ``NAME_FILE``."""
    return {f"{each.variable}{contract.SECRET_FILE_SUFFIX}": f"{MOUNTED}/{each.variable}" for each in values}


def mounts(values: Sequence[Value]) -> list[Json]:
    """The entries of a service's ``secrets``."""
    return [{"source": each.source, "target": each.variable} for each in values]


def listed(names: Sequence[str]) -> Json:
    """The file's own ``secrets``."""
    return {name: {"file": f"./{FOLDER}/{name}"} for name in names}


def variables(project: Project, program: Program) -> dict[str, str]:
    """What the file of a Program's variables must have: each name, and what its value looks like."""
    found = {secret.name: "VALUE" for secret in program.secrets}
    databases = project.used(program)
    for each in databases:
        variable = contract.database_url_variable(each.name if len(databases) > 1 else None)
        where = f"{each.name}:{contract.POSTGRES_PORT}/{database_name(each)}"
        found[variable] = f"postgresql://{ADMIN}:$(cat {FOLDER}/{password(each)})@{where}"
    return found
