"""my-project: an API and a worker on Postgres."""

from seawall.stack import Api, Environment, Postgres, Service, Worker, stack


@stack("my-project", environments=[Environment("dev", disposable=True), Environment("prod")])
def my_project(env: Environment) -> list[Service]:
    level = "info" if env.name == "prod" else "debug"
    db = Postgres("db", migrations="migrations")
    worker = Worker("worker", jobs="app.jobs:jobs", uses=[db], config={"LOG_LEVEL": level})
    api = Api("api", app="app.main:app", uses=[db], path="/", config={"LOG_LEVEL": level})
    return [db, worker, api]
