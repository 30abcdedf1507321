"""A system that the tests of reloading change while it runs."""

from seawall.stack import Api, Environment, Postgres, Service, Site, Worker, stack


@stack("kiosk", environments=[Environment("dev", disposable=True)])
def kiosk(env: Environment) -> list[Service]:  # noqa: ARG001 - there is only one environment
    db = Postgres("db", migrations="migrations")
    shop = Api("shop", app="main:app", source="shop", path="/api", port=3410, uses=[db])
    clerk = Worker("clerk", jobs="work:jobs", source="clerk", metrics_port=3411, uses=[db], singleton=True)
    web = Site("web", root="web", port=3412, uses=[shop])
    return [db, shop, clerk, web]
