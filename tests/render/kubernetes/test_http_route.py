import pytest

from seawall.render.kubernetes import http_route
from seawall.stack import Api, Gateway, Ingress, LetsEncrypt, Program, Service, Site
from tests.render.kubernetes.systems import Tree, scope, trees

TLS = LetsEncrypt("ops@example.com")


def routes(*services: Service, **surroundings: object) -> dict[str, Tree]:
    return trees(http_route.objects(scope(*services, **{"host": "shop.example.com", **surroundings})))


def rules(*services: Service) -> list[Tree]:
    (found,) = routes(*services).values()
    listed: list[Tree] = found["spec"]["rules"]
    return listed


def matched(rule: Tree) -> list[str]:
    assert {each["path"]["type"] for each in rule["matches"]} == {"PathPrefix"}
    return [each["path"]["value"] for each in rule["matches"]]


def test_a_public_service() -> None:
    api = Api("api", app="a:b", path="/api", service_name="api-service", service_port=3000)
    found = routes(api, Api("inner", app="a:b"), tls=TLS)
    assert found["HTTPRoute/api"]["spec"] == {
        "parentRefs": [
            {
                "group": "gateway.networking.k8s.io",
                "kind": "Gateway",
                "name": "shop-prod",
                "namespace": "shop-gateway",
                "sectionName": "https",
            }
        ],
        "hostnames": ["shop.example.com"],
        "rules": [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/api"}}],
                "backendRefs": [{"group": "", "kind": "Service", "name": "api-service", "port": 3000, "weight": 1}],
                "timeouts": {"request": "20s"},
            }
        ],
    }
    assert [*found] == ["HTTPRoute/api"]


def test_each_public_service_has_its_own() -> None:
    services = (
        Api("api", app="a:b", path="/api"),
        Site("web", root="web"),
        Program("p", command=["p"], port=7700, path="/p"),
    )
    found = routes(*services)
    assert {name: tree["spec"]["rules"][-1]["backendRefs"][0]["port"] for name, tree in found.items()} == {
        "HTTPRoute/api": 80,
        "HTTPRoute/web": 80,
        "HTTPRoute/p": 7700,
    }
    assert {tree["spec"]["parentRefs"][0]["sectionName"] for tree in found.values()} == {"http"}


def test_closed_paths_have_no_backend() -> None:
    closed, rest = rules(Api("api", app="a:b", path="/"))
    assert matched(closed) == ["/live", "/ready", "/health", "/metrics"]
    assert closed.keys() == {"matches"}
    assert matched(rest) == ["/"]
    assert len(rest["backendRefs"]) == 1


def test_public_health() -> None:
    assert matched(rules(Api("api", app="a:b", path="/", public_health=True))[0]) == ["/live", "/ready", "/metrics"]


def test_below_a_path_nothing_is_closed() -> None:
    assert [matched(rule) for rule in rules(Api("api", app="a:b", path="/api", public_health=True))] == [["/api"]]


@pytest.mark.parametrize(
    ("service", "timeout"),
    [
        (Api("api", app="a:b", path="/", request_timeout=99.5, drain=100), "104s500ms"),
        (Api("api", app="a:b", path="/", request_timeout=86400, drain=86400), "86405s"),
        (Site("web", root="web"), "15s"),
        (Program("p", command=["p"], port=7700, path="/"), "15s"),
    ],
)
def test_how_long_a_request_may_take(service: Service, timeout: str) -> None:
    assert rules(service)[-1]["timeouts"] == {"request": timeout}


def test_where_there_is_none() -> None:
    api = Api("api", app="a:b", path="/")
    assert routes(api, host=None) == {}
    assert routes(api, way_in=Ingress("traefik", namespace="traefik")) == {}
    assert routes(Api("api", app="a:b")) == {}
    assert [*routes(api, way_in=Gateway("istio", namespace="istio"))] == ["HTTPRoute/api"]
