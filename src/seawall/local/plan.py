"""A system on this machine, as a plan: which listeners it needs, and which processes run it. Pure.

Locally each process has a free port behind a stable listener on the service's declared port, which the edge's Caddy
holds; other services reach it there, and a process can be replaced behind it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from seawall import contract
from seawall.local.spec import ExitProbe, HttpProbe, Listener, PostgresProbe, ProcessSpec, TcpProbe
from seawall.stack import Api, Postgres, Program, Service, Site, System, Worker
from seawall.stack.graph import Graph, listens_on
from seawall.stack.services import Workload

EDGE = contract.EDGE
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Database:
    """One PostgreSQL server: the command that runs it here, empty if it runs elsewhere, and the URL that reaches it."""

    argv: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs containers: the program, and the variables of this shell that it needs itself."""

    program: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Host:
    """What a plan must know of this machine.

    `folder` holds ``stack.py``; `state` is its ``.seawall``; `ports` are the stable listeners by name, `replicas` the
    processes' own ports. `edge_argv` runs Caddy, `engine` what has only an image. `secrets` are values: they go into
    the children's environment only. `telemetry` are OpenTelemetry's variables of this shell, for what is traced.
    """

    folder: str
    state: str
    python: str
    release: str
    inherited: Mapping[str, str]
    secrets: Mapping[str, str]
    ports: Mapping[str, int]
    replicas: Mapping[str, int]
    databases: Mapping[str, Database]
    edge_argv: tuple[str, ...]
    engine: Engine | None = None
    telemetry: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


def listeners(system: System, chosen: Mapping[str, int], elsewhere: Collection[str] = ()) -> tuple[Listener, ...]:
    """The stable listeners of a system, the edge first.

    `chosen` are ports from the command line, by name; the databases in `elsewhere` need none.
    """
    found = [Listener(EDGE, contract.EDGE_PORT)] if has_edge(system) else []
    for service in (each for each in system.services if each.name not in elsewhere):
        insist = not isinstance(service, Postgres)  # a database on 5432 is common, and nobody types this port
        found.append(Listener(service.name, listens_on(service), service.place, insist))
    typed = [replace(want, port=chosen[want.name], chosen=True, insist=True) for want in found if want.name in chosen]
    # What a person chose comes first, so that nothing else is given it.
    return (*typed, *(want for want in found if want.name not in chosen))


def replica_names(system: System) -> tuple[str, ...]:
    """The names of the ports that processes themselves listen on; `metrics_name` names the second one of an Api."""
    names: list[str] = []
    for service in system.services:
        if isinstance(service, Api | Worker) or (isinstance(service, Site) and service.dev):
            names.append(service.name)
        if isinstance(service, Api) and service.metrics_port != service.port:
            names.append(metrics_name(service))
    return tuple(names)


def metrics_name(service: Api) -> str:
    """The name of an Api's own port for its metrics."""
    return f"{service.name}/metrics"


def has_edge(system: System) -> bool:
    """Whether anything of the system is reached by a path."""
    return any(isinstance(service, Site) or getattr(service, "path", None) for service in system.services)


def addresses(system: System, host: Host) -> dict[str, str]:
    """Where each service is reached on this machine: a URL by name."""
    listening = [service.name for service in system.services if service.name in host.ports]
    urls = {name: f"http://{LOOPBACK}:{host.ports[name]}" for name in listening}
    return {**urls, **{name: database.url for name, database in host.databases.items()}}


@dataclass(frozen=True, slots=True)
class _Here:
    """A system on a host: what every part of the plan looks at."""

    system: System
    host: Host
    graph: Graph
    urls: Mapping[str, str]


def plan(system: System, host: Host) -> tuple[ProcessSpec, ...]:
    """The processes that run a system, in an order in which each comes after those it waits for."""
    here = _Here(system, host, Graph(system.services), addresses(system, host))
    migrations = {
        name: task for name, task in ((each.name, _migration(each, here)) for each in system.services) if task
    }
    specs: list[ProcessSpec] = []
    for service in here.graph.start_order():
        after = tuple(
            migrations[each.name].name if each.name in migrations else each.name
            for each in here.graph.uses(service)
            if each.name in migrations or _runs_here(each, host)
        )
        spec = _process(service, here)
        specs += [] if spec is None else [replace(spec, after=after)]
        specs += [migrations[service.name]] if service.name in migrations else []
    return (*specs, *([_edge(host)] if has_edge(system) or host.replicas else []))


def _runs_here(service: Service, host: Host) -> bool:
    """Caddy serves a site, and a database may run elsewhere: nobody waits for those."""
    return bool(host.databases[service.name].argv) if isinstance(service, Postgres) else not isinstance(service, Site)


def _process(service: Service, here: _Here) -> ProcessSpec | None:
    match service:
        case Postgres():
            return _postgres(service, here.host)
        case Api():
            return _api(service, here)
        case Worker():
            return _worker(service, here)
        case Program():
            return _program(service, here)
        case Site() if service.dev:
            return _site(service, here)
        case _:
            return None


def _postgres(service: Postgres, host: Host) -> ProcessSpec | None:
    database = host.databases[service.name]
    if not database.argv:
        return None
    return ProcessSpec(
        name=service.name,
        argv=database.argv,
        environment=dict(host.inherited),
        directory=host.folder,
        ready=PostgresProbe(database.url),
        stop_signal="SIGINT",  # fast shutdown: sessions end, nothing is lost
        alone=True,  # two servers on one data folder would destroy it
    )


def migration_name(service: Postgres) -> str:
    """The name of the task that migrates a database."""
    return f"{service.name}-migrate"


def _migration(service: Service, here: _Here) -> ProcessSpec | None:
    if not isinstance(service, Postgres):
        return None
    sources = here.graph.migrations(service)
    if not sources:
        return None
    url = {contract.DATABASE_URL: here.host.databases[service.name].url}
    return ProcessSpec(
        name=migration_name(service),
        argv=(here.host.python, "-m", "seawall.runtime.migrate", *sources),
        environment={**_base(service.name, here), **url},
        directory=here.host.folder,
        ready=ExitProbe(),
        after=(service.name,) if here.host.databases[service.name].argv else (),
    )


def _base(name: str, here: _Here) -> dict[str, str]:
    return {
        **here.host.inherited,
        "PYTHONUNBUFFERED": "1",  # what a service prints is seen when it is printed
        "TZ": "UTC",  # as in a container
        contract.STACK: here.system.stack.name,
        contract.SERVICE: name,
        contract.ENVIRONMENT: here.system.environment.name,
        contract.RELEASE: here.host.release,
        contract.INSTANCE: f"{name}-0",
        contract.LOG_FORMAT: "json",
    }


def _environment(service: Workload, here: _Here) -> dict[str, str]:
    secrets = {secret.name: here.host.secrets[secret.name] for secret in service.secrets}
    own = {**_base(service.name, here), **_telemetry(service, here.host), **service.config}
    return {**own, **here.graph.variables(service, here.urls), **secrets}


def _telemetry(service: Workload, host: Host) -> dict[str, str]:
    """Without a collector traces are made and passed on, and their names are in the log."""
    if not isinstance(service, Api | Worker) or not service.traced:
        return {}
    endpoints = (contract.OTLP_ENDPOINT, contract.OTLP_TRACES_ENDPOINT)
    exporter = "otlp" if any(host.telemetry.get(name) for name in endpoints) else "none"
    return {contract.TRACES_EXPORTER: exporter, **host.telemetry}


def _stopping(drain: float) -> tuple[dict[str, str], float]:
    """The variables that say how to stop on a laptop, where no proxy needs to hear of it, and the grace period."""
    timeout = min(drain, contract.LOCAL_DRAIN_TIMEOUT_SECONDS)
    delay = contract.LOCAL_DRAIN_DELAY_SECONDS
    values = {contract.DRAIN_DELAY: f"{delay:g}", contract.DRAIN_TIMEOUT: f"{timeout:g}"}
    return values, contract.grace_period(timeout, delay)


def _api(service: Api, here: _Here) -> ProcessSpec:
    host = here.host
    port = host.replicas[service.name]
    stopping, grace = _stopping(service.drain)
    needed = here.graph.migrations_needed(service)
    settings = {
        contract.PORT: str(port),
        contract.METRICS_PORT: str(host.replicas.get(metrics_name(service), port)),
        contract.DATABASE_POOL_SIZE: str(service.pool),
        contract.REQUEST_TIMEOUT: f"{service.request_timeout:g}",
        contract.REQUEST_BODY_LIMIT: str(service.body_limit),
        contract.REQUEST_CONCURRENCY: str(service.concurrency),
        contract.TRUSTED_HOPS: "1",  # the edge, or the stable listener
        **({contract.TRUSTED_TRACES: str(int(service.is_internal))} if service.traced else {}),
        **({contract.DATABASE_MIGRATIONS: needed} if needed else {}),
    }
    return ProcessSpec(
        name=service.name,
        argv=(host.python, "-m", "seawall.service", service.app),
        environment={**_environment(service, here), **settings, **stopping},
        directory=_source(service, host),
        ready=HttpProbe(port, service.readiness),
        live=HttpProbe(port, contract.LIVE_PATH),
        grace=grace,
    )


def _worker(service: Worker, here: _Here) -> ProcessSpec:
    host = here.host
    port = host.replicas[service.name]
    stopping, grace = _stopping(service.drain)
    needed = here.graph.migrations_needed(service)
    settings = {
        contract.METRICS_PORT: str(port),
        contract.DATABASE_POOL_SIZE: str(service.pool),
        contract.WORKER_CONCURRENCY: str(service.concurrency),
        contract.WORKER_LEASE: f"{service.lease:g}",
        **({contract.DATABASE_MIGRATIONS: needed} if needed else {}),
    }
    command = (host.python, "-m", "seawall.jobs")
    return ProcessSpec(
        name=service.name,
        argv=(*command, service.jobs),
        environment={**_environment(service, here), **settings, **stopping},
        directory=_source(service, host),
        ready=HttpProbe(port, service.readiness),
        live=HttpProbe(port, contract.LIVE_PATH),
        grace=grace,
        alone=service.singleton,
        check=(*command, "--describe", service.jobs) if service.singleton else (),
    )


def runs_in_container(service: Service) -> bool:
    """Whether there is only an image of it."""
    return isinstance(service, Program) and not service.command


def _container(service: Program, here: _Here) -> ProcessSpec:
    """One container, reached only from this machine; values of variables stand in no command line."""
    host, engine = here.host, here.host.engine
    assert engine is not None  # noqa: S101  # `seawall.local.preflight` has seen it
    assert service.image is not None  # noqa: S101  # `seawall.stack.validate` has: a command or an image
    port = host.ports[service.name]
    name = f"seawall-{here.system.stack.name}-{service.name}-{sha256(host.folder.encode()).hexdigest()[:8]}"
    own = {**_environment(service, here), contract.PORT: str(service.port)}
    passed = [word for key in own if key not in host.inherited for word in ("--env", key)]
    options = ("--rm", "--init", "--name", name, "--publish", f"{LOOPBACK}:{port}:{service.port}")
    return ProcessSpec(
        name=service.name,
        argv=(engine.program, "run", *options, *passed, service.image),
        environment={**own, **engine.variables},
        directory=host.folder,
        ready=HttpProbe(port, service.readiness) if service.readiness else TcpProbe(port),
        alone=True,
        cleanup=(engine.program, "rm", "--force", name),
    )


def _program(service: Program, here: _Here) -> ProcessSpec:
    if runs_in_container(service):
        return _container(service, here)
    host = here.host
    port = host.ports[service.name]
    return ProcessSpec(
        name=service.name,
        argv=tuple(service.command),
        environment={**_environment(service, here), contract.PORT: str(port)},
        directory=_source(service, host),
        ready=HttpProbe(port, service.readiness) if service.readiness else TcpProbe(port),
        alone=True,  # it has the stable port itself
    )


def _site(service: Site, here: _Here) -> ProcessSpec:
    port = here.host.replicas[service.name]
    return ProcessSpec(
        name=service.name,
        argv=tuple(service.dev),
        environment={**_environment(service, here), contract.HOST: LOOPBACK, contract.PORT: str(port)},
        directory=_source(service, here.host),
        ready=TcpProbe(port),
    )


def _source(service: Workload, host: Host) -> str:
    return host.folder if service.source == "." else f"{host.folder}/{service.source}"


def _edge(host: Host) -> ProcessSpec:
    # Its configuration is complete before anything runs, so it waits for nobody; it answers 503 for who is not there.
    listening = {name: port for name, port in host.ports.items() if name not in host.databases}
    return ProcessSpec(
        name=EDGE,
        argv=host.edge_argv,
        # Caddy keeps its own files where these say: inside .seawall.
        environment={
            **host.inherited,
            "XDG_DATA_HOME": f"{host.state}/caddy",
            "XDG_CONFIG_HOME": f"{host.state}/caddy",
        },
        directory=host.state,  # Caddy reads there where each process listens: `seawall.local.edge`
        ready=TcpProbe(listening.get(EDGE) or next(iter(listening.values()))),
    )
