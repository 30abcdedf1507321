from seawall.render.kubernetes import platform
from seawall.render.kubernetes.scope import Platform
from seawall.stack import Api, LetsEncrypt
from tests.render.kubernetes.systems import system, trees

API = Api("api", app="a:b", path="/")


def test_everything_of_the_cluster_sorted() -> None:
    described = system(API, host="shop.example.com", tls=LetsEncrypt("ops@example.com"))
    found = trees(platform.objects(Platform(described.stack, (described,))))
    assert [*found] == sorted(found)
    assert {name.partition("/")[0] for name in found} == {
        "Certificate", "ClusterIssuer", "Gateway", "HTTPRoute", "Namespace", "PriorityClass",
    }  # fmt: skip
    assert {tree["metadata"]["labels"]["app.kubernetes.io/managed-by"] for tree in found.values()} == {"seawall"}
    of_environment = found["Gateway/shop-prod"]["metadata"]["labels"]
    assert (of_environment["app.kubernetes.io/part-of"], of_environment["app.kubernetes.io/instance"]) == (
        "shop",
        "prod",
    )
    assert "app.kubernetes.io/instance" not in found["Namespace/shop-gateway"]["metadata"]["labels"]


def test_nothing_where_nobody_comes_in() -> None:
    described = system(API)
    found = trees(platform.objects(Platform(described.stack, (described,))))
    assert {name.partition("/")[0] for name in found} == {"PriorityClass"}
