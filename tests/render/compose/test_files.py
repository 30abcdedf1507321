import json

import pytest
import yaml

from seawall.stack import Api, Postgres, Program, Secret, Worker
from tests.render.compose.made import ABOUT, texts, tree
from tests.support.systems import example, system

DB = Postgres("db", migrations="migrations")
API = Api("api", app="api:app", path="/", uses=[DB], secrets=[Secret("API_KEY")], metrics_port=8000)
JOBS = Worker("jobs", jobs="jobs:jobs", uses=[DB])
STACK = system(DB, API, JOBS, Program("search", image="search:9", port=9200, uses=[DB], secrets=[Secret("KEY")]))


def test_each_file_says_in_its_first_line_what_made_it() -> None:
    for path, text in texts(STACK).items():
        assert ABOUT in text.partition("\n")[0], path
        if path.endswith(".json"):
            json.loads(text)
        elif path.endswith(".yaml"):
            assert yaml.safe_load(text)


def test_the_same_stack_is_rendered_to_the_same_bytes() -> None:
    assert texts(example("microstack", "dev")) == texts(example("microstack", "dev"))


@pytest.mark.parametrize("name", ["microstack", "orion"])
def test_what_a_service_refers_to_is_there(name: str) -> None:
    made = tree(example(name, "dev"))
    for service in made["services"].values():
        assert made["secrets"].keys() >= {
            each if isinstance(each, str) else each["source"] for each in service.get("secrets", ())
        }
        assert made["configs"].keys() >= {each["source"] for each in service.get("configs", ())}
        assert made["networks"].keys() >= set(service.get("networks", ()))
        assert made["volumes"].keys() >= {each.partition(":")[0] for each in service.get("volumes", ())}
        assert made["services"].keys() >= service.get("depends_on", {}).keys()
    rendered = texts(example(name, "dev"))
    for each in made["configs"].values():
        assert f"compose/{each['file'].removeprefix('./')}" in rendered


def test_no_file_with_a_secret_can_be_committed() -> None:
    assert texts(STACK)["compose/secrets/.gitignore"].splitlines()[1:] == ["*", "!.gitignore"]
    for each in tree(STACK)["secrets"].values():
        assert each["file"].startswith("./secrets/")


def test_the_readme_says_how_each_secret_is_made() -> None:
    page = texts(STACK)["compose/README.md"]
    for name in tree(STACK)["secrets"]:
        assert f"secrets/{name}" in page
    assert "openssl rand -hex 24 > secrets/db-password" in page
    assert 'echo "KEY=VALUE" > secrets/search.env' in page
    login = "postgresql://postgres:$(cat secrets/db-password)@db:5432/db"
    assert f'echo "DATABASE_URL={login}" >> secrets/search.env' in page


def test_the_ports_are_those_of_the_description() -> None:
    said = {name: each.get("ports") for name, each in tree(example("orion", "dev"))["services"].items()}
    assert said["api"] == ["127.0.0.1:${API_PORT:-8000}:8000"]
    assert said["worker"] == ["127.0.0.1:${WORKER_PORT:-9091}:9091"]
    assert said["prometheus"] == ["127.0.0.1:${PROMETHEUS_PORT:-9090}:9090"]
    assert said["grafana"] == ["127.0.0.1:${GRAFANA_PORT:-3000}:3000"]


def test_prometheus_asks_each_service_where_it_tells_of_itself() -> None:
    made = yaml.safe_load(texts(STACK)["compose/prometheus.yaml"])
    found = {each["job_name"]: each["static_configs"][0]["targets"] for each in made["scrape_configs"]}
    assert found == {"api": ["api:8000"], "jobs": ["jobs:9091"]}


def test_the_lines_of_every_service_can_be_sent_to_loki() -> None:
    sent = yaml.safe_load(texts(STACK)["compose/logs.yaml"])["services"]
    assert sent.keys() == {"edge", "db", "api", "jobs", "search"}
    assert sent["api"]["logging"]["options"]["tag"] == "api"
    collector = tree(STACK)["services"]["vector"]
    assert collector["ports"] == ["127.0.0.1:24224:24224"]
    assert not [
        each for service in tree(STACK)["services"].values() for each in service.get("volumes", ()) if "sock" in each
    ]


def test_prometheus_grafana_and_loki_start_only_when_their_profile_is_asked_for() -> None:
    services = tree(STACK)["services"]
    profiles = {name: each.get("profiles") for name, each in services.items()}
    assert {name for name, own in profiles.items() if own is None} == {
        "edge",
        "db",
        "db-migrate",
        "api",
        "jobs",
        "search",
    }
    assert profiles["prometheus"] == ["monitoring"]
    assert profiles["loki"] == profiles["vector"] == ["logs"]
    assert profiles["grafana"] == ["monitoring", "logs"]
