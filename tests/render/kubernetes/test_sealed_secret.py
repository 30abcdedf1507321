from seawall.render.kubernetes import sealed_secret
from seawall.stack import Api, CloudNativePG, Environment, ExternalSecrets, ObjectStore, Postgres, SealedSecrets, Secret
from seawall.stack.sources import Sources
from tests.render.kubernetes.made import made, scope

SEALED = Environment("prod", secrets=SealedSecrets())
DB = Postgres("db")
MANAGED = Postgres("managed", managed=Secret("URL"))
API = Api("api", app="a:b", uses=[DB], secrets=[Secret("KEY")])
TEXTS = {
    "db-secret": {"POSTGRES_USER": "AgU", "POSTGRES_PASSWORD": "AgP", "POSTGRES_DB": "AgD"},
    "api-secrets": {"KEY": "AgK", "OLD": "AgO"},
}


def test_each_secret_is_sealed_for_its_namespace_and_name() -> None:
    found = made(sealed_secret.objects, DB, API, environment=SEALED, sealed=TEXTS)
    assert found.keys() == {"SealedSecret/db-secret", "SealedSecret/api-secrets"}
    secret = found["SealedSecret/api-secrets"]
    assert secret["spec"]["encryptedData"] == {"KEY": "AgK"}
    metadata = secret["spec"]["template"]["metadata"]
    assert (metadata["name"], metadata["namespace"]) == ("api-secrets", "bakery-prod")
    assert secret["metadata"]["namespace"] == "bakery-prod"


def test_other_keepers_have_none_of_it() -> None:
    for keeper in (None, ExternalSecrets("store")):
        environment = Environment("prod", secrets=keeper)
        assert made(sealed_secret.objects, DB, API, environment=environment, sealed=TEXTS) == {}
        assert not list(sealed_secret.problems(scope(DB, API, environment=environment), Sources()))


def test_all_that_is_not_sealed_is_named_with_the_command_that_seals_it() -> None:
    big = Postgres("big", operator=CloudNativePG(store=ObjectStore("s3://bucket/big")))
    part = {"db-secret": {"POSTGRES_USER": "AgU"}}
    found = list(sealed_secret.problems(scope(DB, MANAGED, big, API, environment=SEALED, sealed=part), Sources()))
    assert [each.code for each in found] == ["SW704"] * 4
    assert [each.message for each in found] == [
        "POSTGRES_PASSWORD, POSTGRES_DB of the Secret db-secret not sealed for prod",
        "URL of the Secret managed-secret not sealed for prod",
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY of the Secret big-backup not sealed for prod",
        "KEY of the Secret api-secrets not sealed for prod",
    ]
    assert found[0].fix == "kubeseal --raw --namespace bakery-prod --name db-secret --from-file=FILE"
    assert found[0].wanted == "its text below db-secret: in secrets/prod.yaml"


def test_nothing_is_wrong_where_all_is_sealed() -> None:
    assert not list(sealed_secret.problems(scope(DB, API, environment=SEALED, sealed=TEXTS), Sources()))
