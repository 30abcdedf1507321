"""The variables of a workload in a container: its `configuration`, and its `settings`, which agree with how it is run.

No secret is among them, and nothing that is only known while it runs: its instance, and the release in its image.
Values carry their reasons.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from seawall import contract
from seawall.render.reason import because, given
from seawall.stack import Api, Postgres, Program, Service, System, Worker
from seawall.stack.graph import Graph
from seawall.stack.services import Workload

TIME_ZONE: Final = "TZ"
SSL_MODE: Final = "PGSSLMODE"  # libpq's name, which asyncpg reads too
_ALL_ADDRESSES: Final = "0.0.0.0"  # noqa: S104 - the container's own network is the limit
_CADDY_FOLDERS: Final = ("XDG_CONFIG_HOME", "XDG_DATA_HOME")


@dataclass(frozen=True)
class Surroundings:
    """What a platform decides of the variables of a system.

    `address` is where others reach a workload, as a URL; `host` is that of a database; `hops` is how many proxies stand
    before a service. What they return carries no reasons. `collector` is where OpenTelemetry takes traces, as a URL;
    empty: nowhere.
    """

    system: System
    graph: Graph
    address: Callable[[Workload], str]
    host: Callable[[Postgres], str]
    hops: Callable[[Api], int]
    collector: str = ""


def configuration(service: Workload, around: Surroundings) -> dict[str, str]:
    """What people edit, and where other services are: sorted by name."""
    stack, environment = around.system.stack, around.system.environment
    found = {
        contract.STACK: given(stack.name, stack, "name"),
        contract.ENVIRONMENT: given(environment.name, environment, "name"),
        contract.SERVICE: given(service.name, service, "name"),
        contract.LOG_FORMAT: because("json", "logs are collected and read by programs"),
    }
    if isinstance(service, Api | Worker) and service.traced:
        found |= dict(_traced(service, around.collector))
    found |= {name: given(value, service, "config") for name, value in service.config.items() if name != TIME_ZONE}
    for variable, used in around.graph.injected(service):
        if isinstance(used, Workload):
            found[variable] = given(around.address(used), used, "name", "where what it uses is reached")
    needed = around.graph.migrations_needed(service) if isinstance(service, Api | Worker) else None
    if needed:
        database, why = _databases(service, around)[0], "it is ready, or at work, once these are applied"
        found[contract.DATABASE_MIGRATIONS] = given(needed, database, "migrations", why)
    return dict(sorted(found.items()))


def _traced(service: Api | Worker, collector: str) -> Iterator[tuple[str, str]]:
    if collector:
        yield contract.TRACES_EXPORTER, given("otlp", service, "traced", "OTLP over HTTP")
        yield contract.OTLP_ENDPOINT, given(collector, service, "traced", "OpenTelemetry's collector")
    else:
        why = "traces are made and passed on; the environment has no collector for them"
        yield contract.TRACES_EXPORTER, given("none", service, "traced", why)


def settings(service: Workload, around: Surroundings) -> dict[str, str]:
    """What must agree with how the process is run: its ports, its times and limits, how it reaches its databases."""
    found = {TIME_ZONE: because("UTC", "the same on every machine, unless config says otherwise")}
    if TIME_ZONE in service.config:
        found[TIME_ZONE] = given(service.config[TIME_ZONE], service, "config")
    databases = _databases(service, around)
    match service:
        case Api():
            found |= dict(_api(service, around))
        case Worker():
            found |= dict(_worker(service))
        case Program():
            found |= dict(_listening(service, "port"))
        case _:
            why = "the server of a Site keeps nothing, and may only write there"
            found |= {name: because("/tmp", why) for name in _CADDY_FOLDERS}  # noqa: S108 - the pod's own
    if databases and isinstance(service, Api | Worker):
        found[contract.DATABASE_POOL_SIZE] = given(str(service.pool), service, "pool", "connections of each replica")
    return found | dict(reached(databases, around.host))


def _listening(service: Workload, argument: str) -> Iterator[tuple[str, str]]:
    variable = contract.METRICS_PORT if argument == "metrics_port" else contract.PORT
    yield contract.HOST, because(_ALL_ADDRESSES, "in a container: on every address of it")
    yield variable, given(str(getattr(service, argument)), service, argument)


def _api(service: Api, around: Surroundings) -> Iterator[tuple[str, str]]:
    yield from _listening(service, "port")
    yield from _listening(service, "metrics_port")
    delay = "seconds after SIGTERM in which it still accepts, until every proxy knows that it goes"
    yield contract.DRAIN_DELAY, because(_seconds(contract.DRAIN_DELAY_SECONDS), delay)
    yield contract.DRAIN_TIMEOUT, given(_seconds(service.drain), service, "drain", "seconds for requests in flight")
    timeout = "seconds that a request may take before it is answered 503"
    yield contract.REQUEST_TIMEOUT, given(_seconds(service.request_timeout), service, "request_timeout", timeout)
    limit = "bytes of a request's body before it is answered 413"
    yield contract.REQUEST_BODY_LIMIT, given(str(service.body_limit), service, "body_limit", limit)
    at_once = "requests at once; one more is answered 503"
    yield contract.REQUEST_CONCURRENCY, given(str(service.concurrency), service, "concurrency", at_once)
    hops = "how many proxies in front of it may be believed: each adds to X-Forwarded-For"
    yield contract.TRUSTED_HOPS, because(str(around.hops(service)), hops)
    if service.traced:
        trusted = "1: only services of the stack ask, and say whether a trace is sampled; 0: it decides itself"
        yield contract.TRUSTED_TRACES, given(str(int(service.is_internal)), service, "path", trusted)


def _worker(service: Worker) -> Iterator[tuple[str, str]]:
    yield from _listening(service, "metrics_port")
    yield contract.DRAIN_TIMEOUT, given(_seconds(service.drain), service, "drain", "seconds for jobs that are running")
    yield contract.WORKER_CONCURRENCY, given(str(service.concurrency), service, "concurrency", "jobs at once")
    lease = "seconds after which the jobs of a silent worker run elsewhere"
    yield contract.WORKER_LEASE, given(_seconds(service.lease), service, "lease", lease)


def reached(databases: Sequence[Postgres], host_of: Callable[[Postgres], str]) -> Iterator[tuple[str, str]]:
    """How one process reaches all of its databases; where one lies that somebody else runs, its secret URL says."""
    rendered = [database for database in databases if not database.managed]
    _, _, _, host, port = contract.POSTGRES_PARTS
    for database in rendered:
        prefix = contract.postgres_prefix(database.name if len(databases) > 1 else None)
        yield f"{prefix}{host}", given(host_of(database), database, "name", "the host of the database")
        yield f"{prefix}{port}", because(str(contract.POSTGRES_PORT), "where PostgreSQL listens")
    # One mode holds for all connections of the process, and a database elsewhere must not lose its encryption by it.
    if rendered == databases:
        yield from _encryption(databases)


def _encryption(databases: Sequence[Postgres]) -> Iterator[tuple[str, str]]:
    if databases and all(database.operator for database in databases):
        yield SSL_MODE, because("require", "CloudNativePG gives each database a certificate")
    elif databases and not any(database.operator for database in databases):
        yield SSL_MODE, because("disable", "a database in the same namespace has no certificate")


def _databases(service: Service, around: Surroundings) -> list[Postgres]:
    return [used for used in around.graph.uses(service) if isinstance(used, Postgres)]


def _seconds(value: float) -> str:
    return str(int(value) if value == int(value) else value)
