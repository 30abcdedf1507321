import pytest

from seawall.render.kubernetes import cluster_issuer
from seawall.stack import Api, Ingress, LetsEncrypt
from tests.render.kubernetes.systems import Tree, platform, system, trees

API = Api("api", app="a:b", path="/")
TLS = LetsEncrypt("ops@example.com")


def made(**surroundings: object) -> dict[str, Tree]:
    return trees(cluster_issuer.objects(platform(system(API, host="shop.example.com", **surroundings))))


@pytest.mark.parametrize(
    ("staging", "server"),
    [
        (False, "https://acme-v02.api.letsencrypt.org/directory"),
        (True, "https://acme-staging-v02.api.letsencrypt.org/directory"),
    ],
)
def test_an_account_with_lets_encrypt(*, staging: bool, server: str) -> None:
    issuer = made(tls=LetsEncrypt("ops@example.com", staging=staging))["ClusterIssuer/shop-prod"]
    assert "namespace" not in issuer["metadata"]
    acme = issuer["spec"]["acme"]
    assert (acme["email"], acme["server"]) == ("ops@example.com", server)
    assert acme["privateKeySecretRef"] == {"name": "shop-prod-account"}


def test_the_host_is_proven_over_http_through_the_gateway() -> None:
    (solver,) = made(tls=TLS)["ClusterIssuer/shop-prod"]["spec"]["acme"]["solvers"]
    route = solver["http01"]["gatewayHTTPRoute"]
    (parent,) = route["parentRefs"]
    assert (parent["namespace"], parent["name"], parent["sectionName"]) == ("shop-gateway", "shop-prod", "http")
    assert route["serviceType"] == "ClusterIP"


def test_the_host_is_proven_through_the_ingress() -> None:
    found = made(tls=TLS, way_in=Ingress("traefik", namespace="traefik"))
    (solver,) = found["ClusterIssuer/shop-prod"]["spec"]["acme"]["solvers"]
    assert solver == {"http01": {"ingress": {"ingressClassName": "traefik", "serviceType": "ClusterIP"}}}


def test_only_with_tls() -> None:
    assert made() == {}
