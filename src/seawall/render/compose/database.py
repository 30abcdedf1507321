"""A PostgreSQL in a container, on a volume that outlives it, and what migrates it before anything uses it."""

from collections.abc import Iterator
from typing import Final

from seawall import contract
from seawall.render import variables
from seawall.render.compose import container, secrets
from seawall.render.compose.project import Json, Project, literal
from seawall.render.compose.workload import HEALTHY, built, migration_name, network, networks
from seawall.render.kubernetes import capacity, migration, stateful_set
from seawall.render.kubernetes import database as pod
from seawall.render.reason import plain
from seawall.stack import Postgres
from seawall.stack.services import Workload

_SOCKETS: Final = "/var/run/postgresql"
_USER: Final = "postgres"  # of every image of PostgreSQL
_SMALL: Final = "16Mi"
_NEVER: Final = "no"


def services(project: Project) -> Iterator[tuple[str, Json]]:
    """Each database by its name, and the container that migrates it, if any."""
    for database in project.databases:
        yield database.name, _server(project, database)
        code = migration.code_of(project.scope, database)
        if code and project.graph.migrations(database):
            yield migration_name(database), _migration(project, database, code)


def volume(database: Postgres) -> str:
    """The volume that holds its data."""
    return database.volume_name or f"{database.name}_data"


def _server(project: Project, database: Postgres) -> Json:
    wanted = capacity.resources(project.scope, database)
    owner = ["-U", secrets.ADMIN, "-d", secrets.database_name(database)]
    # Over TCP: while the image prepares a new database, it only listens on its socket.
    asked = ("pg_isready", "-q", "-h", pod.LOOPBACK, *owner)
    return {
        "image": project.public_image(f"postgres:{database.version}"),
        # PostgreSQL as process 1 takes what a health check or `docker exec` leaves, and that ends badly, for a crash.
        "init": True,
        # By its name: initdb wants one, and Docker gives a number none.
        **container.confined(_USER),
        **container.limits(wanted),
        "shm_size": container.size(wanted.memory),
        "tmpfs": [container.scratch(_SOCKETS, _SMALL), container.scratch("/tmp", "64Mi")],  # noqa: S108 - its own
        "command": ["postgres", *plain(capacity.arguments(project.scope, database))],
        "environment": {
            "PGDATA": pod.DATA,
            **dict(secrets.names([database])),
            **secrets.files([secrets.login(database)]),
        },
        "secrets": secrets.mounts([secrets.login(database)]),
        "volumes": [f"{volume(database)}:{pod.HOME}"],
        "healthcheck": container.healthcheck(asked),
        "stop_signal": "SIGINT",  # fast shutdown: sessions end, nothing is lost
        "stop_grace_period": container.seconds(stateful_set.GRACE_SECONDS),
        "networks": [network(database)],
    }


def _migration(project: Project, database: Postgres, code: Workload) -> Json:
    variables_of = {
        contract.STACK: project.system.stack.name,
        contract.SERVICE: database.name,
        contract.ENVIRONMENT: project.system.environment.name,
        contract.LOG_FORMAT: "json",
        **dict(variables.reached([database], project.around.host)),
        **dict(secrets.names([database])),
        **secrets.files([secrets.login(database)]),
    }
    return {
        **built(project, code),
        **container.confined(),
        "restart": _NEVER,
        **container.limits(code.resources),
        "tmpfs": [container.scratch("/tmp", code.resources.ephemeral_storage)],  # noqa: S108 - the container's own
        "command": [literal(word) for word in migration.command(project.scope, database, code)],
        "environment": {name: literal(str(plain(value))) for name, value in sorted(variables_of.items())},
        "secrets": secrets.mounts([secrets.login(database)]),
        "depends_on": {database.name: {"condition": HEALTHY}},
        **networks([database]),
    }
