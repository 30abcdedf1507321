"""The services of which a stack is made: `Api`, `Worker`, `Site`, `Program` and `Postgres`.

Each is a frozen value. A constructor checks nothing: `seawall.stack.validate` reports every fault of a stack at once.
Whether a service runs as a process or as a container is not its business; nothing here does I/O.
"""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, field
from typing import Annotated, Final, Literal

from seawall import contract
from seawall.stack.alerts import Alert
from seawall.stack.databases import Backup, CloudNativePG
from seawall.stack.options import (
    Autoscale,
    Egress,
    Internet,
    Objective,
    Permission,
    Release,
    Resources,
    Rolling,
    Secret,
)
from seawall.stack.platform import DnsName
from seawall.stack.provenance import Placed, frozen
from seawall.stack.rules import (
    Count,
    Directory,
    Image,
    Matches,
    Name,
    Port,
    Positive,
    Quantity,
    Range,
    Reference,
    Seconds,
    UrlPath,
    Variable,
)

ServiceType = Literal["ClusterIP", "NodePort", "LoadBalancer"]
Readiness = Literal["/ready", "/health"]
ServiceName = Annotated[str, Matches(r"(?s).+", "the name of one")]
PostgresVersion = Annotated[int, Range(contract.POSTGRES_MINIMUM, contract.POSTGRES_DEFAULT)]
FEWEST_RESIZED: Final = 2  # replicas from which on a pod may be replaced only to have another size


@frozen
class Service(Placed):
    """Anything that a stack is made of. `name` names its Deployment, its container and the label ``app``.

    `uses` lists the services that it talks to: they start before it, their addresses reach it as variables, and the
    network lets it through to them. A service defined further down is given by its name.
    """

    name: Name
    _: KW_ONLY
    uses: "Sequence[Service | ServiceName]" = ()


@frozen
class Workload(Service):
    """What `Api`, `Worker`, `Site` and `Program` have in common: it runs in a container of its own.

    `config` are its variables, `secrets` the names of its secret ones. `image`, `service_name` and `service_account`
    default to the service's name. `source` is the folder of its code and the build context, relative to ``stack.py``.
    """

    _: KW_ONLY
    config: Mapping[Variable, str] = field(default_factory=dict[str, str])
    secrets: Sequence[Secret] = ()
    resources: Resources = field(default_factory=Resources)
    source: Directory = "."
    image: Image | None = None
    service_name: Name | None = None
    service_account: Name | None = None
    permissions: Sequence[Permission] = ()
    alerts: Sequence[Alert] = ()


@frozen
class Api(Workload):
    """An ASGI application. `app` is ``module:name``; it is reached under `path` (None: only by other services).

    `port` is the container's, `service_port` that of its Kubernetes Service. `metrics_port` equal to `port` serves the
    metrics there. `readiness` is the path that decides whether it gets traffic; `public_health` lets ``/health``
    through the edge. Times are seconds, `body_limit` is bytes, `concurrency` is requests in flight, `pool` is database
    connections. `traced` has OpenTelemetry make spans of its requests, calls and enqueues, which takes the extra
    ``seawall[traces]`` in its image.
    """

    _: KW_ONLY
    app: Reference
    path: UrlPath | None = None
    port: Port = contract.DEFAULT_PORT
    service_port: Port = contract.DEFAULT_SERVICE_PORT
    metrics_port: Port = contract.DEFAULT_METRICS_PORT
    service_type: ServiceType = "ClusterIP"
    readiness: Readiness = contract.READY_PATH
    public_health: bool = False
    scale: Count | Autoscale = 1
    release: Release = field(default_factory=Rolling)
    egress: Sequence[Egress] = field(default_factory=lambda: (Internet(),))
    pool: Positive = contract.DATABASE_POOL
    drain: Seconds = contract.DRAIN_TIMEOUT_SECONDS
    request_timeout: Seconds = contract.REQUEST_TIMEOUT_SECONDS
    body_limit: Positive = contract.REQUEST_BODY_LIMIT_BYTES
    concurrency: Positive = contract.REQUEST_CONCURRENCY_LIMIT
    objective: Objective | None = None
    traced: bool = False

    @property
    def is_internal(self) -> bool:
        """Whether only other services of the stack reach it."""
        return self.path is None and self.service_type == "ClusterIP"


@frozen
class Worker(Workload):
    """Background jobs and cron. `jobs` is ``module:name`` of a `seawall.jobs.Jobs`.

    The first Postgres in `uses` holds the queue. `concurrency` jobs run at once in each of `replicas`; `singleton`
    means never two, not even during a release. `lease` is how long a silent worker keeps its jobs, `drain` how long it
    may finish them after SIGTERM (seconds). `vpa` puts a VerticalPodAutoscaler beside it that measures what it needs
    and recommends it, or applies it. `traced` has OpenTelemetry make spans of its jobs, as of an `Api`'s requests.
    """

    _: KW_ONLY
    jobs: Reference
    replicas: Count = 1
    singleton: bool = False
    vpa: Literal["off", "recommend", "apply"] = "off"
    concurrency: Positive = contract.WORKER_CONCURRENCY_DEFAULT
    metrics_port: Port = contract.DEFAULT_METRICS_PORT
    readiness: Readiness = contract.READY_PATH
    egress: Sequence[Egress] = field(default_factory=lambda: (Internet(),))
    pool: Positive = contract.DATABASE_POOL
    lease: Annotated[float, Range(1, 3600)] = contract.WORKER_LEASE_SECONDS
    drain: Seconds = contract.WORKER_DRAIN_SECONDS
    traced: bool = False


@frozen
class Site(Workload):
    """Static files in the folder `root`, served under `path`.

    Requests below the paths of the `Api`s that it uses go to them. `dev` is the command that serves the site while
    people work on it, instead of the files.
    """

    _: KW_ONLY
    root: Directory
    path: UrlPath = "/"
    dev: Sequence[str] = ()
    port: Port = contract.SITE_PORT
    service_port: Port = contract.DEFAULT_SERVICE_PORT
    service_type: ServiceType = "ClusterIP"
    scale: Count | Autoscale = 1
    release: Release = field(default_factory=Rolling)


@frozen
class Program(Workload):
    """Anything else that listens on a port: a process locally (`command`), a container (`image`) elsewhere.

    `path` is where the edge lets it be reached (None: only by other services); `readiness` is the path that answers 200
    once it is ready (None: it is ready when its port accepts connections).
    """

    _: KW_ONLY
    command: Sequence[str] = ()
    port: Port
    path: UrlPath | None = None
    readiness: UrlPath | None = None
    replicas: Count = 1
    egress: Sequence[Egress] = ()


@frozen
class Postgres(Service):
    """A PostgreSQL database of major `version`; embedded locally, a StatefulSet of one in a cluster.

    `migrations` is a folder of ``NNNN_name.sql`` files, applied before any service that uses the database starts;
    `migration_timeout` is how many seconds that may take in a cluster, the wait for a new database included.
    `managed` names the secret that holds the URL of a database that someone else runs, and `managed_port` is where that
    one listens; locally the embedded one serves.
    `resources` are those of its server (None: a quarter of a core, and 256Mi with 256Mi more for each hundred
    connections that all its users may have at once).
    `storage_class` is the StorageClass of its claim and of those of its dumps and their test (None: the cluster's
    default); its driver must know ReadWriteOncePod, as CSI drivers do.
    `operator` has CloudNativePG run it in a cluster, `backup` dumps and tests what the StatefulSet holds.
    """

    _: KW_ONLY
    version: PostgresVersion = contract.POSTGRES_DEFAULT
    migrations: Directory | None = None
    migration_timeout: Positive = 600
    storage: Quantity = "1Gi"
    storage_class: DnsName | None = None
    resources: Resources | None = None
    managed: Secret | None = None
    managed_port: Port = contract.POSTGRES_PORT
    operator: CloudNativePG | None = None
    backup: Backup | None = None
    secret_name: Name | None = None
    volume_name: Annotated[str, Matches(r"[a-z][a-z0-9_-]*", "a volume's name, such as 'db_data'")] | None = None
