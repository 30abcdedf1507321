from seawall.render.kubernetes import gateway
from seawall.stack import Api, Environment, Gateway, Ingress, LetsEncrypt, Stack
from seawall.stack.validate import resolve_all
from tests.render.kubernetes.systems import Tree, platform, system, trees

API = Api("api", app="a:b", path="/")
TLS = LetsEncrypt("ops@example.com")


def made(**surroundings: object) -> dict[str, Tree]:
    return trees(gateway.objects(platform(system(API, **{"host": "shop.example.com", **surroundings}))))


def test_with_a_certificate() -> None:
    found = made(tls=TLS, namespace="orders")
    assert [*found] == ["Namespace/shop-gateway", "Gateway/shop-prod", "HTTPRoute/shop-prod-redirect"]
    http, https = found["Gateway/shop-prod"]["spec"]["listeners"]
    assert http == {
        "name": "http",
        "hostname": "shop.example.com",
        "port": 80,
        "protocol": "HTTP",
        "allowedRoutes": {"namespaces": {"from": "Same"}},
    }
    assert https == {
        "name": "https",
        "hostname": "shop.example.com",
        "port": 443,
        "protocol": "HTTPS",
        "allowedRoutes": {
            "namespaces": {
                "from": "Selector",
                "selector": {"matchLabels": {"kubernetes.io/metadata.name": "orders"}},
            }
        },
        "tls": {"mode": "Terminate", "certificateRefs": [{"group": "", "kind": "Secret", "name": "shop-prod-tls"}]},
    }
    assert found["Gateway/shop-prod"]["metadata"]["namespace"] == "shop-gateway"


def test_http_is_sent_to_https() -> None:
    spec = made(tls=TLS)["HTTPRoute/shop-prod-redirect"]["spec"]
    assert spec["hostnames"] == ["shop.example.com"]
    assert [(each["name"], each["sectionName"]) for each in spec["parentRefs"]] == [("shop-prod", "http")]
    (rule,) = spec["rules"]
    (only,) = rule["filters"]
    assert only == {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    assert "backendRefs" not in rule


def test_without_a_certificate_the_environment_uses_http() -> None:
    found = made()
    assert [*found] == ["Namespace/shop-gateway", "Gateway/shop-prod"]
    (http,) = found["Gateway/shop-prod"]["spec"]["listeners"]
    assert (http["name"], http["allowedRoutes"]["namespaces"]["from"]) == ("http", "Selector")


def test_its_class() -> None:
    assert made()["Gateway/shop-prod"]["spec"]["gatewayClassName"] == "eg"
    way_in = Gateway("istio", namespace="istio-ingress")
    assert made(way_in=way_in)["Gateway/shop-prod"]["spec"]["gatewayClassName"] == "istio"


def test_the_namespace_lets_a_class_run_its_pods_there() -> None:
    labels = made()["Namespace/shop-gateway"]["metadata"]["labels"]
    level = "pod-security.kubernetes.io"
    assert (labels[f"{level}/enforce"], labels[f"{level}/audit"]) == ("baseline", "restricted")
    assert labels[f"{level}/warn"] == "restricted"
    assert labels[f"{level}/enforce-version"].startswith("v1.")


def test_each_environment_has_its_own_and_all_one_namespace() -> None:
    hosts = {"dev": "dev.example.com", "prod": "example.com", "test": None}
    environments = [Environment(name, host=host) for name, host in hosts.items()]
    systems = resolve_all(Stack("shop", describe=lambda _: [API], environments=environments))
    found = trees(gateway.objects(platform(*systems)))
    assert [*found] == ["Namespace/shop-gateway", "Gateway/shop-dev", "Gateway/shop-prod"]


def test_where_there_is_none() -> None:
    assert made(host=None) == {}
    assert made(way_in=Ingress("traefik", namespace="traefik")) == {}
