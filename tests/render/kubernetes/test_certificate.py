from seawall.render.kubernetes import certificate
from seawall.render.kubernetes.scope import Scope
from seawall.stack import Api, Ingress, LetsEncrypt
from tests.render.kubernetes.systems import Tree, platform, system, trees

TRAEFIK = Ingress("traefik", namespace="traefik")
TLS = LetsEncrypt("ops@example.com")


def made(**surroundings: object) -> tuple[dict[str, Tree], dict[str, Tree]]:
    found = system(Api("api", app="a:b", path="/"), host="shop.example.com", **surroundings)
    return trees(certificate.of_gateways(platform(found))), trees(certificate.objects(Scope(found)))


def test_beside_the_gateway() -> None:
    of_platform, of_environment = made(tls=TLS)
    assert of_environment == {}
    assert of_platform["Certificate/shop-prod-tls"]["metadata"]["namespace"] == "shop-gateway"
    assert of_platform["Certificate/shop-prod-tls"]["spec"] == {
        "secretName": "shop-prod-tls",
        "dnsNames": ["shop.example.com"],
        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "shop-prod"},
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
    }


def test_in_the_namespace_of_the_ingress() -> None:
    of_platform, of_environment = made(tls=TLS, way_in=TRAEFIK)
    assert of_platform == {}
    assert of_environment["Certificate/shop-prod-tls"]["metadata"]["namespace"] == "shop-prod"


def test_only_with_tls() -> None:
    assert made() == ({}, {})
    assert made(way_in=TRAEFIK) == ({}, {})
