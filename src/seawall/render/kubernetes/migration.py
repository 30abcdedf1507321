"""The Job that applies a database's migrations, with the image of the code that they belong to.

Services wait for it by themselves: an Api is not ready, and a Worker claims no job, until its migrations are applied.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.errors import Problem
from seawall.render import variables
from seawall.render.kubernetes import container, job, names, secrets, security, service_account, volumes
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Api, Postgres, Worker
from seawall.stack.services import Workload
from seawall.stack.sources import Sources

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import Container, EnvVar

RETRIES: Final = 3
PATIENCE_SECONDS: Final = 300  # a new database has its disk, its image and its files to wait for


def objects(scope: Scope) -> Iterator[Object]:
    """A ServiceAccount and a Job for each database in which something is migrated."""
    for database in scope.databases:
        code = code_of(scope, database)
        if code and scope.graph.migrations(database):
            name = names.migration(database)
            yield service_account.of(scope, name, database)
            yield made(
                "batch/v1",
                "Job",
                scope.metadata(name, database),
                {"spec": job.spec(scope, database, name, _work(scope, database, code))},
            )


def problems(scope: Scope, sources: Sources) -> Iterator[Problem]:
    """SW709 for each database whose migrations no image holds."""
    for database in scope.databases:
        if database.migrations and not code_of(scope, database):
            what = f"the migrations of {database.name} lie in no image: {database.migrations!r} is in no source of a"
            place = sources.argument(database, "migrations")
            yield Problem("SW709", f"{what} service in Python", place, wanted='an Api or a Worker with source="."')


def code_of(scope: Scope, database: Postgres) -> Api | Worker | None:
    """Whose image has the migrations: the first service that uses the database, else any, of those with the folder."""
    with_folder = [
        each for each in scope.workloads if isinstance(each, Api | Worker) and _holds(each, database.migrations)
    ]
    using = [each for each in with_folder if any(used.name == database.name for used in scope.graph.uses(each))]
    return next(iter(using or with_folder), None)


def _holds(code: Workload, folder: str | None) -> bool:
    return folder is None or code.source == "." or f"{folder}/".startswith(f"{code.source}/")


def _work(scope: Scope, database: Postgres, code: Api | Worker) -> job.Work:
    values = _values(scope, database, code)
    return job.Work(
        [_container(scope, database, code, values)],
        [volumes.scratch(code.resources), secrets.volume(values)],
        retries=because(RETRIES, "a node that is lost; what fails by itself fails again"),
        deadline=given(database.migration_timeout, database, "migration_timeout", "a release that waits longer failed"),
        kept=because(job.DAY, "a day to read its log, then it goes"),
        priority=because(names.SERVING, "what answers requests waits for it: so must not it, behind a batch"),
    )


def _container(scope: Scope, database: Postgres, code: Api | Worker, values: Sequence[secrets.Value]) -> "Container":
    found = container.started(code)
    found["name"] = names.migration(database)
    found["command"] = given(command(scope, database, code), database, "migrations", "the migrator, first the queue's")
    found["env"] = [container.instance(), *_variables(scope, database), *secrets.files(values)]
    found["resources"] = container.requirements(code.resources)
    found["securityContext"] = security.container()
    found["volumeMounts"] = [volumes.scratch_mount(), secrets.mount()]
    return found


def command(scope: Scope, database: Postgres, code: Workload) -> list[str]:
    """What migrates a database; the migrator looks for a folder where it runs: in the source of the code."""
    inside = "" if code.source == "." else f"{code.source}/"
    sources = [each.removeprefix(inside) for each in scope.graph.migrations(database)]
    return [container.PYTHON, "-m", "seawall.runtime.migrate", "--patience", str(PATIENCE_SECONDS), *sources]


def _values(scope: Scope, database: Postgres, code: Workload) -> tuple[secrets.Value, ...]:
    """The login, and the way around a pooler where the code has one."""
    own = (value for value in secrets.of(scope, code) if value.variable == contract.DATABASE_DIRECT_URL)
    return (*secrets.login(database), *own)


def _variables(scope: Scope, database: Postgres) -> "Iterator[EnvVar]":
    found = {
        contract.STACK: given(scope.stack.name, scope.stack, "name"),
        contract.SERVICE: given(database.name, database, "name"),
        contract.ENVIRONMENT: given(scope.environment.name, scope.environment, "name"),
        contract.LOG_FORMAT: because("json", "logs are collected and read by programs"),
        **dict(variables.reached([database], names.database_host)),
    }
    for name, value in sorted(found.items()):
        yield {"name": because(name, "the contract's name for it"), "value": value}
