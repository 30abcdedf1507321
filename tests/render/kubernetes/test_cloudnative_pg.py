from typing import Any

import pytest

from seawall.render.kubernetes import cloudnative_pg
from seawall.stack import Api, CloudNativePG, ObjectStore, Postgres
from tests.render.kubernetes.made import made

ROLE = "arn:aws:iam::123456789012:role/backups"


def spec(operator: CloudNativePG, *users: Api) -> dict[str, Any]:
    database = Postgres("orders-db", version=17, storage="50Gi", operator=operator)
    return dict(made(cloudnative_pg.objects, database, *users)["Cluster/orders-db"]["spec"])


def test_three_instances_and_a_disk_for_the_log() -> None:
    found = spec(CloudNativePG())
    assert found["instances"] == 3
    assert (found["storage"], found["walStorage"]) == ({"size": "50Gi"}, {"size": "5Gi"})
    assert found["imageName"].startswith("ghcr.io/cloudnative-pg/postgresql:17-")
    assert found["enableSuperuserAccess"] is False


def test_both_disks_are_of_the_class_that_is_named() -> None:
    database = Postgres("db", storage_class="fast-ssd", operator=CloudNativePG())
    found = made(cloudnative_pg.objects, database)["Cluster/db"]["spec"]
    assert {found[each]["storageClass"] for each in ("storage", "walStorage")} == {"fast-ssd"}


@pytest.mark.parametrize(
    ("instances", "durability", "budget"), [(1, None, False), (2, "preferred", True), (3, "required", True)]
)
def test_a_commit_waits_for_a_standby_where_the_loss_of_one_stops_none(
    instances: int, durability: str | None, *, budget: bool
) -> None:
    found = spec(CloudNativePG(instances=instances))
    synchronous = found["postgresql"].get("synchronous")
    assert (synchronous and synchronous["dataDurability"]) == durability
    assert found["enablePDB"] is budget


def test_the_database_has_a_name_that_sql_reads() -> None:
    initdb = spec(CloudNativePG())["bootstrap"]["initdb"]
    assert (initdb["database"], initdb["owner"]) == ("orders_db", "orders_db")


def test_it_takes_the_connections_of_all_that_use_it() -> None:
    user = Api("a", app="a:b", uses=["orders-db"], scale=26)
    assert spec(CloudNativePG(), user)["postgresql"]["parameters"] == {
        "max_connections": "400",
        "shared_buffers": "128MB",
    }
    assert spec(CloudNativePG(), user)["resources"]["limits"]["memory"] == "1280Mi"


def test_its_pods_leave_a_lost_node_soon() -> None:
    tolerations = spec(CloudNativePG())["affinity"]["tolerations"]
    assert {each["tolerationSeconds"] for each in tolerations} == {30}


def test_every_change_goes_to_the_store() -> None:
    assert "plugins" not in spec(CloudNativePG())
    (plugin,) = spec(CloudNativePG(store=ObjectStore("s3://bucket/orders")))["plugins"]
    assert plugin["isWALArchiver"] is True
    assert plugin["parameters"] == {"barmanObjectName": "orders-db-backup"}


def test_the_pods_act_as_the_role() -> None:
    template = spec(CloudNativePG(store=ObjectStore("s3://bucket/orders", role=ROLE)))["serviceAccountTemplate"]
    assert template["metadata"]["annotations"] == {"eks.amazonaws.com/role-arn": ROLE}


def test_without_the_operator_there_is_none() -> None:
    assert made(cloudnative_pg.objects, Postgres("db")) == {}
