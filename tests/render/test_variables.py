from dataclasses import asdict
from pathlib import Path

import pytest

from seawall import contract
from seawall.render.reason import leaves, plain
from seawall.render.variables import Surroundings, configuration, settings
from seawall.runtime.secrets import load_secrets
from seawall.runtime.settings import read
from seawall.stack import Api, CloudNativePG, Postgres, Program, Secret, Service, Site, Worker
from seawall.stack.graph import Graph
from seawall.stack.services import Workload
from tests.support.systems import system

ORDERS = Postgres("orders-db", migrations="migrations")
STOCK = Postgres("stock")


def of(workload: Workload, *others: Service, collector: str = "") -> dict[str, str]:
    made = system(*others, workload)
    around = Surroundings(
        made,
        Graph(made.services),
        lambda each: f"http://{each.name}.test",
        lambda each: f"{each.name}.test",
        lambda _: 1,
        collector,
    )
    edited, fixed = configuration(workload, around), settings(workload, around)
    assert not edited.keys() & fixed.keys()
    assert list(edited) == sorted(edited)
    found = {**edited, **fixed}
    assert len(list(leaves(found))) == len(found), "raises where a value has no reason"
    return dict(plain(found))


def test_an_api_reads_back_every_number_of_the_stack() -> None:
    api = Api(
        "api",
        app="a:b",
        uses=[ORDERS],
        port=3000,
        metrics_port=9000,
        pool=7,
        drain=12.5,
        request_timeout=0.25,
        body_limit=10_000_000,
        concurrency=99,
        config={"LOG_LEVEL": "warn"},
    )
    found = read(of(api, ORDERS))
    expected = {
        "stack": "bakery",
        "service": "api",
        "environment": "dev",
        "host": "0.0.0.0",
        "port": 3000,
        "metrics_port": 9000,
        "log_format": "json",
        "log_level": 30,
        "drain_delay": contract.DRAIN_DELAY_SECONDS,
        "drain_timeout": 12.5,
        "request_timeout": 0.25,
        "request_body_limit": 10_000_000,
        "request_concurrency": 99,
        "database_pool_size": 7,
        "trusted_hops": 1,
        "database_migrations": "migrations",
    }
    assert {name: value for name, value in asdict(found).items() if name in expected} == expected


def test_a_worker_reads_back_every_number_of_the_stack() -> None:
    worker = Worker("w", jobs="a:b", uses=[ORDERS], concurrency=3, lease=12.5, drain=600, metrics_port=8080, pool=4)
    found = read(of(worker, ORDERS), drain_timeout=1)
    assert (found.worker_concurrency, found.worker_lease, found.drain_timeout) == (3, 12.5, 600)
    assert (found.metrics_port, found.database_pool_size, found.host) == (8080, 4, "0.0.0.0")


def test_a_program_is_told_where_to_listen() -> None:
    found = of(Program("p", port=9000, image="i", config={"A": "1"}))
    assert (found["PORT"], found["HOST"], found["A"]) == ("9000", "0.0.0.0", "1")


def test_the_server_of_a_site_writes_only_where_it_may() -> None:
    found = of(Site("s", root="web"))
    assert found["XDG_DATA_HOME"] == found["XDG_CONFIG_HOME"] == "/tmp"
    assert "PORT" not in found


def test_config_may_set_what_the_contract_leaves_to_it() -> None:
    assert of(Api("a", app="a:b"))["TZ"] == "UTC"
    found = of(Api("a", app="a:b", config={"TZ": "Europe/Berlin", "LOG_FORMAT": "console"}))
    assert (found["TZ"], found["LOG_FORMAT"]) == ("Europe/Berlin", "console")


def test_other_services_are_found_by_their_urls() -> None:
    other = Api("other-api", app="a:b")
    assert of(Api("a", app="a:b", uses=[other]), other)["OTHER_API_URL"] == "http://other-api.test"


def test_the_launcher_makes_the_url_of_the_one_database(tmp_path: Path) -> None:
    found = of(Api("a", app="a:b", uses=[ORDERS]), ORDERS) | login(tmp_path)
    load_secrets(found)
    assert found["DATABASE_URL"] == "postgresql://u:p@orders-db.test:5432/d"
    assert found["PGSSLMODE"] == "disable"


def test_the_launcher_makes_the_url_of_each_of_several_databases(tmp_path: Path) -> None:
    found = of(Api("a", app="a:b", uses=[ORDERS, STOCK]), ORDERS, STOCK)
    found |= login(tmp_path, "ORDERS_DB_") | login(tmp_path, "STOCK_")
    load_secrets(found)
    assert found["ORDERS_DB_DATABASE_URL"] == "postgresql://u:p@orders-db.test:5432/d"
    assert found["STOCK_DATABASE_URL"] == "postgresql://u:p@stock.test:5432/d"
    assert "DATABASE_URL" not in found


@pytest.mark.parametrize(
    ("databases", "mode"),
    [
        ([STOCK], "disable"),
        ([STOCK, Postgres("two")], "disable"),
        ([Postgres("one", operator=CloudNativePG())], "require"),
        ([Postgres("one", managed=Secret("URL"))], None),
        ([STOCK, Postgres("one", managed=Secret("URL"))], None),
        ([STOCK, Postgres("one", operator=CloudNativePG())], None),
        ([], None),
    ],
)
def test_encryption_is_only_decided_where_it_holds_for_every_connection(
    databases: list[Postgres], mode: str | None
) -> None:
    assert of(Api("a", app="a:b", uses=databases), *databases).get("PGSSLMODE") == mode


def test_a_managed_database_has_no_parts() -> None:
    managed = Postgres("one", managed=Secret("URL"))
    assert not [name for name in of(Api("a", app="a:b", uses=[managed]), managed) if "POSTGRES" in name]


def test_who_waits_for_migrations() -> None:
    assert of(Api("a", app="a:b", uses=[ORDERS]), ORDERS)["DATABASE_MIGRATIONS"] == ORDERS.migrations
    assert of(Worker("a", jobs="a:b", uses=[ORDERS]), ORDERS)["DATABASE_MIGRATIONS"] == ORDERS.migrations


@pytest.mark.parametrize(
    "service",
    [
        Api("a", app="a:b", uses=[ORDERS], source="elsewhere"),
        Worker("a", jobs="a:b", uses=[ORDERS], source="elsewhere"),
        Worker("a", jobs="a:b", uses=[ORDERS, STOCK]),
        Program("a", port=80, image="nginx", uses=[ORDERS]),
    ],
)
def test_who_cannot_look_at_migrations_does_not_wait_for_them(service: Workload) -> None:
    assert "DATABASE_MIGRATIONS" not in of(service, ORDERS, STOCK)


def login(folder: Path, prefix: str = "") -> dict[str, str]:
    """The variables and files of a login, as a pod has them."""
    parts = {"POSTGRES_USER": "u", "POSTGRES_PASSWORD": "p", "POSTGRES_DB": "d"}
    for name, value in parts.items():
        (folder / f"{prefix}{name}").write_text(value)
    return {"SEAWALL_SECRETS": str(folder)} | {f"{prefix}{name}_FILE": f"{folder}/{prefix}{name}" for name in parts}


TRACED = Api("api", app="a:b", traced=True)


def test_what_is_traced_is_told_where_the_collector_is() -> None:
    found = of(TRACED, collector="http://collector.test:4318")
    assert found["OTEL_TRACES_EXPORTER"] == "otlp"
    assert found["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://collector.test:4318"


def test_without_a_collector_traces_are_passed_on_and_sent_to_nobody() -> None:
    found = of(Worker("worker", jobs="a:b", uses=[ORDERS], traced=True), ORDERS)
    assert found["OTEL_TRACES_EXPORTER"] == "none"
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" not in found
    assert "TRUSTED_TRACES" not in found


def test_what_is_not_traced_hears_nothing_of_it() -> None:
    found = of(Api("api", app="a:b"), collector="http://collector.test:4318")
    assert not [name for name in found if name.startswith("OTEL_") or name == "TRUSTED_TRACES"]


def test_config_knows_better_where_traces_go() -> None:
    own = {"OTEL_TRACES_EXPORTER": "none", "OTEL_TRACES_SAMPLER": "traceidratio"}
    found = of(Api("api", app="a:b", traced=True, config=own), collector="http://collector.test:4318")
    assert found.items() >= own.items()


@pytest.mark.parametrize(
    ("api", "trusted"),
    [
        (TRACED, "1"),
        (Api("api", app="a:b", traced=True, path="/"), "0"),
        (Api("api", app="a:b", traced=True, service_type="NodePort"), "0"),
    ],
)
def test_only_who_is_of_the_stack_decides_what_is_sampled(api: Api, trusted: str) -> None:
    assert of(api)["TRUSTED_TRACES"] == trusted
