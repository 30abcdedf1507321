"""Three tiers on Postgres: a React front end, an API and a worker that keeps a heartbeat."""

from seawall.stack import Api, Autoscale, Backup, Environment, LetsEncrypt, Postgres, Service, Site, Worker, stack


@stack("microstack", registry="ghcr.io/acme", environments=[
    Environment("dev", namespace="app", disposable=True),
    Environment("prod", namespace="app", host="microstack.example.com", tls=LetsEncrypt("ops@example.com"), quota=True),
])  # fmt: skip
def microstack(env: Environment) -> list[Service]:
    prod = env.name == "prod"
    db = Postgres(
        "postgres",
        migrations="migrations",
        storage="10Gi" if prod else "1Gi",
        secret_name="db-secret",
        backup=Backup() if prod else None,
        volume_name="db_data",
    )
    worker = Worker("worker-service", jobs="worker.jobs:jobs", uses=[db], metrics_port=8080, readiness="/health")
    api = Api(
        "api-service",
        app="api.main:app",
        uses=[db, worker],
        path="/api",
        port=3000,
        service_port=3000,
        readiness="/health",
        scale=Autoscale(2, 10, cpu=70, memory=80),
    )
    frontend = Site(
        "frontend-service",
        root="frontend",
        uses=[api],
        path="/",
        scale=Autoscale(2, 5, cpu=70, memory=80),
        service_type="ClusterIP" if prod else "NodePort",
    )
    return [db, worker, api, frontend]
