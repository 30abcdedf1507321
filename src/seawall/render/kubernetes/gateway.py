"""The Gateway of each environment that has a public address, in a namespace of its own, and its redirect to https."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import names, namespace, way_in
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Platform
from seawall.render.reason import because, given
from seawall.stack import Gateway, System

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import (
        GatewaySpec,
        GatewaySpecListeners,
        GatewaySpecListenersAllowedRoutesNamespaces,
        GatewaySpecListenersTlsCertificateRefs,
        HTTPRouteSpec,
        HTTPRouteSpecParentRefs,
    )

API: Final = "gateway.networking.k8s.io"
VERSION: Final = f"{API}/v1"
HTTP: Final = "http"
HTTPS: Final = "https"
# Fields that a server would fill in are written, so that what runs does not differ from what is rendered.
DEFAULT: Final = "the default, written so that the cluster's object does not differ from this one"
_PORTS: Final = {HTTP: 80, HTTPS: 443}
# Some classes run their gateways beside the Gateway, and not all of those keep the strictest level (Istio's do not).
_ENFORCED: Final = "baseline"
_KEPT: Final = "a listener's routes come from one namespace only: no other can take its host"


def objects(platform: Platform) -> Iterator[Object]:
    """The namespace, and for each environment a Gateway; with a certificate also the redirect of http to https."""
    systems = [system for system in platform.systems if isinstance(system.way_in, Gateway)]
    if systems:
        name, labels = names.gateway_namespace(platform.stack), platform.labels()
        yield made("v1", "Namespace", {"name": name, "labels": {**labels, **namespace.levels(_ENFORCED)}}, {})
    for system in systems:
        yield _gateway(platform, system)
        if system.environment.tls:
            yield _redirect(platform, system)


def section(system: System) -> str:
    """The listener through which an environment's requests come, by its plain name."""
    return HTTPS if system.environment.tls else HTTP


def parent(system: System, section: str) -> "HTTPRouteSpecParentRefs":
    """A reference to one listener of an environment's Gateway."""
    return {
        "group": because(API, DEFAULT),
        "kind": because("Gateway", DEFAULT),
        "name": names.gateway(system),
        "namespace": names.gateway_namespace(system.stack),
        "sectionName": because(section, "the listener with TLS" if section == HTTPS else "the listener of plain http"),
    }


def _gateway(platform: Platform, system: System) -> Object:
    sections = (HTTP, HTTPS) if system.environment.tls else (HTTP,)
    spec: GatewaySpec = {
        "gatewayClassName": way_in.class_name(system),
        "listeners": [_listener(system, each) for each in sections],
    }
    namespace = names.gateway_namespace(platform.stack)
    metadata = platform.metadata(names.gateway(system), system.environment, namespace)
    return made(VERSION, "Gateway", metadata, {"spec": spec})


def _listener(system: System, name: str) -> "GatewaySpecListeners":
    found: GatewaySpecListeners = {
        "name": because(name, "what it speaks; routes ask for it by this name"),
        "hostname": way_in.host(system),
        "port": because(_PORTS[name], f"the port of {name} (RFC 9110, 4.2)"),
        "protocol": because(name.upper(), "with TLS" if name == HTTPS else "without TLS"),
        "allowedRoutes": {"namespaces": _allowed(system, name)},
    }
    if name == HTTPS:
        reference: GatewaySpecListenersTlsCertificateRefs = {
            "group": because("", DEFAULT),
            "kind": because("Secret", DEFAULT),
            "name": names.certificate(system),
        }
        mode = because("Terminate", "TLS ends at the gateway: it routes by path")
        found["tls"] = {"mode": mode, "certificateRefs": [reference]}
    return found


def _allowed(system: System, name: str) -> "GatewaySpecListenersAllowedRoutesNamespaces":
    if name != section(system):
        why = (
            "beside the Gateway lie the redirect to https and cert-manager's answers, and nothing else uses plain http"
        )
        return {"from": because("Same", why)}
    environment = {"kubernetes.io/metadata.name": given(system.namespace, system.environment, "namespace", _KEPT)}
    return {"from": because("Selector", _KEPT), "selector": {"matchLabels": environment}}


def _redirect(platform: Platform, system: System) -> Object:
    """All of http goes to https, but for cert-manager's answers, whose paths are longer."""
    why = "what comes without TLS is sent to the same place with it, for good"
    spec: HTTPRouteSpec = {
        "parentRefs": [parent(system, HTTP)],
        "hostnames": [way_in.host(system)],
        "rules": because(
            [
                {
                    "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                    "filters": [
                        {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}},
                    ],
                }
            ],
            why,
        ),
    }
    namespace = names.gateway_namespace(platform.stack)
    metadata = platform.metadata(names.redirect(system), system.environment, namespace)
    return made(VERSION, "HTTPRoute", metadata, {"spec": spec})
