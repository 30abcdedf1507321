"""The five stacks of `examples/`, and the two of the product's description, in every environment."""

from pathlib import Path

import pytest

from seawall.cli.load import load
from seawall.stack import Api, Autoscale, Canary, Rolling, Site, Worker
from seawall.stack.graph import Graph
from seawall.stack.services import Workload

EXAMPLES = Path(__file__).parents[2] / "examples"
ENVIRONMENTS = {
    "agnos": {"dev": "agnos", "prod": "agnos"},
    "greeter": {"dev": "dev", "prod": "prod"},
    "microstack": {"dev": "app", "prod": "app"},
    "orion": {"dev": "orion-dev", "uat": "orion-uat", "prod": "orion-prod"},
    "shop": {"staging": "staging", "prod": "shop-prod"},
}
SERVICES = {
    "agnos": ["db", "api", "worker"],
    "greeter": ["timezones", "greeter"],
    "microstack": ["postgres", "worker-service", "api-service", "frontend-service"],
    "orion": ["db", "api", "worker"],
    "shop": ["orders-db", "inventory-db", "inventory", "orders", "fulfilment", "api-gateway"],
}


def test_every_example_is_here() -> None:
    assert sorted(path.parent.name for path in EXAMPLES.glob("*/stack.py")) == sorted(ENVIRONMENTS)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_example_is_sound_in_every_environment(name: str) -> None:
    loaded = load(str(EXAMPLES / name))
    systems = {each.name: loaded.resolve(each.name) for each in loaded.stack.environments}
    assert {environment: system.namespace for environment, system in systems.items()} == ENVIRONMENTS[name]
    for system in systems.values():
        assert [service.name for service in system.services] == SERVICES[name]
        assert len(Graph(system.services).start_order()) == len(system.services)
        for service in system.services:
            assert Path(service.place.file).name == "stack.py"
            if isinstance(service, Workload):
                assert (EXAMPLES / name / service.source).is_dir()


def test_what_microstack_says() -> None:
    loaded = load(str(EXAMPLES / "microstack"))
    for environment, service_type in (("dev", "NodePort"), ("prod", "ClusterIP")):
        _, worker, api, frontend = loaded.resolve(environment).services
        assert isinstance(worker, Worker)
        assert isinstance(api, Api)
        assert isinstance(frontend, Site)
        assert (worker.metrics_port, worker.readiness) == (8080, "/health")
        assert (api.port, api.path, api.scale) == (3000, "/api", Autoscale(2, 10, cpu=70, memory=80))
        assert (frontend.path, frontend.service_type) == ("/", service_type)


def test_what_orion_says_of_its_environments() -> None:
    loaded = load(str(EXAMPLES / "orion"))
    said = {}
    for environment in ("dev", "uat", "prod"):
        _, api, worker = loaded.resolve(environment).services
        assert isinstance(api, Api)
        assert isinstance(worker, Worker)
        assert (worker.singleton, worker.metrics_port, api.port, api.metrics_port) == (True, 9091, 8000, 8000)
        assert api.config["TZ"] == worker.config["TZ"] == "UTC"
        said[environment] = (api.config["APP_ENV"], api.config["LOG_LEVEL"], worker.config["CRON_SCHEDULE"])
    assert said == {
        "dev": ("development", "debug", "* * * * *"),
        "uat": ("uat", "info", "* * * * *"),
        "prod": ("production", "warn", "0 0 * * *"),
    }


def test_greeter_is_released_step_by_step_in_prod_only() -> None:
    loaded = load(str(EXAMPLES / "greeter"))
    releases = {}
    for environment in ("dev", "prod"):
        _, greeter = loaded.resolve(environment).services
        assert isinstance(greeter, Api)
        releases[environment] = greeter.release
    assert releases == {"dev": Rolling(), "prod": Canary(5, 25, 50)}


BAKERY = """
from seawall.stack import Api, Autoscale, Canary, Environment, LetsEncrypt, Postgres, Secret, Site, Worker, stack

@stack("bakery", registry="ghcr.io/acme", environments=[
    Environment("dev", disposable=True),
    Environment("prod", namespace="bakery", context="prod-eu", host="bakery.example.com",
                tls=LetsEncrypt("ops@example.com")),
])
def bakery(env: Environment):
    prod = env.name == "prod"
    db = Postgres("db", version=18, migrations="migrations", storage="50Gi" if prod else "1Gi")
    orders = Api("orders", app="orders.api:app", uses=[db], path="/api/orders",
                 scale=Autoscale(2, 10, cpu=70) if prod else 1,
                 config={"LOG_LEVEL": "warn" if prod else "debug"}, secrets=[Secret("STRIPE_KEY")],
                 release=Canary(5, 25, 50))
    fulfilment = Worker("fulfilment", jobs="orders.jobs:jobs", uses=[db], replicas=2 if prod else 1, concurrency=20)
    web = Site("web", root="web/dist", dev=["npm", "run", "dev"], uses=[orders], path="/")
    return [db, orders, fulfilment, web]
"""


def test_the_stack_of_the_products_description(tmp_path: Path) -> None:
    (tmp_path / "stack.py").write_text(BAKERY)
    loaded = load(str(tmp_path))
    for environment in ("dev", "prod"):
        graph = Graph(loaded.resolve(environment).services)
        assert [service.name for service in graph.start_order()] == ["db", "orders", "fulfilment", "web"]
