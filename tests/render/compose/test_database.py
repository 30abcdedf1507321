from seawall.stack import Api, CloudNativePG, Postgres, Secret, Worker
from tests.render.compose.made import compose, tree
from tests.support.systems import system

DB = Postgres("db", version=17, migrations="migrations", volume_name="db_data")
API = Api("api", app="api:app", uses=[DB])


def test_a_database_keeps_its_data_in_a_named_volume() -> None:
    made = compose(DB, API)
    service = made["services"]["db"]
    assert service["image"] == "postgres:17"
    assert service["volumes"] == ["db_data:/var/lib/postgresql"]
    assert service["environment"]["PGDATA"] == "/var/lib/postgresql/pgdata"
    assert "db_data" in made["volumes"]
    assert "orders_data" in compose(Postgres("orders"))["volumes"]


def test_a_database_is_reached_by_who_uses_it_and_by_nobody_else() -> None:
    other = Api("other", app="other:app", path="/")
    made = compose(DB, API, other)
    assert made["networks"] == {"default": {}, "db-network": {"internal": True}}
    assert made["services"]["db"]["networks"] == ["db-network"]
    assert made["services"]["api"]["networks"] == ["default", "db-network"]
    assert "networks" not in made["services"]["other"]
    assert "networks" not in made["services"]["edge"]
    assert "ports" not in made["services"]["db"]


def test_a_database_is_asked_over_tcp_and_stops_in_its_own_time() -> None:
    service = compose(DB, API)["services"]["db"]
    assert service["healthcheck"]["test"] == [
        "CMD",
        "pg_isready",
        "-q",
        "-h",
        "127.0.0.1",
        "-U",
        "postgres",
        "-d",
        "db",
    ]
    assert (service["stop_signal"], service["stop_grace_period"]) == ("SIGINT", "120s")
    assert service["init"], "as process 1 PostgreSQL takes for a crash what a health check leaves and ends badly"
    assert [each.partition(":")[0] for each in service["tmpfs"]] == ["/var/run/postgresql", "/tmp"]


def test_migrations_run_once_with_the_image_of_the_code_before_anything_uses_the_database() -> None:
    made = compose(DB, API, Worker("jobs", jobs="jobs:jobs", uses=[DB]))["services"]["db-migrate"]
    assert made["image"] == "localhost/bakery/api:local"
    assert made["restart"] == "no"
    assert made["command"][:3] == ["python", "-m", "seawall.runtime.migrate"]
    assert made["command"][-2:] == ["seawall.jobs:sql/migrations", "migrations"]
    assert made["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert made["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/POSTGRES_PASSWORD"


def test_a_database_without_migrations_has_no_container_for_them() -> None:
    services = compose(Postgres("db"), Api("api", app="api:app", uses=["db"]))["services"]
    assert "db-migrate" not in services
    assert services["api"]["depends_on"] == {"db": {"condition": "service_healthy"}}


def test_a_database_of_somebody_elses_is_a_container_here() -> None:
    managed = Postgres("db", managed=Secret("DB_URL"))
    operated = Postgres("more", operator=CloudNativePG())
    services = compose(managed, operated, Api("api", app="api:app", uses=[managed, operated]))["services"]
    assert services["db"]["image"] == services["more"]["image"] == "postgres:18"
    said = services["api"]["environment"]
    assert (said["DB_POSTGRES_HOST"], said["MORE_POSTGRES_HOST"]) == ("db", "more")
    assert said["PGSSLMODE"] == "disable"


def test_public_images_are_named_by_their_digest_where_it_is_locked() -> None:
    locked = {"postgres:17": "sha256:aaaa", "caddy:2": "sha256:bbbb"}
    public = Api("api", app="api:app", uses=[DB], path="/")
    services = tree(system(DB, public), locked)["services"]
    assert services["db"]["image"] == "postgres:17@sha256:aaaa"
    assert services["edge"]["image"] == "caddy:2@sha256:bbbb"
