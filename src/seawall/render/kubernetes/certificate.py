"""The Certificate of an environment's host: beside its Gateway, or in its own namespace for an Ingress."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from seawall.render.kubernetes import names, way_in
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Platform, Scope
from seawall.render.reason import because
from seawall.stack import Gateway, Ingress, System

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import CertificateSpec, ObjectMeta


def of_gateways(platform: Platform) -> Iterator[Object]:
    """Those that Gateways use."""
    for system in platform.systems:
        if system.environment.tls and isinstance(system.way_in, Gateway):
            namespace = names.gateway_namespace(platform.stack)
            yield _made(system, platform.metadata(names.certificate(system), system.environment, namespace))


def objects(scope: Scope) -> Iterator[Object]:
    """The one that an Ingress uses."""
    if scope.environment.tls and isinstance(scope.system.way_in, Ingress):
        yield _made(scope.system, scope.metadata(names.certificate(scope.system)))


def _made(system: System, metadata: "ObjectMeta") -> Object:
    group = "cert-manager.io"
    why = "the issuer of the whole cluster for this environment"
    spec: CertificateSpec = {
        "secretName": names.certificate(system),
        "dnsNames": [way_in.host(system)],
        "issuerRef": {
            "group": because(group, why),
            "kind": because("ClusterIssuer", why),
            "name": names.issuer(system),
        },
        "privateKey": {
            "algorithm": because("ECDSA", "as strong as RSA 3072, and its handshakes cost less"),
            "size": because(256, "P-256, which every client knows"),
            "rotationPolicy": because("Always", "each renewal has a new key: one that leaked is of no use for long"),
        },
    }
    return made(f"{group}/v1", "Certificate", metadata, {"spec": spec})
