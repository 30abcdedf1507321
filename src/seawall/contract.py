"""What an application and its platform agree on, each fact once.

The runtime keeps these facts, the supervisor and the manifests rely on them, alerts and dashboards name them. Nothing
else in Seawall spells out a path, a port, a variable or a timing of its own.
"""

from typing import Final

# --- Environment variables: how the stack reaches the application ---------------------------------

STACK: Final = "SEAWALL_STACK"  # the stack's name
SERVICE: Final = "SEAWALL_SERVICE"  # the service's name
ENVIRONMENT: Final = "SEAWALL_ENVIRONMENT"  # the environment's name
RELEASE: Final = "SEAWALL_RELEASE"  # the commit; set in the image by its build, locally from git
INSTANCE: Final = "SEAWALL_INSTANCE"  # the pod's name; locally SERVICE-REPLICA
HOST: Final = "HOST"  # the address to listen on; container images set 0.0.0.0
PORT: Final = "PORT"  # where a service listens
METRICS_PORT: Final = "METRICS_PORT"  # where /metrics is served; may equal PORT
LOG_LEVEL: Final = "LOG_LEVEL"  # debug, info, warn or warning, error, critical
LOG_FORMAT: Final = "LOG_FORMAT"  # json, or console, which is the default on a terminal
DRAIN_DELAY: Final = "DRAIN_DELAY"  # seconds after SIGTERM during which a service still accepts
DRAIN_TIMEOUT: Final = "DRAIN_TIMEOUT"  # seconds to finish what is under way
REQUEST_TIMEOUT: Final = "REQUEST_TIMEOUT"  # seconds that a request may take
REQUEST_BODY_LIMIT: Final = "REQUEST_BODY_LIMIT"  # bytes
REQUEST_CONCURRENCY: Final = "REQUEST_CONCURRENCY"  # requests at once
DATABASE_URL: Final = "DATABASE_URL"  # the only Postgres in `uses`; with several, NAME_DATABASE_URL each
DATABASE_DIRECT_URL: Final = "DATABASE_DIRECT_URL"  # bypasses a pooler, for LISTEN and migrations
DATABASE_MIGRATIONS: Final = "DATABASE_MIGRATIONS"  # a folder: ready, or at work, once what it holds is applied
DATABASE_POOL_SIZE: Final = "DATABASE_POOL_SIZE"  # connections
WORKER_CONCURRENCY: Final = "WORKER_CONCURRENCY"  # jobs at once
WORKER_LEASE: Final = "WORKER_LEASE"  # seconds that a silent worker keeps its jobs
WORKER_RENEW_JOBS: Final = "WORKER_RENEW_JOBS"  # after so many a worker process begins anew; 0: never
WORKER_RENEW_MEMORY: Final = "WORKER_RENEW_MEMORY"  # the same at so many MiB
TRUSTED_HOPS: Final = "TRUSTED_HOPS"  # proxies in front that may be believed
TRUSTED_TRACES: Final = "TRUSTED_TRACES"  # 1: who asks decides whether a trace is sampled; unset: behind trusted hops
SECRET_FILE_SUFFIX: Final = "_FILE"  # NAME_FILE names a file that holds the value of NAME

# Only a NAME_FILE whose path lies below one of these is a secret: SSL_CERT_FILE and its like keep their meaning.
# SEAWALL_SECRETS, folders separated by ":", replaces them.
SECRETS: Final = "SEAWALL_SECRETS"
SECRET_FOLDERS: Final = ("/etc/seawall/secrets", "/run/secrets")

# Set by the platform; a service's own `config` may not name them. LOG_LEVEL, LOG_FORMAT and TZ may be configured.
RESERVED_VARIABLES: Final = frozenset({
    STACK, SERVICE, ENVIRONMENT, RELEASE, INSTANCE, HOST, PORT, METRICS_PORT, DRAIN_DELAY, DRAIN_TIMEOUT,
    REQUEST_TIMEOUT, REQUEST_BODY_LIMIT, REQUEST_CONCURRENCY, DATABASE_URL, DATABASE_DIRECT_URL, DATABASE_POOL_SIZE,
    WORKER_CONCURRENCY, WORKER_LEASE, TRUSTED_HOPS, TRUSTED_TRACES, SECRETS, DATABASE_MIGRATIONS,
})  # fmt: skip

# OpenTelemetry's own, as https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ has them;
# where one of the first three is set, the process is traced.
TRACES_EXPORTER: Final = "OTEL_TRACES_EXPORTER"  # otlp, or none: spans are made and passed on, and sent to nobody
OTLP_ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"  # the base URL of the collector
OTLP_TRACES_ENDPOINT: Final = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"  # its whole URL for traces
TRACES_SAMPLER: Final = "OTEL_TRACES_SAMPLER"  # which traces are sampled: parentbased_always_on, traceidratio, ...
TRACES_SAMPLER_ARG: Final = "OTEL_TRACES_SAMPLER_ARG"  # the share that a ratio samples, from 0 to 1
OTEL_PREFIX: Final = "OTEL_"

# The parts of a Postgres login that a rendered Secret holds and of which the launcher makes DATABASE_URL.
POSTGRES_PARTS: Final = ("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB", "POSTGRES_HOST", "POSTGRES_PORT")


def database_url_variable(name: str | None = None) -> str:
    """The variable that holds a Postgres' URL: ``DATABASE_URL``, or ``NAME_DATABASE_URL`` where several are used."""
    return f"{postgres_prefix(name)}{DATABASE_URL}"


def postgres_prefix(name: str | None = None) -> str:
    """What stands before the variables of a Postgres: nothing, or ``NAME_`` where several are used."""
    return "" if name is None else f"{_variable(name)}_"


def service_url_variable(name: str) -> str:
    """The variable that holds the base URL of another service: ``NAME_URL``, with ``-`` as ``_``."""
    return f"{_variable(name)}_URL"


def _variable(name: str) -> str:
    return name.replace("-", "_").upper()


# --- Ports ----------------------------------------------------------------------------------------

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8000
DEFAULT_METRICS_PORT: Final = 9091
DEFAULT_SERVICE_PORT: Final = 80
SITE_PORT: Final = 8080
SITE_FOLDER: Final = "/srv"  # where an image holds the files of a Site
POSTGRES_PORT: Final = 5432
OTLP_PORT: Final = 4318  # where a collector of OpenTelemetry takes OTLP over HTTP
EDGE: Final = "edge"  # the proxy in front of all services, where people run them; no service has this name
EDGE_PORT: Final = 8080  # `seawall up`
DASHBOARD_PORT: Final = 8090

# --- Paths ----------------------------------------------------------------------------------------

LIVE_PATH: Final = "/live"  # 200 while the event loop turns; touches nothing else
READY_PATH: Final = "/ready"  # 200 from the end of start-up until SIGTERM; asks the critical checks
HEALTH_PATH: Final = "/health"  # each check by name; for people and monitors
METRICS_PATH: Final = "/metrics"  # Prometheus text, on METRICS_PORT
RESERVED_PATHS: Final = (LIVE_PATH, READY_PATH, HEALTH_PATH, METRICS_PATH)
CLOSED_PATHS: Final = RESERVED_PATHS  # the edge and every rendered route keep these from the public

# --- Stopping (seconds) ---------------------------------------------------------------------------

READINESS_LAG: Final = 0.1  # after SIGTERM, readiness says 503 within this
DRAIN_DELAY_SECONDS: Final = 5.0  # the server goes on accepting: every proxy must see the endpoint's removal
DRAIN_TIMEOUT_SECONDS: Final = 20.0  # then what is in flight finishes
WORKER_DRAIN_SECONDS: Final = 25.0  # a worker has no delay: it stops claiming at once
LOCAL_DRAIN_DELAY_SECONDS: Final = 0.0
LOCAL_DRAIN_TIMEOUT_SECONDS: Final = 5.0
GRACE_MARGIN_SECONDS: Final = 5.0


def grace_period(drain_timeout: float, drain_delay: float = 0.0) -> float:
    """Seconds from SIGTERM to SIGKILL: delay + timeout + 5. Computed here, never typed."""
    return drain_delay + drain_timeout + GRACE_MARGIN_SECONDS


# --- Requests -------------------------------------------------------------------------------------

REQUEST_TIMEOUT_SECONDS: Final = 15.0  # less than a drain takes: no release cuts a request short
REQUEST_BODY_LIMIT_BYTES: Final = 1024 * 1024
REQUEST_CONCURRENCY_LIMIT: Final = 512
OTHER_METHOD: Final = "_OTHER"  # the label of a method that HTTP does not define
UNMATCHED_ROUTE: Final = "_unmatched"  # the label of a path that no route matched
PROBLEM_JSON: Final = "application/problem+json"  # RFC 9457

# --- Probes (seconds): Kubernetes' fields by Kubernetes' names, and what `seawall up` does --------

STARTUP_PERIOD: Final = 2
STARTUP_FAILURES: Final = 30
LIVENESS_PERIOD: Final = 10
READINESS_PERIOD: Final = 5
PROBE_FAILURES: Final = 3
PROBE_TIMEOUT: Final = 2
LOCAL_PROBE_INTERVAL: Final = 0.02  # while a service starts on a laptop

# --- Database -------------------------------------------------------------------------------------

DATABASE_POOL: Final = 10
DATABASE_ACQUIRE_SECONDS: Final = 2.0  # how long a request waits for a connection before it answers 503
DATABASE_CONNECT_SECONDS: Final = 5.0
DATABASE_STATEMENT_SECONDS: Final = 30.0
DATABASE_LOCK_SECONDS: Final = 10.0
DATABASE_IDLE_IN_TRANSACTION_SECONDS: Final = 60.0
DATABASE_USER_TIMEOUT_SECONDS: Final = 10.0  # tcp_user_timeout: a silent partition becomes an error after this
DATABASE_KEEPALIVE: Final = (5, 3, 3)  # idle, interval, count: dead within 14 s
POSTGRES_MINIMUM: Final = 15
POSTGRES_DEFAULT: Final = 18
SCHEMA: Final = "seawall"  # the Postgres schema that holds Seawall's own tables
JOBS_MIGRATIONS: Final = (
    "seawall.jobs:sql/migrations"  # package:folder, as `python -m seawall.runtime.migrate` takes it
)

# --- Jobs -----------------------------------------------------------------------------------------

WORKER_CONCURRENCY_DEFAULT: Final = 10
WORKER_LEASE_SECONDS: Final = 30.0
BEATS_PER_LEASE: Final = 6  # a worker beats every sixth of its lease
MAX_ATTEMPTS: Final = 5
MAX_CRASHES: Final = 3  # the third crash alone makes a job dead
LONE_AFTER_CRASHES: Final = 2  # with two crashes a job runs alone
ARGUMENTS_LIMIT_BYTES: Final = 1024 * 1024
KEY_LIMIT_BYTES: Final = 1024  # in UTF-8; PostgreSQL's index of keys has room for 2.5 times as much
POLL_SECONDS: Final = 1.0  # the truth; the doorbell only shortens the wait
JOBS_CHANNEL: Final = "seawall_jobs"  # LISTEN / NOTIFY
JOBS_CANCEL: Final = "cancel"  # what the bell says where a job that runs is to be cancelled
DEFAULT_QUEUE: Final = "default"

# --- Metrics: names, labels, buckets --------------------------------------------------------------

HTTP_REQUESTS: Final = "http_requests_total"  # method, route, status
HTTP_DURATION: Final = "http_request_duration_seconds"  # method, route
HTTP_IN_FLIGHT: Final = "http_requests_in_flight"
JOBS_SUCCESS: Final = "worker_jobs_success_total"  # job
JOBS_FAILURE: Final = "worker_jobs_failure_total"  # job; failed attempts
JOBS_DEAD: Final = "worker_jobs_dead_total"  # job
JOBS_RUNNING: Final = "worker_jobs_running"  # job
JOB_DURATION: Final = "worker_job_duration_seconds"  # job
QUEUE_DEPTH: Final = "worker_queue_depth"  # queue, state
QUEUE_OLDEST: Final = "worker_queue_oldest_seconds"  # queue
HEARTBEAT: Final = "worker_heartbeat_timestamp_seconds"
CRON_LAST_TICK: Final = "cron_last_tick_timestamp_seconds"  # job
POOL_CONNECTIONS: Final = "database_pool_connections"  # state
POOL_WAIT: Final = "database_pool_wait_seconds"
SERVICE_INFO: Final = "service_info"
HTTP_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
JOB_BUCKETS: Final = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 600.0)
QUEUE_SAMPLE_SECONDS: Final = 15.0

# --- Traces ---------------------------------------------------------------------------------------

SPANS_EXPORTED: Final = "traces_spans_exported_total"
SPANS_DROPPED: Final = "traces_spans_dropped_total"  # reason: queue_full, or not_taken by the collector
SPAN_QUEUE: Final = 2048  # spans that wait for the collector at most; one more is dropped
SPAN_BATCH: Final = 512  # spans in one message to the collector
TRACES_FLUSH_SECONDS: Final = 2.0  # at its end a process waits so long for the collector: less than GRACE_MARGIN

# --- `--describe`: what an application says of itself ---------------------------------------------

DESCRIBE_VERSION: Final = 1
