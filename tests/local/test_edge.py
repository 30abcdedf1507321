from seawall import contract
from seawall.local.edge import servers
from seawall.render.caddy import Files, Proxy
from seawall.stack import Api, Program, Site, Worker
from tests.local.test_plan import host_for
from tests.support.systems import example, system


def test_microstack_has_the_edge_and_a_stable_listener_for_each_service() -> None:
    described = example("microstack", "dev")
    host = host_for(described)
    found = servers(described, host)
    assert sorted(found) == ["api-service", "edge", "frontend-service", "worker-service"]
    assert found["edge"].listen == f"127.0.0.1:{host.ports['edge']}"
    api, site = found["edge"].routes
    assert isinstance(api, Proxy)
    assert (api.path, api.upstream) == ("/api", "{file.upstreams/api-service}")
    assert site == Files("/", "/project/frontend")


def test_the_edge_keeps_every_closed_path_closed() -> None:
    described = example("microstack", "dev")
    assert servers(described, host_for(described))["edge"].closed == contract.CLOSED_PATHS


def test_health_passes_only_where_the_stack_says_so() -> None:
    described = example("orion", "prod")
    assert servers(described, host_for(described))["edge"].closed == ("/live", "/ready", "/metrics")
    private = system(Api("api", app="a:app", path="/"))
    assert "/health" in servers(private, host_for(private))["edge"].closed


def test_health_of_an_api_below_a_path_does_not_open_the_health_of_the_edge() -> None:
    described = system(Api("api", app="a:app", path="/api", public_health=True))
    assert "/health" in servers(described, host_for(described))["edge"].closed


def test_a_stable_listener_closes_nothing() -> None:
    described = system(Api("api", app="a:app", path="/"), Worker("worker", jobs="a:jobs"))
    found = servers(described, host_for(described))
    assert found["api"].closed == ()
    assert found["worker"].closed == ()


def test_a_site_proxies_only_the_services_it_uses() -> None:
    one, two = Api("one", app="a:app", path="/one"), Api("two", app="a:app", path="/two", port=8001)
    described = system(one, two, Site("web", root="web", uses=[one]))
    paths = [route.path for route in servers(described, host_for(described))["web"].routes]
    assert sorted(paths) == ["/", "/one"]


def test_a_program_with_a_path_is_reached_through_the_edge_at_its_own_port() -> None:
    described = system(Program("search", command=["search"], port=7700, path="/search"))
    host = host_for(described)
    (route,) = servers(described, host)["edge"].routes
    assert isinstance(route, Proxy)
    assert route.upstream == f"127.0.0.1:{host.ports['search']}"


def test_the_proxy_waits_longer_than_the_application_may_take() -> None:
    described = system(Api("api", app="a:app", path="/", request_timeout=40))
    (route,) = servers(described, host_for(described))["edge"].routes
    assert isinstance(route, Proxy)
    assert route.timeout > 40
