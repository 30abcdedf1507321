"""What a stack's constructors may be given: a strategy for each argument, with values that are easily got wrong."""

import string
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from seawall.stack import (
    Api,
    Autoscale,
    Backup,
    BlueGreen,
    Canary,
    Cidr,
    CloudNativePG,
    ExternalSecrets,
    Gateway,
    Ingress,
    Internet,
    LetsEncrypt,
    Mesh,
    Monitoring,
    Objective,
    ObjectStore,
    Permission,
    Postgres,
    Program,
    Resources,
    Rolling,
    SealedSecrets,
    Secret,
    Service,
    Site,
    Slack,
    Worker,
)

T = TypeVar("T")

MOST: Final = 40  # characters of a name

LONG: Final = st.text(string.ascii_lowercase + string.digits + "-", min_size=MOST - 2, max_size=MOST - 2).map(
    lambda middle: f"a{middle}z"
)
NAMES: Final = st.one_of(
    st.from_regex(r"[a-z]([a-z0-9-]{0,14}[a-z0-9])?", fullmatch=True),
    st.sampled_from(["a", "api", "n0", "y", "no", "on", "null", "e5", "a--b"]),  # YAML reads some as something else
    LONG,
)
VARIABLES: Final = st.from_regex(r"[A-Z][A-Z0-9_]{0,15}", fullmatch=True).map(lambda name: f"X_{name}")
LABELS: Final = st.from_regex(r"x-[a-z]{1,8}(\.test/[A-Za-z0-9_]{1,8})?", fullmatch=True)
VALUES: Final = st.one_of(
    st.sampled_from(["", "true", "1e3", "0o7", "null", " ", "a: b # c", "{}", "- x", "$(HOME)", "\n", "é\u2028\ufeff"]),
    st.text(st.characters(exclude_characters="\ufffe\uffff", exclude_categories=["Cs", "Cc"]), max_size=30),
)
PORTS: Final = st.one_of(st.sampled_from([1, 80, 443, 8000, 9091, 65535]), st.integers(1, 65535))
PATHS: Final = st.just("/") | st.from_regex(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,8}){1,3}", fullmatch=True)
HOSTS: Final = st.from_regex(r"([a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?\.){1,3}(com|example)", fullmatch=True)
LINES: Final = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._/:@ -]{0,14}[A-Za-z0-9])?", fullmatch=True)
CPUS: Final = st.sampled_from(["1m", "100m", "0.5", "1", "2.5", "16"])
BYTES: Final = st.sampled_from(["64Mi", "128Mi", "1Gi", "1.5Gi", "512M", "1G", "268435456"])
SECONDS: Final = st.one_of(st.sampled_from([0.0, 0.5, 20.0, 86400.0]), st.floats(0, 600), st.integers(0, 600))
SECRETS: Final = st.builds(Secret, VARIABLES)
IMAGES: Final = st.sampled_from([
    "orders", "acme/orders", "ghcr.io/acme/orders:1.2", "localhost:5000/orders",
    f"registry.example.com/a/b:v1@sha256:{'0123456789abcdef' * 4}", f"quay.io/c@sha256:{'f' * 64}",
])  # fmt: skip
READINESS: Final = st.sampled_from(["/ready", "/health"])
TYPES: Final = st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer"])


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


def few(strategy: st.SearchStrategy[T], least: int = 0, most: int = 3) -> st.SearchStrategy[list[T]]:
    """A short list without repetitions."""
    return st.lists(strategy, min_size=least, max_size=most, unique_by=str)


RESOURCES: Final = st.builds(Resources, cpu=CPUS, memory=BYTES, cpu_limit=maybe(CPUS), ephemeral_storage=BYTES)
SCALES: Final = (
    st.integers(0, 5)
    | st.builds(
        Autoscale,
        st.integers(1, 6),
        st.integers(6, 200),
        cpu=st.integers(1, 100),
        memory=maybe(st.integers(1, 100)),
        vpa=st.sampled_from(["off", "recommend"]),
    )
    | st.builds(Autoscale, st.just(1), st.integers(1, 3), cpu=st.none(), memory=st.integers(1, 100))
)
WEIGHTS: Final = few(st.integers(1, 100), least=1, most=4).map(sorted)
RELEASES: Final = st.one_of(st.builds(Rolling), st.builds(BlueGreen), WEIGHTS.map(lambda weights: Canary(*weights)))
CIDRS: Final = st.sampled_from(
    ["203.0.113.0/24", "198.51.100.7/32", "0.0.0.0/0", "10.0.0.0/8", "2001:db8::/32", "::/0"]
)
EGRESS: Final = few(st.builds(Internet) | st.builds(Cidr, CIDRS, ports=few(PORTS, least=1)))
WORDS: Final = st.sampled_from(["get", "list", "watch", "create"])
PERMISSIONS: Final = few(
    st.builds(
        Permission,
        few(WORDS, least=1),
        few(st.sampled_from(["pods", "jobs", "pods/log"]), least=1),
        api_group=st.sampled_from(["", "batch", "apps"]),
    ),
    most=2,
)
CLASSES: Final = HOSTS | NAMES
WAYS_IN: Final = maybe(st.builds(Gateway, CLASSES, namespace=NAMES) | st.builds(Ingress, CLASSES, namespace=NAMES))
KEEPERS: Final = maybe(
    st.builds(SealedSecrets)
    | st.builds(
        ExternalSecrets,
        NAMES,
        provider=st.sampled_from(["aws", "vault"]),
        prefix=st.sampled_from(["", "prod/", "secret/data/shop"]),
    )
)
MONITORING: Final = maybe(
    st.builds(
        Monitoring,
        namespace=NAMES,
        prometheus=NAMES,
        grafana=NAMES,
        collector=NAMES,
        labels=st.dictionaries(LABELS, NAMES | st.just(""), max_size=2),
        logs=st.booleans(),
        traces=st.booleans(),
        notify=maybe(st.builds(Slack, SECRETS)),
    )
)
SURROUNDINGS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "namespace": maybe(NAMES),
    "context": maybe(LINES),
    "host": HOSTS,
    "tls": maybe(st.builds(LetsEncrypt, st.just("ops@example.com"), staging=st.booleans())),
    "way_in": WAYS_IN,
    "secrets": KEEPERS,
    "mesh": maybe(st.builds(Mesh, mode=st.sampled_from(["ambient", "sidecar"]))),
    "monitoring": MONITORING,
    "quota": st.booleans(),
    "disposable": st.booleans(),
    "branch": maybe(LINES),
    "node_local_dns": st.booleans(),
    "strict_zones": st.booleans(),
    "user_namespaces": st.booleans(),
    "image_tag": maybe(st.sampled_from(["latest", "v1.2", "0"])),
}
WORKLOAD: Final[dict[str, st.SearchStrategy[Any]]] = {
    "config": st.dictionaries(VARIABLES, VALUES, max_size=4),
    "secrets": few(SECRETS),
    "resources": RESOURCES,
    "source": st.sampled_from([".", ".", "src", "a folder"]),
    "image": maybe(IMAGES),
    "service_account": maybe(NAMES),
    "permissions": PERMISSIONS,
}
CRONS: Final = st.sampled_from(["30 3 * * *", "*/5 0-6,8 1 1-12/3 0", "59 23 31 12 6"])
BACKUPS: Final = st.builds(
    Backup,
    schedule=CRONS,
    test=CRONS,
    time_zone=st.sampled_from(["Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"]),
    keep_days=st.integers(1, 400),
    storage=BYTES,
)
STORES: Final = st.builds(
    ObjectStore,
    st.sampled_from(["s3://backups", "s3://backups.example/a/b/"]),
    endpoint=st.sampled_from([None, "https://s3.example.com", "http://minio:9000/"]),
    role=st.sampled_from([None, "arn:aws:iam::123456789012:role/backup", "arn:aws-cn:iam::123456789012:role/b"]),
    schedule=CRONS,
    keep_days=st.integers(1, 400),
)
OPERATORS: Final = st.builds(CloudNativePG, instances=st.integers(1, 5), wal_storage=BYTES, store=STORES | st.none())
# Who runs a database: somebody else, an operator, or a StatefulSet.
RUN_BY: Final[st.SearchStrategy[dict[str, Any]]] = st.one_of(
    st.fixed_dictionaries({"managed": SECRETS, "managed_port": PORTS}),
    st.fixed_dictionaries({"operator": OPERATORS}),
    st.fixed_dictionaries({"backup": maybe(BACKUPS), "secret_name": maybe(NAMES)}),
    st.fixed_dictionaries({"backup": maybe(BACKUPS)}),
)
POOLS: Final = st.integers(1, 50)
KINDS: Final[dict[type[Service], dict[str, st.SearchStrategy[Any]]]] = {
    Postgres: {
        "version": st.integers(15, 18),
        "migrations": maybe(st.sampled_from(["migrations", "src/db/migrations"])),
        "migration_timeout": st.sampled_from([1, 90, 3600]),
        "storage": BYTES,
        "storage_class": maybe(CLASSES),
        "resources": RESOURCES,
        "volume_name": maybe(st.sampled_from(["data", "db_data", "pg-data"])),
    },
    Worker: WORKLOAD | {
        "service_name": maybe(NAMES),
        "jobs": st.just("shop.jobs:jobs"),
        "replicas": st.integers(0, 4),
        "singleton": st.booleans(),
        "vpa": st.sampled_from(["off", "recommend", "apply"]),
        "concurrency": POOLS,
        "metrics_port": PORTS,
        "readiness": READINESS,
        "egress": EGRESS,
        "pool": POOLS,
        "lease": st.sampled_from([1, 2.5, 30, 3600]),
        "drain": SECONDS,
        "traced": st.booleans(),
    },
    Program: WORKLOAD | {
        "service_name": maybe(NAMES),
        "command": st.sampled_from([("caddy", "run"), ("sh", "-c", "exec server --port=$PORT")]),
        "port": PORTS,
        "path": maybe(PATHS),
        "readiness": maybe(PATHS),
        "replicas": st.integers(0, 4),
        "egress": EGRESS,
    },
    Api: WORKLOAD | {
        "service_name": maybe(NAMES),
        "app": st.just("shop.api:app"),
        "path": maybe(PATHS),
        "port": PORTS,
        "service_port": PORTS,
        "metrics_port": PORTS,
        "service_type": TYPES,
        "readiness": READINESS,
        "public_health": st.booleans(),
        "scale": SCALES,
        "release": RELEASES,
        "egress": EGRESS,
        "pool": POOLS,
        "drain": SECONDS,
        "request_timeout": SECONDS,
        "body_limit": st.integers(1, 10**9),
        "concurrency": POOLS,
        "objective": maybe(st.builds(Objective, availability=st.floats(90, 100), latency_ms=maybe(st.floats(1, 999)))),
        "traced": st.booleans(),
    },
    Site: WORKLOAD | {
        "service_name": maybe(NAMES),
        "root": st.just("frontend"),
        "path": PATHS,
        "dev": st.just(("npm", "run", "dev")),
        "port": PORTS,
        "service_port": PORTS,
        "service_type": TYPES,
        "scale": SCALES,
        "release": RELEASES,
    },
}  # fmt: skip
