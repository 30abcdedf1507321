from collections.abc import Mapping
from dataclasses import replace

import pytest

from seawall import contract
from seawall.local.plan import Database, Engine, Host, addresses, has_edge, listeners, plan, replica_names
from seawall.local.spec import ExitProbe, HttpProbe, PostgresProbe, ProcessSpec, TcpProbe
from seawall.stack import Api, Postgres, Program, Secret, Site, System, Worker
from tests.support.systems import example, system


def host_for(described: System, secrets: Mapping[str, str] | None = None) -> Host:
    names = [want.name for want in listeners(described, {})]
    databases = [service.name for service in described.services if isinstance(service, Postgres)]
    return Host(
        folder="/project",
        state="/project/.seawall",
        python="/project/.venv/bin/python",
        release="abc123",
        inherited={"PATH": "/bin"},
        secrets=secrets or {},
        ports={name: 7000 + index for index, name in enumerate(names)},
        replicas={name: 9000 + index for index, name in enumerate(replica_names(described))},
        databases={
            name: Database(("postgres", "-D", name), f"postgresql://seawall:pw@127.0.0.1/{name}") for name in databases
        },
        edge_argv=("caddy", "run"),
    )


def planned(described: System, secrets: Mapping[str, str] | None = None) -> dict[str, ProcessSpec]:
    return {spec.name: spec for spec in plan(described, host_for(described, secrets))}


def test_microstack_is_planned_as_its_description_says() -> None:
    described = example("microstack", "dev")
    host = host_for(described)
    specs = {spec.name: spec for spec in plan(described, host)}
    assert list(specs) == ["postgres", "postgres-migrate", "worker-service", "api-service", "edge"]
    assert specs["postgres-migrate"].after == ("postgres",)
    assert specs["postgres-migrate"].argv[-2:] == (contract.JOBS_MIGRATIONS, "migrations")
    assert specs["worker-service"].after == ("postgres-migrate",)
    assert specs["api-service"].after == ("postgres-migrate", "worker-service")
    api = specs["api-service"].environment
    assert api["DATABASE_URL"] == host.databases["postgres"].url
    assert api["WORKER_SERVICE_URL"] == f"http://127.0.0.1:{host.ports['worker-service']}"
    assert api["PORT"] == str(host.replicas["api-service"])


def test_the_listeners_of_microstack_ask_for_the_ports_of_its_description() -> None:
    wanted = {want.name: want.port for want in listeners(example("microstack", "dev"), {})}
    assert wanted == {
        "edge": 8080,
        "postgres": 5432,
        "worker-service": 8080,
        "api-service": 3000,
        "frontend-service": 8080,
    }


def test_a_port_from_the_command_line_comes_first_and_is_never_moved() -> None:
    wanted = listeners(example("microstack", "dev"), {"api-service": 4000})
    assert (wanted[0].name, wanted[0].port, wanted[0].chosen) == ("api-service", 4000, True)
    assert [want.name for want in wanted].count("api-service") == 1


def test_only_a_database_moves_away_from_another_program() -> None:
    assert [want.name for want in listeners(example("shop", "staging"), {}) if not want.insist] == [
        "orders-db",
        "inventory-db",
    ]


def test_every_process_comes_after_what_it_waits_for() -> None:
    for name, environment in (("agnos", "dev"), ("microstack", "prod"), ("orion", "uat"), ("shop", "staging")):
        started: set[str] = set()
        for spec in plan(example(name, environment), host_for(example(name, environment))):
            assert set(spec.after) <= started
            started.add(spec.name)


def test_probes_follow_the_contract() -> None:
    db = Postgres("db", migrations="migrations")
    api = Api("api", app="a:app", uses=[db], readiness="/health")
    worker = Worker("worker", jobs="a:jobs", uses=[db])
    search = Program("search", command=["search"], port=7700)
    queue = Program("queue", command=["queue"], port=7701, readiness="/up")
    specs = planned(system(db, api, worker, search, queue))
    assert isinstance(specs["db"].ready, PostgresProbe)
    assert isinstance(specs["db-migrate"].ready, ExitProbe)
    assert specs["api"].ready == HttpProbe(int(specs["api"].environment["PORT"]), "/health")
    assert specs["api"].live == HttpProbe(int(specs["api"].environment["PORT"]), "/live")
    assert specs["worker"].ready == HttpProbe(int(specs["worker"].environment["METRICS_PORT"]), "/ready")
    assert isinstance(specs["search"].ready, TcpProbe)
    assert specs["queue"].ready == HttpProbe(int(specs["queue"].environment["PORT"]), "/up")


def test_a_laptop_stops_without_delay_and_within_its_own_timeout() -> None:
    specs = planned(system(Api("api", app="a:app", drain=60)))
    assert specs["api"].environment["DRAIN_DELAY"] == "0"
    assert specs["api"].environment["DRAIN_TIMEOUT"] == "5"
    assert specs["api"].grace == 10


@pytest.mark.parametrize(("metrics_port", "same"), [(8000, True), (9091, False)])
def test_metrics_share_the_port_only_where_the_stack_says_so(metrics_port: int, same: bool) -> None:
    environment = planned(system(Api("api", app="a:app", port=8000, metrics_port=metrics_port)))["api"].environment
    assert (environment["PORT"] == environment["METRICS_PORT"]) is same


def test_a_child_gets_its_own_config_and_secrets_and_nobody_elses() -> None:
    one = Api("one", app="a:app", config={"COLOUR": "red"}, secrets=[Secret("KEY")])
    two = Api("two", app="a:app", port=8001)
    specs = planned(system(one, two), {"KEY": "canary"})
    assert specs["one"].environment["COLOUR"] == "red"
    assert specs["one"].environment["KEY"] == "canary"
    assert not {"COLOUR", "KEY"} & specs["two"].environment.keys()
    assert all("canary" not in " ".join(spec.argv) for spec in specs.values())


def test_no_password_stands_in_a_command() -> None:
    for spec in planned(example("shop", "staging")).values():
        assert "pw" not in " ".join(spec.argv)


def test_each_child_knows_who_it_is() -> None:
    environment = planned(example("orion", "prod"))["api"].environment
    names = (
        "SEAWALL_STACK",
        "SEAWALL_SERVICE",
        "SEAWALL_ENVIRONMENT",
        "SEAWALL_RELEASE",
        "SEAWALL_INSTANCE",
        "LOG_LEVEL",
    )
    assert [environment[name] for name in names] == ["orion", "api", "prod", "abc123", "api-0", "warn"]


def test_two_databases_are_migrated_each_from_its_own_folder() -> None:
    specs = planned(example("shop", "staging"))
    assert specs["orders-db-migrate"].argv[3:] == (contract.JOBS_MIGRATIONS, "migrations/orders")
    assert specs["inventory-db-migrate"].argv[3:] == ("migrations/inventory",)


def test_a_worker_and_an_api_are_told_which_migrations_they_need() -> None:
    specs = planned(example("microstack", "dev"))
    for name in ("api-service", "worker-service"):
        assert specs[name].environment["DATABASE_MIGRATIONS"] == "migrations"


def test_who_uses_a_site_waits_for_no_process() -> None:
    web = Site("web", root="web")
    assert planned(system(web, Api("api", app="a:app", uses=[web])))["api"].after == ()


def test_a_system_without_paths_has_no_edge_but_stable_listeners() -> None:
    described = system(Api("api", app="a:app"))
    assert not has_edge(described)
    assert "edge" not in [want.name for want in listeners(described, {})]
    assert isinstance(planned(described)["edge"].ready, TcpProbe)


def test_code_in_another_folder_runs_there() -> None:
    assert planned(system(Api("api", app="a:app", source="services/api")))["api"].directory == "/project/services/api"


def test_other_services_are_reached_at_their_stable_listener() -> None:
    described = example("shop", "staging")
    host = host_for(described)
    assert addresses(described, host)["orders"] == f"http://127.0.0.1:{host.ports['orders']}"


def test_a_database_elsewhere_needs_no_process_and_no_port_and_is_migrated() -> None:
    described = system(db := Postgres("db", migrations="migrations"), Api("api", app="a:app", uses=[db]))
    assert [want.name for want in listeners(described, {}, ["db"])] == ["api"]
    host = replace(
        host_for(described), databases={"db": Database((), "postgresql://db.internal/x")}, ports={"api": 7000}
    )
    specs = {spec.name: spec for spec in plan(described, host)}
    assert list(specs) == ["db-migrate", "api", "edge"]
    assert specs["db-migrate"].after == ()
    assert specs["api"].after == ("db-migrate",)
    assert specs["api"].environment["DATABASE_URL"] == "postgresql://db.internal/x"


def test_nobody_waits_for_a_database_elsewhere_without_migrations() -> None:
    described = system(db := Postgres("db"), Api("api", app="a:app", uses=[db]))
    host = replace(host_for(described), databases={"db": Database((), "postgresql://db.internal/x")})
    assert [(spec.name, spec.after) for spec in plan(described, host)] == [("api", ()), ("edge", ())]


def test_of_a_singleton_a_database_and_a_program_there_are_never_two() -> None:
    db = Postgres("db")
    one = Worker("one", jobs="a:jobs", uses=[db], singleton=True)
    many = Worker("many", jobs="a:jobs", uses=[db])
    specs = planned(system(db, one, many, Program("search", command=["search"], port=7700), Api("api", app="a:app")))
    assert [name for name, spec in specs.items() if spec.alone] == ["db", "search", "one"]
    assert specs["one"].check[-2:] == ("--describe", "a:jobs")
    assert specs["many"].check == ()


def test_an_image_becomes_a_container_that_only_this_machine_reaches_and_that_tells_no_secret() -> None:
    search = Program("search", image="search:1", port=7700, config={"COLOUR": "red"}, secrets=[Secret("KEY")])
    described = system(search)
    host = replace(host_for(described, {"KEY": "canary"}), engine=Engine("/bin/docker", {"DOCKER_HOST": "unix:///d"}))
    (spec,) = plan(described, host)
    assert spec.argv[:4] == ("/bin/docker", "run", "--rm", "--init")
    assert spec.argv[-1] == "search:1"
    assert f"127.0.0.1:{host.ports['search']}:7700" in spec.argv
    passed = [spec.argv[at + 1] for at, word in enumerate(spec.argv) if word == "--env"]
    assert {"COLOUR", "KEY", "PORT", "SEAWALL_STACK"} <= set(passed)
    assert "PATH" not in passed
    assert "canary" not in str(spec.argv)
    assert (spec.environment["KEY"], spec.environment["PORT"]) == ("canary", "7700")
    assert spec.environment["DOCKER_HOST"] == "unix:///d"
    assert spec.cleanup == ("/bin/docker", "rm", "--force", spec.argv[spec.argv.index("--name") + 1])


@pytest.mark.parametrize(
    ("telemetry", "exporter"),
    [
        ({}, "none"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"}, "none"),
    ],
)
def test_what_is_traced_sends_its_spans_where_this_shell_says(telemetry: dict[str, str], exporter: str) -> None:
    db = Postgres("db")
    described = system(
        db,
        Api("public", app="a:b", path="/", traced=True),
        Api("inner", app="a:b", traced=True),
        Worker("worker", jobs="a:b", uses=[db], traced=True),
        Api("quiet", app="a:b"),
    )
    specs = {each.name: each for each in plan(described, replace(host_for(described), telemetry=telemetry))}
    for name in ("public", "inner", "worker"):
        assert specs[name].environment.items() >= {**telemetry, "OTEL_TRACES_EXPORTER": exporter}.items()
    assert specs["public"].environment["TRUSTED_TRACES"] == "0"
    assert specs["inner"].environment["TRUSTED_TRACES"] == "1"
    assert not {*specs["quiet"].environment} & {*telemetry, "OTEL_TRACES_EXPORTER", "TRUSTED_TRACES"}


def test_config_knows_better_than_this_shell_where_spans_go() -> None:
    described = system(Api("api", app="a:b", traced=True, config={"OTEL_TRACES_EXPORTER": "none"}))
    host = replace(host_for(described), telemetry={"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"})
    (api,) = [each for each in plan(described, host) if each.name == "api"]
    assert api.environment["OTEL_TRACES_EXPORTER"] == "none"
