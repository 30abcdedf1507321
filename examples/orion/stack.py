"""An API and a cron worker in three environments."""

from typing import Final

from seawall.stack import (
    Api,
    Autoscale,
    Backup,
    Environment,
    ErrorRate,
    JobFailures,
    Latency,
    LetsEncrypt,
    Monitoring,
    Postgres,
    Service,
    Unreachable,
    Worker,
    stack,
)

MONITORING: Final = Monitoring(namespace="monitoring", prometheus="prometheus-service", grafana="grafana-service")
TLS: Final = LetsEncrypt("ops@example.com")
CONFIG: Final = {
    "dev": {"APP_ENV": "development", "LOG_LEVEL": "debug"},
    "uat": {"APP_ENV": "uat", "LOG_LEVEL": "info"},
    "prod": {"APP_ENV": "production", "LOG_LEVEL": "warn"},
}


@stack("orion", registry="ghcr.io/acme", environments=[
    Environment("dev", branch="dev", image_tag="dev", monitoring=MONITORING, disposable=True),
    Environment("uat", branch="uat", image_tag="uat", monitoring=MONITORING, disposable=True),
    Environment("prod", branch="main", image_tag="latest", monitoring=MONITORING, host="orion.example.com", tls=TLS),
])  # fmt: skip
def orion(env: Environment) -> list[Service]:
    prod = env.name == "prod"
    config = {**CONFIG[env.name], "TZ": "UTC"}
    db = Postgres(
        "db",
        migrations="migrations",
        storage="20Gi" if prod else "1Gi",
        backup=Backup(storage="50Gi") if prod else None,
    )
    api = Api(
        "api",
        app="orion.api:app",
        service_name="api-service",
        image="orion-api",
        uses=[db],
        path="/",
        port=8000,
        metrics_port=8000,
        readiness="/health",
        public_health=True,
        config=config,
        scale=Autoscale(2, 10, cpu=70),
        alerts=[
            ErrorRate("APIHighErrorRate", above_percent=5, for_minutes=5, severity="critical"),
            Unreachable("APIDown", for_minutes=1, severity="critical"),
            Latency("APIHighLatency", above_seconds=2, quantile=0.95, for_minutes=5, severity="warning"),
        ],
    )
    worker = Worker(
        "worker",
        jobs="orion.jobs:jobs",
        image="orion-worker",
        uses=[db],
        singleton=True,
        metrics_port=9091,
        config={**config, "CRON_SCHEDULE": "0 0 * * *" if prod else "* * * * *"},
        alerts=[
            JobFailures("WorkerCrashLooping", above=5, within_minutes=5, severity="critical", restarts=True),
            JobFailures("WorkerJobFailureRate", above=0, within_minutes=10, severity="warning"),
            Unreachable("WorkerDown", for_minutes=2, severity="critical"),
        ],
    )
    return [db, api, worker]
