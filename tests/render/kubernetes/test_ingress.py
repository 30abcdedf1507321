from seawall.render.kubernetes import ingress, service_monitor
from seawall.stack import Api, Ingress, LetsEncrypt, Monitoring, Program, Service, Site
from tests.render.kubernetes.systems import Tree, scope, trees

TRAEFIK = Ingress("traefik", namespace="traefik")


def made(*services: Service, **surroundings: object) -> dict[str, Tree]:
    return trees(ingress.objects(scope(*services, **{"host": "shop.example.com", "way_in": TRAEFIK, **surroundings})))


def paths(found: dict[str, Tree]) -> dict[str, tuple[str, str]]:
    (rule,) = found["Ingress/shop"]["spec"]["rules"]
    assert rule["host"] == "shop.example.com"
    assert {each["pathType"] for each in rule["http"]["paths"]} == {"Prefix"}
    backends = {each["path"]: each["backend"]["service"] for each in rule["http"]["paths"]}
    return {path: (backend["name"], backend["port"]["name"]) for path, backend in backends.items()}


def test_every_public_service_by_its_path() -> None:
    api = Api("api", app="a:b", path="/api", service_name="api-service")
    program = Program("search", command=["x"], port=7700, path="/api/search")
    found = made(api, program, Api("inner", app="a:b"))
    assert list(paths(found).items()) == [("/api/search", ("search", "http")), ("/api", ("api-service", "http"))]
    assert found["Ingress/shop"]["spec"]["ingressClassName"] == "traefik"
    assert "annotations" not in found["Ingress/shop"]["metadata"]
    assert "tls" not in found["Ingress/shop"]["spec"]
    assert [*found] == ["Ingress/shop"]


def test_its_certificate() -> None:
    found = made(Site("web", root="web"), tls=LetsEncrypt("ops@example.com"))
    assert found["Ingress/shop"]["spec"]["tls"] == [{"hosts": ["shop.example.com"], "secretName": "shop-prod-tls"}]


def test_closed_paths_lead_to_a_port_where_nothing_listens() -> None:
    api = Api("api", app="a:b", path="/", public_health=True)
    found = made(api, Api("other", app="a:b", path="/other"))
    assert paths(found) == {
        "/metrics": ("api-closed", "http"),
        "/other": ("other", "http"),
        "/ready": ("api-closed", "http"),
        "/live": ("api-closed", "http"),
        "/": ("api", "http"),
    }
    (port,) = found["Service/api-closed"]["spec"]["ports"]
    assert port == {"name": "http", "port": 80, "targetPort": 9, "protocol": "TCP"}
    assert found["Service/api-closed"]["spec"]["selector"] == {"app": "api", "app.kubernetes.io/part-of": "shop"}


def test_prometheus_does_not_take_that_service_for_the_real_one() -> None:
    api = Api("api", app="a:b", path="/", metrics_port=8000)
    labels = made(api)["Service/api-closed"]["metadata"]["labels"]
    monitors = trees(service_monitor.objects(scope(api, monitoring=Monitoring())))
    wanted = monitors["ServiceMonitor/api"]["spec"]["selector"]["matchLabels"]
    assert not wanted.items() <= labels.items()


def test_a_service_that_listens_there() -> None:
    found = made(Site("web", root="web", port=9))
    assert found["Service/web-closed"]["spec"]["ports"][0]["targetPort"] == 11


def test_only_where_the_environment_asks_for_one() -> None:
    assert made(Site("web", root="web"), way_in=None) == {}
    assert made(Api("api", app="a:b")) == {}
