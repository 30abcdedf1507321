from typing import Any

import pytest

from seawall.render.kubernetes import migration
from seawall.render.kubernetes.sync_wave import DELETION, HOOK, WAVE
from seawall.stack import Api, CloudNativePG, Postgres, Program, Secret, Service, Worker
from seawall.stack.sources import Sources
from tests.render.kubernetes.made import made, scope

DB = Postgres("db", migrations="migrations")
ENGINE = "seawall.jobs:sql/migrations"


def container(*services: Service) -> dict[str, Any]:
    (found,) = made(migration.objects, *services)["Job/db-migrate"]["spec"]["template"]["spec"]["containers"]
    return dict(found)


def migrated(*services: Service) -> list[str]:
    """The sources that the Job's command names."""
    command: list[str] = container(*services)["command"]
    assert command[:5] == ["python", "-m", "seawall.runtime.migrate", "--patience", "300"]
    return command[5:]


def test_the_code_that_uses_the_database_brings_its_migrations() -> None:
    other = Api("other", app="a:b", image="acme/other")
    assert container(DB, other, Api("api", app="a:b", image="acme/api", uses=[DB]))["image"] == "acme/api"
    assert migrated(DB, Api("api", app="a:b", uses=[DB])) == ["migrations"]


def test_the_tables_of_the_queue_come_first() -> None:
    worker = Worker("worker", jobs="a:b", uses=[DB])
    assert migrated(DB, worker) == [ENGINE, "migrations"]
    assert migrated(Postgres("db"), Worker("worker", jobs="a:b", uses=["db"])) == [ENGINE]


def test_a_folder_in_a_source_is_relative_to_it() -> None:
    database = Postgres("db", migrations="orders/sql/migrations")
    elsewhere = Api("web", app="a:b", source="web", uses=[database])
    code = Api("orders", app="a:b", source="orders", uses=[database])
    assert migrated(database, elsewhere, code) == ["sql/migrations"]
    assert container(database, elsewhere, code)["image"] == "orders"


def test_where_only_other_programs_use_the_database_any_image_with_the_folder_serves() -> None:
    program = Program("shop", image="acme/shop", port=80, uses=[DB])
    assert container(DB, program, Worker("w", jobs="a:b", uses=["queue"]), Postgres("queue"))["image"] == "w"


@pytest.mark.parametrize(
    "services",
    [
        [Program("shop", image="acme/shop", port=80, uses=[DB])],
        [Api("orders", app="a:b", source="orders", uses=[DB])],
        [Api("near", app="a:b", source="migration", uses=[DB])],
    ],
)
def test_migrations_that_no_image_holds_are_named(services: list[Service]) -> None:
    assert made(migration.objects, DB, *services) == {}
    (found,) = migration.problems(scope(DB, *services), Sources())
    assert found.code == "SW709"
    assert "'migrations'" in found.message


def test_nothing_to_migrate_is_no_job_and_no_problem() -> None:
    services = (Postgres("db"), Api("api", app="a:b", uses=["db"]))
    assert made(migration.objects, *services) == {}
    assert not list(migration.problems(scope(*services), Sources()))


def test_it_sees_the_login_and_the_way_around_a_pooler_and_no_other_secret() -> None:
    secrets = [Secret("DATABASE_DIRECT_URL"), Secret("STRIPE_KEY")]
    database = Postgres("db", migrations="migrations", managed=Secret("URL"))
    found = container(database, Api("api", app="a:b", uses=[database, "more"], secrets=secrets), Postgres("more"))
    variables = [each["name"] for each in found["env"]]
    assert {each for each in variables if each.endswith("_FILE")} == {"DATABASE_URL_FILE", "DATABASE_DIRECT_URL_FILE"}
    assert "POSTGRES_HOST" not in variables


@pytest.mark.parametrize(("operator", "host", "mode"), [(None, "db", "disable"), (CloudNativePG(), "db-rw", "require")])
def test_it_reaches_the_database_whoever_runs_it(operator: CloudNativePG | None, host: str, mode: str) -> None:
    database = Postgres("db", migrations="migrations", operator=operator)
    found = container(database, Api("api", app="a:b", uses=[database]))
    variables = {each["name"]: each.get("value") for each in found["env"]}
    assert (variables["POSTGRES_HOST"], variables["POSTGRES_PORT"], variables["PGSSLMODE"]) == (host, "5432", mode)


def test_a_long_migration_has_the_time_that_it_is_given() -> None:
    database = Postgres("db", migrations="migrations", migration_timeout=7200)
    found = made(migration.objects, database, Api("api", app="a:b", uses=[database]))
    assert found["Job/db-migrate"]["spec"]["activeDeadlineSeconds"] == 7200


def test_what_services_wait_for_does_not_wait_behind_a_batch() -> None:
    found = made(migration.objects, DB, Api("api", app="a:b", uses=[DB]))
    assert found["Job/db-migrate"]["spec"]["template"]["spec"]["priorityClassName"] == "seawall-serving"


def test_it_ends_and_its_pods_are_not_the_databases() -> None:
    found = made(migration.objects, DB, Api("api", app="a:b", uses=[DB]))
    spec = found["Job/db-migrate"]["spec"]
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"]) == (3, 600)
    assert spec["template"]["metadata"]["labels"]["app"] == "db-migrate"
    assert spec["template"]["spec"]["restartPolicy"] == "Never"
    assert spec["template"]["spec"]["serviceAccountName"] == "db-migrate"
    assert found["ServiceAccount/db-migrate"]["automountServiceAccountToken"] is False
    assert not {HOOK, DELETION, WAVE} & found["Job/db-migrate"]["metadata"].get("annotations", {}).keys()
