"""A system for the end-to-end tests: orders, jobs in the caller's transaction, and two workers with one cron job."""

from seawall.stack import Api, Environment, Postgres, Service, Worker, stack


@stack("bakery", environments=[Environment("dev", disposable=True)])
def bakery(env: Environment) -> list[Service]:  # noqa: ARG001 - there is only one environment
    db = Postgres("db", migrations="migrations")
    api = Api("api", app="bakery.api:app", uses=[db], path="/api", port=3210)
    first = Worker("first", jobs="bakery.jobs:jobs", uses=[db], metrics_port=3211)
    second = Worker("second", jobs="bakery.jobs:jobs", uses=[db], metrics_port=3212)
    return [db, api, first, second]
