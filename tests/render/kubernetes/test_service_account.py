from seawall.render.kubernetes import service_account
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import plain
from seawall.stack import Api, CloudNativePG, Postgres, Secret, Stack, System, Worker
from tests.render.kubernetes.made import DEV, made

DB = Postgres("db")


def test_each_service_has_its_own_without_a_token() -> None:
    found = made(service_account.objects, DB, Api("a", app="a:b"))
    assert list(found) == ["ServiceAccount/db", "ServiceAccount/a"]
    assert [each["automountServiceAccountToken"] for each in found.values()] == [False, False]
    assert found["ServiceAccount/a"]["metadata"]["labels"]["app"] == "a"


def test_services_may_share_one_which_then_belongs_to_none_of_them() -> None:
    orders = Api("orders", app="a:b", service_account="orders-sa")
    fulfilment = Worker("fulfilment", jobs="a:b", uses=[DB], service_account="orders-sa")
    found = made(service_account.objects, DB, orders, fulfilment)
    assert list(found) == ["ServiceAccount/db", "ServiceAccount/orders-sa"]
    assert "app" not in found["ServiceAccount/orders-sa"]["metadata"]["labels"]


def test_a_database_that_somebody_else_runs_has_none() -> None:
    managed = Postgres("managed", managed=Secret("URL"))
    operated = Postgres("operated", operator=CloudNativePG())
    assert made(service_account.objects, managed, operated) == {}


def test_each_pulls_images_with_the_secret_of_the_stack() -> None:
    described = [DB, Api("a", app="a:b")]
    stack = Stack("bakery", describe=lambda _: described, environments=[DEV], pull_secret="ghcr")
    found = [plain(each.tree) for each in service_account.objects(Scope(System(stack, DEV, tuple(described))))]
    assert [each["imagePullSecrets"] for each in found] == [[{"name": "ghcr"}]] * 2
    assert all("imagePullSecrets" not in each for each in made(service_account.objects, *described).values())
