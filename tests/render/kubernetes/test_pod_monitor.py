from seawall.render.kubernetes import deployment, pod_monitor
from seawall.stack import Api, Monitoring, Postgres, Service, Site, Worker
from tests.render.kubernetes.systems import Tree, scope, trees

DB = Postgres("db")


def made(*services: Service, **surroundings: object) -> dict[str, Tree]:
    return trees(pod_monitor.objects(scope(*services, **{"monitoring": Monitoring(), **surroundings})))


def test_metrics_on_a_port_of_their_own() -> None:
    services = Api("api", app="a:b", metrics_port=9100), Worker("worker", jobs="a:b", uses=[DB]), DB
    found = made(*services)
    assert [*found] == ["PodMonitor/api", "PodMonitor/worker"]
    for name in ("api", "worker"):
        spec = found[f"PodMonitor/{name}"]["spec"]
        (endpoint,) = spec["podMetricsEndpoints"]
        assert endpoint == {"port": "metrics", "path": "/metrics", "interval": "15s", "scrapeTimeout": "10s"}
        assert spec["jobLabel"] == "app"
        pods = trees(deployment.objects(scope(*services)))[f"Deployment/{name}"]["spec"]["template"]
        assert spec["selector"]["matchLabels"].items() <= pods["metadata"]["labels"].items()
        (container,) = pods["spec"]["containers"]
        assert endpoint["port"] in {port["name"] for port in container["ports"]}


def test_prometheus_finds_it_by_the_labels_that_it_looks_for() -> None:
    monitoring = Monitoring(labels={"release": "kube-prometheus-stack", "team.example/owner": ""})
    (found,) = made(Api("api", app="a:b"), monitoring=monitoring).values()
    assert found["metadata"]["labels"].items() >= {"app": "api", **monitoring.labels}.items()


def test_who_has_none() -> None:
    assert made(Api("api", app="a:b", port=8000, metrics_port=8000), Site("web", root="web")) == {}
    assert made(Worker("worker", jobs="a:b", uses=[DB]), DB, monitoring=None) == {}
