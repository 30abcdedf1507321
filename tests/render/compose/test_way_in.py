import json
from typing import Any

from seawall.stack import Api, Program, Site, System
from tests.render.compose.made import compose, texts, tree
from tests.support.systems import system

API = Api("api", app="api:app", path="/api", port=3000)
PAGES = Site("pages", root="pages", path="/", uses=[API])


def caddy(of: System, name: str) -> dict[str, Any]:
    read = json.loads(texts(of)[f"compose/{name}.json"])
    return dict(read["apps"]["http"]["servers"]["site"])


def upstreams(server: dict[str, Any]) -> dict[str, str]:
    """Where each path leads."""
    return {
        route["match"][0]["path"][0]: handler["upstreams"][0]["dial"]
        for route in server["routes"]
        for handler in route["handle"]
        if handler["handler"] == "reverse_proxy"
    }


def test_only_the_edge_is_reached_from_other_machines() -> None:
    services = compose(API, PAGES)["services"]
    assert services["edge"]["ports"] == ["${EDGE_PORT:-8080}:8080"]
    assert services["api"]["ports"] == ["127.0.0.1:${API_PORT:-3000}:3000"]
    assert "ports" not in services["pages"]
    for name, service in services.items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())) or name == "edge"


def test_the_edge_leads_each_path_to_its_service_and_keeps_the_closed_ones() -> None:
    server = caddy(system(API, PAGES), "edge")
    assert server["listen"] == [":8080"]
    assert upstreams(server) == {"/api": "api:3000", "/*": "pages:8080"}
    assert "/metrics" in server["routes"][0]["match"][0]["path"]


def test_health_is_public_only_where_the_stack_says_so() -> None:
    open_api = Api("api", app="api:app", path="/", public_health=True)
    assert "/health" not in caddy(system(open_api), "edge")["routes"][0]["match"][0]["path"]
    closed = Api("api", app="api:app", path="/")
    assert "/health" in caddy(system(closed), "edge")["routes"][0]["match"][0]["path"]


def test_a_site_is_told_of_its_files_and_of_what_it_uses() -> None:
    of = system(API, PAGES)
    assert upstreams(caddy(of, "pages")) == {"/api": "api:3000"}
    made = tree(of)
    assert made["configs"]["pages"] == {"file": "./pages.json"}
    assert made["services"]["pages"]["configs"] == [{"source": "pages", "target": "/etc/caddy/caddy.json"}]
    assert made["services"]["pages"]["command"] == ["caddy", "run", "--config", "/etc/caddy/caddy.json"]


def test_what_is_public_believes_one_proxy_and_what_is_not_none() -> None:
    services = compose(API, Api("inner", app="inner:app"))["services"]
    assert services["api"]["environment"]["TRUSTED_HOPS"] == "1"
    assert services["inner"]["environment"]["TRUSTED_HOPS"] == "0"


def test_a_stack_without_anything_public_has_no_edge() -> None:
    of = system(Api("api", app="api:app"))
    assert "edge" not in tree(of)["services"]
    assert "compose/edge.json" not in texts(of)


def test_a_service_of_the_stack_keeps_its_name_and_ours_gives_way() -> None:
    of = system(Api("edge", app="api:app", path="/"), Program("grafana", image="grafana/grafana:12.2.0", port=3000))
    made = tree(of)
    assert made["services"]["edge"]["command"] == ["python", "-m", "seawall.service", "api:app"]
    assert made["services"]["seawall-edge"]["ports"] == ["${SEAWALL_EDGE_PORT:-8080}:8080"]
    assert made["services"]["seawall-grafana"]["profiles"] == ["monitoring", "logs"]
    assert "seawall-grafana_data" in made["volumes"]


def test_the_last_port_has_no_next_one() -> None:
    services = compose(Api("api", app="a:b", port=65535), Api("other", app="other:app", port=65535))["services"]
    assert services["other"]["ports"] == ["127.0.0.1:${OTHER_PORT:-1024}:65535"]


def test_two_that_want_one_port_get_two() -> None:
    services = compose(API, Api("other", app="other:app", port=3000), Api("third", app="third:app", port=3001))[
        "services"
    ]
    found = {name: services[name]["ports"][0] for name in ("api", "other", "third", "grafana")}
    assert found == {
        "api": "127.0.0.1:${API_PORT:-3000}:3000",
        "other": "127.0.0.1:${OTHER_PORT:-3002}:3000",
        "third": "127.0.0.1:${THIRD_PORT:-3001}:3001",
        "grafana": "127.0.0.1:${GRAFANA_PORT:-3003}:3000",
    }
