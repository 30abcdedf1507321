from seawall.render.kubernetes import service, service_monitor
from seawall.stack import Api, Monitoring, Postgres, Service, Site, Worker
from tests.render.kubernetes.systems import Tree, scope, trees


def made(*services: Service, **surroundings: object) -> dict[str, Tree]:
    return trees(service_monitor.objects(scope(*services, **{"monitoring": Monitoring(), **surroundings})))


def test_metrics_on_the_port_of_the_service() -> None:
    api = Api("api", app="a:b", port=8000, metrics_port=8000, service_name="api-service")
    spec = made(api)["ServiceMonitor/api"]["spec"]
    assert spec["endpoints"] == [{"port": "http", "path": "/metrics", "interval": "15s", "scrapeTimeout": "10s"}]
    assert spec["jobLabel"] == "app"
    found = trees(service.objects(scope(api)))["Service/api-service"]
    assert spec["selector"]["matchLabels"].items() <= found["metadata"]["labels"].items()
    assert spec["endpoints"][0]["port"] in {port["name"] for port in found["spec"]["ports"]}


def test_prometheus_finds_it_by_the_labels_that_it_looks_for() -> None:
    monitoring = Monitoring(labels={"release": "kube-prometheus-stack", "team.example/owner": ""})
    (found,) = made(Api("api", app="a:b", port=8000, metrics_port=8000), monitoring=monitoring).values()
    assert found["metadata"]["labels"].items() >= {"app": "api", **monitoring.labels}.items()


def test_who_has_none() -> None:
    db = Postgres("db")
    services = Api("api", app="a:b"), Worker("w", jobs="a:b", uses=[db]), Site("web", root="web"), db
    assert made(*services) == {}
    assert made(Api("api", app="a:b", metrics_port=8000), monitoring=None) == {}
