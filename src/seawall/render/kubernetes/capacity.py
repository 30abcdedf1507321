"""How much a database must take: the connections of all that use it, and the memory that these and its cache need.

PostgreSQL starts a process for each connection, and may be killed as a whole where all of them together have no room.
https://www.postgresql.org/docs/current/runtime-config-resource.html
"""

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import pod
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Api, Postgres, Resources, Worker, quantity

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import ResourceRequirements

_MOST: Final = "in hundreds: all pools of what uses it, at most replicas during a release, and some for people and jobs"
_BUFFERS: Final = "the cache: a quarter of the memory, or half of what the connections leave of it"
_HUNDRED: Final = 100  # PostgreSQL's own default
_RESERVED: Final = 20  # for people, migrations, dumps, and what PostgreSQL keeps for its superuser
_BESIDE_POOL: Final = 6  # connections of a worker beside its pools: its queue, beat, doorbell and enqueues
_ENQUEUES: Final = 1  # the connection of an Api that enqueues
_SURGE: Final = 4  # during a release there is one more for each four replicas
_CPU: Final = "250m"
_BASE: Final = 256  # MiB for the cache and for the server's own processes
# MiB for a hundred connections. 195 of them, each used, were seen to take 1.7 MiB each, and 0.2 of page tables.
_EACH_HUNDRED: Final = 256
_USUAL: Final = 128  # MiB of cache, PostgreSQL's own default
_MIB: Final = 1024 * 1024 * 1000  # thousandths of a byte


def connections(scope: Scope, service: Postgres) -> int:
    """How many connections a database must take: all its users' at once during a release, and some in reserve.

    In hundreds: a change of it restarts the database, which one replica more of a service should not.
    """
    wanted = 0
    for user in scope.system.services:
        if isinstance(user, Api | Worker) and any(used.name == service.name for used in scope.graph.uses(user)):
            replicas = pod.replicas(user)
            wanted += (replicas + ceil(replicas / _SURGE)) * _of_one(user)
    return _HUNDRED * ceil((wanted + _RESERVED) / _HUNDRED)


def _of_one(user: Api | Worker) -> int:
    """The most connections that one replica has. A worker's jobs may each have one for their own transaction."""
    if isinstance(user, Worker):
        return user.pool + min(user.pool, user.concurrency) + _BESIDE_POOL
    return user.pool + _ENQUEUES


def resources(scope: Scope, service: Postgres) -> Resources:
    """What the server asks for: as the stack says, else with the memory that its connections need."""
    enough = _BASE + _for_connections(scope, service)
    return service.resources or Resources(cpu=_CPU, memory=quantity.size(enough * _MIB))


def settings(scope: Scope, service: Postgres) -> Iterator[tuple[str, str, str]]:
    """PostgreSQL's settings that follow from all this: the name, the value, why."""
    yield "max_connections", str(connections(scope, service)), _MOST
    yield "shared_buffers", f"{_buffers(scope, service)}MB", _BUFFERS


def arguments(scope: Scope, service: Postgres) -> list[str]:
    """The same as the server's command line has them, with their reasons."""
    found = settings(scope, service)
    return [because(f"--{name.replace('_', '-')}={value}", why) for name, value, why in found]


def requirements(scope: Scope, service: Postgres) -> "ResourceRequirements":
    """What the server's container asks for, and what it may have at most."""
    asked, given_by = resources(scope, service), service.resources

    def said(value: str, argument: str, why: str) -> str:
        return given(value, given_by, argument, why) if given_by else given(value, service, "resources", why)

    disk = said(asked.ephemeral_storage, "ephemeral_storage", "for /tmp and the container's logs")
    cpu = said(asked.cpu, "cpu", "what is promised; more is used where the node has it")
    limit = said(asked.memory, "memory", "the request: memory that is promised twice kills pods")
    most = {"cpu": said(asked.cpu_limit, "cpu_limit", "")} if asked.cpu_limit else {}
    return {
        "requests": {
            "cpu": cpu,
            "memory": said(asked.memory, "memory", _promised(scope, service)),
            "ephemeral-storage": disk,
        },
        "limits": {**most, "memory": limit, "ephemeral-storage": disk},
    }


def memory(scope: Scope, service: Postgres, why: str) -> str:
    """The memory of the server's container, as the limit of something else, for that reason."""
    value = resources(scope, service).memory
    return (
        given(value, service.resources, "memory", why) if service.resources else given(value, service, "resources", why)
    )


def _promised(scope: Scope, service: Postgres) -> str:
    most, enough = connections(scope, service), _BASE + _for_connections(scope, service)
    if quantity.amount(resources(scope, service).memory) < enough * _MIB:
        return f"less than the {quantity.size(enough * _MIB)} with which {most} connections at once would not kill it"
    return f"{_BASE}Mi, and {_EACH_HUNDRED}Mi for each hundred connections, are enough for its {most}"


def _buffers(scope: Scope, service: Postgres) -> int:
    """MiB; at least PostgreSQL's own default or an eighth of the memory, also where the connections leave nothing."""
    whole = quantity.amount(resources(scope, service).memory) // _MIB
    left = whole - _for_connections(scope, service)
    return max(1, min(whole // 8, _USUAL), min(whole // 4, left // 2))


def _for_connections(scope: Scope, service: Postgres) -> int:
    return _EACH_HUNDRED * connections(scope, service) // _HUNDRED
