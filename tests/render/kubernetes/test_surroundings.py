from seawall.render.kubernetes.surroundings import around
from seawall.stack import Api, Environment, Monitoring, Service, Site
from tests.render.kubernetes.made import DEV, scope

PUBLIC = Environment("prod", host="bakery.example.com")


def hops(api: Api, *others: Service, environment: Environment) -> int:
    return around(scope(api, *others, environment=environment)).hops(api)


def test_a_service_trusts_the_one_proxy_that_requests_pass() -> None:
    api, hidden = Api("a", app="a:b", path="/api"), Api("a", app="a:b")
    site = Site("s", root="web", uses=["a"])
    assert hops(api, environment=DEV) == 0
    assert hops(api, environment=PUBLIC) == 1
    assert hops(api, site, environment=DEV) == 1
    # The way in leads straight to the path of the Api, past the Site: one proxy either way.
    assert hops(api, site, environment=PUBLIC) == 1
    assert hops(hidden, site, environment=PUBLIC) == 0


def test_traces_go_to_the_collector_beside_the_other_programs_that_watch() -> None:
    api = Api("a", app="a:b", traced=True)
    watched = Environment("prod", monitoring=Monitoring(namespace="watch", traces=True, collector="otel"))
    assert around(scope(api, environment=watched)).collector == "http://otel.watch:4318"
    assert not around(scope(api, environment=Environment("prod", monitoring=Monitoring()))).collector
    assert not around(scope(api, environment=DEV)).collector
