from seawall.render.kubernetes import external_secret
from seawall.stack import Api, Environment, ExternalSecrets, Postgres, SealedSecrets, Secret
from tests.render.kubernetes.made import made

DB = Postgres("db")
API = Api("api", app="a:b", uses=[DB], secrets=[Secret("KEY")])


def test_each_secret_is_one_entry_of_the_store() -> None:
    environment = Environment("prod", secrets=ExternalSecrets("vault", prefix="shop/prod/"))
    found = made(external_secret.objects, DB, API, environment=environment)
    assert found.keys() == {"ExternalSecret/db-secret", "ExternalSecret/api-secrets"}
    spec = found["ExternalSecret/api-secrets"]["spec"]
    assert spec["secretStoreRef"] == {"name": "vault", "kind": "SecretStore"}
    assert spec["target"]["name"] == "api-secrets"
    (item,) = spec["data"]
    assert item["secretKey"] == "KEY"
    assert (item["remoteRef"]["key"], item["remoteRef"]["property"]) == ("shop/prod/api-secrets", "KEY")


def test_what_the_operator_would_add_to_a_list_is_written_down() -> None:
    environment = Environment("prod", secrets=ExternalSecrets("vault"))
    for each in made(external_secret.objects, DB, API, environment=environment).values():
        for item in each["spec"]["data"]:
            assert item["remoteRef"].keys() >= {"conversionStrategy", "decodingStrategy", "metadataPolicy"}


def test_other_keepers_have_none_of_it() -> None:
    for keeper in (None, SealedSecrets()):
        assert made(external_secret.objects, DB, API, environment=Environment("prod", secrets=keeper)) == {}
