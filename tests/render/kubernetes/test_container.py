from typing import Any

import pytest

from seawall.render.kubernetes import container, secrets
from seawall.render.reason import plain
from seawall.stack import Api, Postgres, Program, Resources, Secret, Site, Worker
from seawall.stack.services import Workload
from tests.render.kubernetes.made import scope

DB = Postgres("db")
EACH = [
    Api("a", app="a.b:c"),
    Worker("a", jobs="a.b:c", uses=[DB]),
    Site("a", root="web"),
    Program("a", port=6379, image="redis:8"),
]


def of(workload: Workload, *others: Postgres) -> dict[str, Any]:
    found = scope(*others, workload)
    return dict(plain(container.of(found, workload, secrets.of(found, workload))))


@pytest.mark.parametrize(
    ("workload", "command"),
    [
        (EACH[0], ["python", "-m", "seawall.service", "a.b:c"]),
        (EACH[1], ["python", "-m", "seawall.jobs", "a.b:c"]),
        (EACH[2], ["caddy", "run", "--config", "/etc/caddy/caddy.json"]),
        (EACH[3], None),
        (Program("a", port=80, command=["./run", "--fast"]), ["./run", "--fast"]),
        (Program("a", port=80, command=["./run", "--fast"], image="built-elsewhere"), None),
    ],
)
def test_it_runs_what_the_stack_says(workload: Workload, command: list[str] | None) -> None:
    assert of(workload, DB).get("command") == command


@pytest.mark.parametrize(
    ("workload", "ports"),
    [
        (Api("a", app="a:b", port=3000, metrics_port=9000), {"http": 3000, "metrics": 9000}),
        (Api("a", app="a:b", port=3000, metrics_port=3000), {"http": 3000}),
        (Worker("a", jobs="a:b", uses=[DB], metrics_port=9000), {"metrics": 9000}),
        (Site("a", root="web", port=8081), {"http": 8081}),
        (Program("a", port=6379, image="redis"), {"tcp": 6379}),
        (Program("a", port=80, image="nginx", path="/docs"), {"http": 80}),
        (Program("a", port=80, image="nginx", readiness="/ok"), {"http": 80}),
    ],
)
def test_its_ports_have_the_names_that_its_probes_ask(workload: Workload, ports: dict[str, int]) -> None:
    found = of(workload, DB)
    assert {each["name"]: each["containerPort"] for each in found["ports"]} == ports
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        asked = found[probe].get("httpGet") or found[probe]["tcpSocket"]
        assert asked["port"] in ports


@pytest.mark.parametrize("workload", EACH)
def test_what_does_not_drain_itself_waits_before_it_stops_and_nothing_else_does(workload: Workload) -> None:
    expected = {"preStop": {"sleep": {"seconds": 5}}} if isinstance(workload, Site | Program) else None
    assert of(workload, DB).get("lifecycle") == expected


@pytest.mark.parametrize("workload", EACH)
def test_it_knows_its_pod_and_never_its_release(workload: Workload) -> None:
    variables = {each["name"]: each for each in of(workload, DB)["env"]}
    assert variables["SEAWALL_INSTANCE"]["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.name"}}
    assert "SEAWALL_RELEASE" not in variables


def test_its_numbers_stand_beside_the_fields_that_they_agree_with() -> None:
    found = of(Api("a", app="a:b", port=3000, drain=7, config={"TZ": "Europe/Berlin"}))
    told = {each["name"]: each.get("value") for each in found["env"]}
    assert (told["PORT"], told["DRAIN_TIMEOUT"], told["TZ"]) == ("3000", "7", "Europe/Berlin")


def test_secrets_are_files_whose_place_it_is_told() -> None:
    found = of(Api("a", app="a:b", uses=[DB], secrets=[Secret("KEY")]), DB)
    told = {each["name"]: each.get("value") for each in found["env"]}
    names = ["KEY", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"]
    assert told.items() >= {f"{name}_FILE": f"/etc/seawall/secrets/{name}" for name in names}.items()
    assert not told.keys() & {*names, "DATABASE_URL"}
    assert {"name": "secrets", "mountPath": "/etc/seawall/secrets", "readOnly": True} in found["volumeMounts"]


def test_a_program_has_its_secrets_as_variables_and_a_url_made_of_them() -> None:
    found = of(Program("a", port=80, image="i", uses=[DB], secrets=[Secret("KEY")]), DB)
    names = [each["name"] for each in found["env"]]
    # A variable may only name those that stand before it.
    assert names[-5:] == ["KEY", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB", "DATABASE_URL"]
    assert found["env"][-5]["valueFrom"] == {"secretKeyRef": {"name": "a-secrets", "key": "KEY"}}
    assert found["env"][-1]["value"] == "postgresql://$(POSTGRES_USER):$(POSTGRES_PASSWORD)@db:5432/$(POSTGRES_DB)"
    assert [each["name"] for each in found["volumeMounts"]] == ["tmp"]


def test_a_program_with_several_databases_has_a_url_of_each() -> None:
    managed = Postgres("two", managed=Secret("TWO_URL"))
    found = of(Program("a", port=80, image="i", uses=[DB, managed]), DB, managed)
    made = {each["name"]: each for each in found["env"]}
    assert made["DB_DATABASE_URL"]["value"].startswith("postgresql://$(DB_POSTGRES_USER):$(DB_POSTGRES_PASSWORD)@db:")
    assert made["TWO_DATABASE_URL"]["valueFrom"]["secretKeyRef"]["key"] == "TWO_URL"


def test_memory_is_limited_to_what_is_asked_for_and_cpu_is_not_limited() -> None:
    found = of(Api("a", app="a:b", resources=Resources(cpu="200m", memory="1Gi", ephemeral_storage="2Gi")))["resources"]
    assert found == {
        "requests": {"cpu": "200m", "memory": "1Gi", "ephemeral-storage": "2Gi"},
        "limits": {"memory": "1Gi", "ephemeral-storage": "2Gi"},
    }


def test_cpu_is_limited_where_the_stack_says_so() -> None:
    assert of(Api("a", app="a:b", resources=Resources(cpu_limit="1")))["resources"]["limits"]["cpu"] == "1"


def test_the_image_has_no_tag_and_is_pulled_once() -> None:
    found = of(Program("a", port=80, image="ghcr.io/acme/thing:1.2"))
    assert (found["image"], found["imagePullPolicy"]) == ("ghcr.io/acme/thing", "IfNotPresent")
