import pytest

from seawall.render.kubernetes import secrets
from seawall.render.reason import plain
from seawall.stack import Api, CloudNativePG, ObjectStore, Postgres, Program, Secret, Service, Worker
from tests.render.kubernetes.made import scope

DB = Postgres("db")
ORDERS = Postgres("orders-db", managed=Secret("ORDERS_URL"))
CLUSTER = Postgres("big", operator=CloudNativePG(store=ObjectStore("s3://bucket/big")))


def api(*uses: Service) -> Api:
    return Api("api", app="shop:app", uses=uses, secrets=[Secret("STRIPE_KEY")])


def seen(*uses: Service) -> dict[str, tuple[str, str]]:
    """What an API that uses these sees: the Secret and its key by variable."""
    user = api(*uses)
    values = secrets.of(scope(*uses, user), user)
    return {each.variable: (plain(each.secret), plain(each.key)) for each in values}


def test_a_workload_sees_its_own_secrets_and_the_login_of_its_database() -> None:
    assert seen(DB) == {
        "STRIPE_KEY": ("api-secrets", "STRIPE_KEY"),
        "POSTGRES_USER": ("db-secret", "POSTGRES_USER"),
        "POSTGRES_PASSWORD": ("db-secret", "POSTGRES_PASSWORD"),
        "POSTGRES_DB": ("db-secret", "POSTGRES_DB"),
    }


def test_a_managed_databases_url_is_the_key_that_the_stack_names() -> None:
    assert seen(ORDERS)["DATABASE_URL"] == ("orders-db-secret", "ORDERS_URL")


def test_an_operators_login_keeps_the_operators_names() -> None:
    assert seen(CLUSTER)["POSTGRES_PASSWORD"] == ("big-app", "password")


def test_with_several_databases_each_variable_has_the_name_of_its_own() -> None:
    found = seen(DB, ORDERS)
    assert found.keys() == {
        "STRIPE_KEY",
        "DB_POSTGRES_USER",
        "DB_POSTGRES_PASSWORD",
        "DB_POSTGRES_DB",
        "ORDERS_DB_DATABASE_URL",
    }
    assert found["DB_POSTGRES_USER"] == ("db-secret", "POSTGRES_USER")


def test_a_service_sees_nothing_of_what_it_does_not_use() -> None:
    user = api(DB)
    other = Worker("worker", jobs="shop:jobs", uses=[ORDERS])
    values = secrets.of(scope(DB, ORDERS, user, other), other)
    assert [each.variable for each in values] == ["DATABASE_URL"]


def test_the_secrets_that_somebody_keeps() -> None:
    found = secrets.kept(scope(DB, ORDERS, CLUSTER, api(DB, ORDERS, CLUSTER), Program("cache", image="valkey", port=1)))
    assert {plain(each.name): tuple(map(plain, each.keys)) for each in found} == {
        "db-secret": ("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"),
        "orders-db-secret": ("ORDERS_URL",),
        "big-backup": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        "api-secrets": ("STRIPE_KEY",),
    }


def test_a_role_needs_no_keys_to_the_bucket() -> None:
    store = ObjectStore("s3://bucket/big", role="arn:aws:iam::123456789012:role/backups")
    assert not secrets.kept(scope(Postgres("big", operator=CloudNativePG(store=store))))


def test_the_volume_has_of_each_secret_only_the_keys_that_are_seen() -> None:
    user = api(DB)
    values = secrets.of(scope(DB, user), user)
    volume = plain(secrets.volume(values))
    assert volume["projected"]["defaultMode"] == 0o440
    assert volume["projected"]["sources"] == [
        {"secret": {"name": "api-secrets", "items": [{"key": "STRIPE_KEY", "path": "STRIPE_KEY"}]}},
        {"secret": {"name": "db-secret", "items": [{"key": key, "path": key} for key in secrets.LOGIN]}},
    ]
    assert plain(list(secrets.files(values)))[0] == {
        "name": "STRIPE_KEY_FILE",
        "value": "/etc/seawall/secrets/STRIPE_KEY",
    }
    assert plain(secrets.mount()) == {"name": "secrets", "mountPath": "/etc/seawall/secrets", "readOnly": True}


def test_a_program_has_them_as_variables() -> None:
    values = secrets.login(ORDERS)
    reference = {"secretKeyRef": {"name": "orders-db-secret", "key": "ORDERS_URL"}}
    assert plain(list(secrets.references(values))) == [{"name": "DATABASE_URL", "valueFrom": reference}]


@pytest.mark.parametrize(
    ("changed", "rolls"), [({"api-secrets": {"STRIPE_KEY": "new"}}, True), ({"other": {"STRIPE_KEY": "new"}}, False)]
)
def test_what_is_sealed_anew_rolls_the_pods_that_see_it(changed: dict[str, dict[str, str]], *, rolls: bool) -> None:
    sealed = {"api-secrets": {"STRIPE_KEY": "old"}, "other": {"STRIPE_KEY": "old"}}
    user = api()
    before, after = (scope(user, sealed=each) for each in (sealed, sealed | changed))
    values = secrets.of(before, user)
    assert (secrets.rotation(before, values) != secrets.rotation(after, values)) is rolls


def test_nothing_sealed_has_no_hash() -> None:
    user = api()
    here = scope(user)
    assert secrets.rotation(here, secrets.of(here, user)) == {}
