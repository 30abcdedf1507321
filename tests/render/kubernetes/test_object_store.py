from typing import Any

from seawall.render.kubernetes import object_store
from seawall.stack import CloudNativePG, ObjectStore, Postgres
from tests.render.kubernetes.made import made


def of(store: ObjectStore | None) -> dict[str, Any]:
    return made(object_store.objects, Postgres("db", operator=CloudNativePG(store=store)))


def test_a_base_backup_by_the_plugin_at_second_zero() -> None:
    spec = of(ObjectStore("s3://bucket/shop", schedule="30 1 * * *"))["ScheduledBackup/db-backup"]["spec"]
    assert spec["schedule"] == "0 30 1 * * *"
    assert (spec["method"], spec["cluster"]["name"], spec["immediate"]) == ("plugin", "db", True)


def test_the_keys_to_the_bucket_are_a_secret() -> None:
    spec = of(ObjectStore("s3://bucket/shop", endpoint="https://s3.example.com", keep_days=7))["ObjectStore/db-backup"]
    assert spec["spec"]["retentionPolicy"] == "7d"
    configuration = spec["spec"]["configuration"]
    assert configuration["destinationPath"] == "s3://bucket/shop"
    assert configuration["endpointURL"] == "https://s3.example.com"
    key = {"name": "db-backup", "key": "AWS_SECRET_ACCESS_KEY"}
    assert configuration["s3Credentials"]["secretAccessKey"] == key


def test_a_role_needs_none() -> None:
    role = "arn:aws:iam::123456789012:role/backups"
    configuration = of(ObjectStore("s3://bucket/shop", role=role))["ObjectStore/db-backup"]["spec"]["configuration"]
    assert configuration["s3Credentials"] == {"inheritFromIAMRole": True}
    assert "endpointURL" not in configuration


def test_without_a_store_there_is_none() -> None:
    assert of(None) == {}
    assert made(object_store.objects, Postgres("db")) == {}
