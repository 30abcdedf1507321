"""SW210: what cannot hold together in how a database is run."""

from collections.abc import Iterator

from seawall import contract
from seawall.errors import Problem
from seawall.stack.faults.described import Described
from seawall.stack.services import Postgres


def database_problems(described: Described) -> Iterator[Problem]:
    """Arguments of a `Postgres` that contradict who runs it: somebody else, an operator, or a StatefulSet of one."""
    for service in described.services:
        if isinstance(service, Postgres):
            for argument, message, fix in _contradictions(service):
                place = described.sources.argument(service, argument)
                yield Problem("SW210", f"{service.name}: {message}", place, fix=fix)


def _contradictions(service: Postgres) -> Iterator[tuple[str, str, str]]:
    """The argument to change, what it contradicts, and the fix."""
    if service.managed_port != contract.POSTGRES_PORT and not service.managed:
        message = f"managed_port is where a managed database listens; this one listens on {contract.POSTGRES_PORT}"
        yield "managed_port", message, f"managed_port={contract.POSTGRES_PORT}"
    if service.managed and service.operator:
        yield (
            "operator",
            "managed means that somebody else runs it, and operator that the cluster does",
            "operator=None",
        )
    elif service.managed and service.backup:
        yield "backup", "managed means that somebody else runs it, who makes its backups, too", "backup=None"
    elif service.operator:
        if service.backup:
            fix = 'CloudNativePG(store=ObjectStore("s3://..."))'
            yield "backup", "CloudNativePG makes backups itself, to its store", fix
        if service.secret_name:
            fix = f"take it out: the login is in {service.name}-app"
            yield "secret_name", "CloudNativePG makes the Secret of the login and names it", fix
