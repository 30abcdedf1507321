import json
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from seawall.render.kubernetes import config_map, deployment
from seawall.stack import Api, Postgres, Program, Service, Site, Worker
from tests.render.kubernetes.made import made

DB = Postgres("db")


def config(*services: Service) -> tuple[str, dict[str, str]]:
    """The name and the content of the first ConfigMap."""
    first = next(iter(made(config_map.objects, *services).values()))
    assert first["immutable"] is True
    return str(first["metadata"]["name"]), dict(first["data"])


def caddy(site: Site, *others: Service) -> Any:
    found = made(config_map.objects, site, *others)
    name = next(name for name in found if name.startswith(f"ConfigMap/{site.name}-caddy-"))
    return json.loads(found[name]["data"]["caddy.json"])


def test_its_name_changes_with_what_it_holds_and_with_nothing_else() -> None:
    name, _ = config(Api("a", app="a:b", config={"X": "1", "Y": "2"}))
    assert re.fullmatch(r"a-config-[0-9a-f]{10}", name)
    assert config(Api("a", app="other:app", scale=3, config={"Y": "2", "X": "1"}))[0] == name
    assert config(Api("a", app="a:b", config={"X": "1", "Y": "3"}))[0] != name


def test_the_pods_have_the_one_that_is_rendered() -> None:
    services = (Site("s", root="web", uses=["a"]), Api("a", app="a:b", path="/api", uses=[DB]), DB)
    maps = made(config_map.objects, *services)
    pods = [each["spec"]["template"]["spec"] for each in made(deployment.objects, *services).values()]
    used = {each["configMapRef"]["name"] for pod in pods for each in pod["containers"][0]["envFrom"]}
    used |= {each["configMap"]["name"] for pod in pods for each in pod["volumes"] if "configMap" in each}
    assert {f"ConfigMap/{name}" for name in used} == set(maps)


def test_it_holds_no_secret_and_nothing_of_a_release() -> None:
    _, data = config(Api("a", app="a:b", uses=[DB]), DB)
    assert not data.keys() & {"SEAWALL_RELEASE", "SEAWALL_INSTANCE", "DATABASE_URL", "POSTGRES_PASSWORD"}


def test_a_site_serves_its_files_and_leads_to_what_it_uses() -> None:
    api = Api("a", app="a:b", path="/api", service_name="a-service", service_port=3000, request_timeout=10)
    docs = Program("docs", port=9000, image="i", path="/docs")
    worker = Worker("w", jobs="a:b", uses=[DB])
    site = Site("s", root="web", uses=[api, docs, worker], port=8081)
    found = caddy(site, api, docs, worker, DB)
    server = found["apps"]["http"]["servers"]["site"]
    assert server["listen"] == [":8081"]
    routes = {each["match"][0]["path"][0]: each["handle"] for each in server["routes"] if "match" in each}
    assert routes["/docs"][0]["upstreams"] == [{"dial": "docs:9000"}]
    assert routes["/api"][0]["upstreams"] == [{"dial": "a-service:3000"}]
    assert routes["/api"][0]["transport"]["response_header_timeout"] == "15s"
    assert routes["/*"][-1]["root"] == "/srv"
    assert routes["/live"][0]["status_code"] == 404


def test_nothing_of_it_looks_like_a_phone_number() -> None:
    found = made(config_map.objects, Site("s", root="web"))
    (text,) = (each["data"]["caddy.json"] for each in found.values() if "caddy.json" in each["data"])
    assert "phone=" not in text
    assert "microphone=()" in json.dumps(json.loads(text))


def test_caddy_accepts_what_it_is_given(tmp_path: Path) -> None:
    api = Api("a", app="a:b", path="/api")
    file = tmp_path / "caddy.json"
    file.write_text(json.dumps(caddy(Site("s", root="web", uses=[api]), api)))
    program = Path(sysconfig.get_path("scripts")) / "caddy"
    subprocess.run(
        [program, "validate", "--config", file],
        check=True,
        capture_output=True,
        env={"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
    )
