"""The smallest complete system: an API and a background worker on one Postgres."""

from seawall.stack import Api, Environment, Postgres, Worker, stack


@stack("agnos", registry="ghcr.io/acme", environments=[
    Environment("dev", namespace="agnos", disposable=True),
    Environment("prod", namespace="agnos", host="agnos.example.com"),
])  # fmt: skip
def agnos(env: Environment) -> list[Postgres | Api | Worker]:
    prod = env.name == "prod"
    db = Postgres("db", migrations="migrations", storage="10Gi" if prod else "1Gi")
    api = Api(
        "api",
        app="agnos.api:app",
        image="agnos-api",
        uses=[db],
        path="/",
        readiness="/health",
        public_health=True,
        service_name="api-service",
        scale=2 if prod else 1,
    )
    worker = Worker("worker", jobs="agnos.jobs:jobs", image="agnos-worker", uses=[db], replicas=2 if prod else 1)
    return [db, api, worker]
