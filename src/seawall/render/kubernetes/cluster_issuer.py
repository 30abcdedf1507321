"""The ClusterIssuer of each environment that has certificates from Let's Encrypt."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import gateway, names, way_in
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Platform
from seawall.render.reason import because, given
from seawall.stack import Gateway, LetsEncrypt, System

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import ClusterIssuerSpec, ClusterIssuerSpecAcmeSolversHttp01

# https://letsencrypt.org/docs/acme-protocol-updates/, https://letsencrypt.org/docs/staging-environment/
_PRODUCTION: Final = "https://acme-v02.api.letsencrypt.org/directory"
_STAGING: Final = "https://acme-staging-v02.api.letsencrypt.org/directory"


def objects(platform: Platform) -> Iterator[Object]:
    """One for each environment with a certificate: each has its own account, contact and directory."""
    for system in platform.systems:
        if system.environment.tls and system.way_in:
            yield _issuer(platform, system, system.environment.tls)


def _issuer(platform: Platform, system: System, tls: LetsEncrypt) -> Object:
    server = _STAGING if tls.staging else _PRODUCTION
    why = "certificates that browsers reject, under limits that allow trials" if tls.staging else "what browsers trust"
    spec: ClusterIssuerSpec = {
        "acme": {
            "email": given(tls.email, tls, "email"),
            "server": given(server, tls, "staging", why),
            "privateKeySecretRef": {"name": names.account_key(system)},
            "solvers": [{"http01": _solver(system)}],
        }
    }
    metadata = platform.metadata(names.issuer(system), system.environment)
    return made("cert-manager.io/v1", "ClusterIssuer", metadata, {"spec": spec})


def _solver(system: System) -> "ClusterIssuerSpecAcmeSolversHttp01":
    """How the host is proven: by an answer on port 80 through the same way in as all requests (RFC 8555, 8.3)."""
    kind = because("ClusterIP", "only the way in reaches cert-manager's answer; its default opens a port on every node")
    if isinstance(system.way_in, Gateway):
        return {"gatewayHTTPRoute": {"parentRefs": [gateway.parent(system, gateway.HTTP)], "serviceType": kind}}
    return {"ingress": {"ingressClassName": way_in.class_name(system), "serviceType": kind}}
