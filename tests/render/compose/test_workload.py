import pytest

from seawall.stack import Api, Autoscale, Postgres, Program, Resources, Secret, Site, Worker
from tests.render.compose.made import compose

DB = Postgres("db", migrations="migrations")
API = Api("api", app="api:app", path="/", uses=[DB])
JOBS = Worker("jobs", jobs="jobs:jobs", uses=[DB], replicas=3)
PAGES = Site("pages", root="pages", path="/", uses=["api"])
HARDENED = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
}


@pytest.mark.parametrize("name", ["db", "db-migrate", "api", "jobs", "pages"])
def test_every_container_gives_up_what_a_pod_gives_up(name: str) -> None:
    service = compose(DB, API, JOBS, Site("pages", root="pages", path="/pages"))["services"][name]
    assert service.items() >= HARDENED.items()
    assert service["user"] == ("postgres" if name == "db" else "10001:10001")
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["mem_limit"] == ("512m" if name == "db" else "256m")


def test_an_api_listens_where_its_variables_say_and_is_asked_there() -> None:
    service = compose(DB, API)["services"]["api"]
    assert service["command"] == ["python", "-m", "seawall.service", "api:app"]
    assert service["environment"].items() >= {"HOST": "0.0.0.0", "PORT": "8000", "METRICS_PORT": "9091"}.items()
    assert service["ports"] == ["127.0.0.1:${API_PORT:-8000}:8000"]
    check = service["healthcheck"]
    assert check["test"][:3] == ["CMD", "python", "-c"]
    assert "/ready" in check["test"][3]
    assert (check["start_period"], check["interval"], check["retries"]) == ("60s", "10s", 3)


def test_a_drain_does_not_wait_for_proxies_that_are_not_there() -> None:
    services = compose(DB, Api("api", app="api:app", uses=[DB], drain=7), JOBS)["services"]
    assert services["api"]["environment"]["DRAIN_DELAY"] == "0"
    assert services["api"]["environment"]["DRAIN_TIMEOUT"] == "7"
    assert services["api"]["stop_grace_period"] == "12s"
    assert services["jobs"]["stop_grace_period"] == "30s"


def test_a_service_starts_after_what_it_uses_is_healthy_and_migrated() -> None:
    services = compose(DB, API, Worker("jobs", jobs="jobs:jobs", uses=[DB, "api"]), PAGES)["services"]
    healthy, completed = {"condition": "service_healthy"}, {"condition": "service_completed_successfully"}
    assert services["jobs"]["depends_on"] == {"db": healthy, "db-migrate": completed, "api": healthy}
    assert services["pages"]["depends_on"] == {"api": healthy}
    assert "depends_on" not in services["db"]


def test_nobody_waits_for_the_health_of_a_program_that_nothing_can_ask() -> None:
    program = Program("search", image="search:9", port=9200)
    services = compose(program, Api("api", app="api:app", uses=[program]))["services"]
    assert services["api"]["depends_on"] == {"search": {"condition": "service_started"}}
    assert "healthcheck" not in services["search"]
    assert services["api"]["environment"]["SEARCH_URL"] == "http://search:9200"
    assert services["search"]["image"] == "search:9"
    assert "build" not in services["search"]
    assert "command" not in services["search"]


def test_secrets_reach_a_service_as_files_and_no_value_stands_in_it() -> None:
    api = Api("api", app="api:app", uses=[DB], secrets=[Secret("API_KEY")])
    service = compose(DB, api)["services"]["api"]
    assert service["environment"]["API_KEY_FILE"] == "/run/secrets/API_KEY"
    assert service["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/POSTGRES_PASSWORD"
    assert service["secrets"] == [
        {"source": "API_KEY", "target": "API_KEY"},
        {"source": "db-password", "target": "POSTGRES_PASSWORD"},
    ]
    assert not {"API_KEY", "POSTGRES_PASSWORD", "DATABASE_URL"} & service["environment"].keys()


def test_of_two_databases_each_has_its_name_before_its_variables() -> None:
    second = Postgres("second-db")
    service = compose(DB, second, Api("api", app="api:app", uses=[DB, second]))["services"]["api"]
    said = service["environment"]
    assert (said["DB_POSTGRES_HOST"], said["SECOND_DB_POSTGRES_HOST"]) == ("db", "second-db")
    assert (said["DB_POSTGRES_DB"], said["SECOND_DB_POSTGRES_DB"]) == ("db", "second_db")
    assert said["SECOND_DB_POSTGRES_PASSWORD_FILE"] == "/run/secrets/SECOND_DB_POSTGRES_PASSWORD"
    assert service["networks"] == ["default", "db-network", "second-db-network"]


def test_a_program_has_its_secrets_as_variables_of_a_file() -> None:
    program = Program("search", image="search:9", port=9200, secrets=[Secret("KEY")], uses=[DB])
    service = compose(DB, program, API)["services"]["search"]
    assert service["env_file"] == ["secrets/search.env"]
    assert "secrets" not in service
    assert not [name for name in service["environment"] if "KEY" in name or "PASSWORD" in name]


def test_text_of_the_stack_is_none_of_composes_variables() -> None:
    service = compose(Api("api", app="api:app", config={"PRICE": "$5 ${HOME}"}))["services"]["api"]
    assert service["environment"]["PRICE"] == "$$5 $${HOME}"


def test_images_are_built_from_the_dockerfile_of_their_folder() -> None:
    services = compose(API, Worker("jobs", jobs="jobs:jobs", source="back/jobs"), PAGES, DB)["services"]
    assert services["api"]["image"] == "localhost/bakery/api:local"
    assert services["api"]["build"] == {
        "context": "../..",
        "dockerfile": "deploy/images/bakery.Dockerfile",
        "target": "api",
        "args": {"SEAWALL_RELEASE": "${SEAWALL_RELEASE:-}"},
    }
    assert services["jobs"]["build"] == {
        "context": "../../back/jobs",
        "dockerfile": "../../deploy/images/back-jobs.Dockerfile",
        "target": "jobs",
        "args": {"SEAWALL_RELEASE": "${SEAWALL_RELEASE:-}"},
    }
    assert services["pages"]["build"]["context"] == "../../pages"


def test_an_image_that_nothing_here_builds_is_never_somebody_elses_of_its_name() -> None:
    services = compose(Program("mill", command=["mill"], port=7000), Program("search", image="search:9", port=9200))
    mill, search = services["services"]["mill"], services["services"]["search"]
    assert (mill["image"], mill["pull_policy"], mill["command"]) == ("mill:local", "never", ["mill"])
    assert "pull_policy" not in search


def test_limits_are_those_of_the_stack_in_composes_units() -> None:
    resources = Resources(memory="1.5Gi", cpu_limit="250m", ephemeral_storage="10M")
    service = compose(Api("api", app="api:app", resources=resources))["services"]["api"]
    assert (service["mem_limit"], service["cpus"]) == ("1536m", 0.25)
    assert service["tmpfs"] == ["/tmp:mode=1777,size=10000000b"]


def test_each_service_runs_once_whatever_its_scale_elsewhere() -> None:
    wide = Api("api", app="api:app", uses=[DB], scale=Autoscale(2, 40))
    assert compose(DB, wide)["services"]["db"]["command"] == [
        "postgres",
        "--max-connections=100",
        "--shared-buffers=128MB",
    ]


def test_what_is_traced_asks_the_shell_where_traces_go() -> None:
    own = {"OTEL_TRACES_EXPORTER": "otlp"}
    services = compose(
        DB,
        Api("api", app="api:app", traced=True),
        Worker("jobs", jobs="jobs:jobs", uses=[DB], traced=True, config=own),
        Api("quiet", app="api:app"),
    )["services"]
    assert services["api"]["environment"]["OTEL_TRACES_EXPORTER"] == "${OTEL_TRACES_EXPORTER:-none}"
    assert services["api"]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"] == "${OTEL_EXPORTER_OTLP_ENDPOINT:-}"
    assert services["jobs"]["environment"]["OTEL_TRACES_EXPORTER"] == "otlp"
    assert not [name for name in services["quiet"]["environment"] if name.startswith("OTEL_")]
