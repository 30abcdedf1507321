"""The Ingress of an environment that asks for one instead of a Gateway, without annotations of any controller."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import names, service, way_in
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Api, Ingress, Program, Site

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import HTTPIngressPath, IngressSpec, ServiceSpec

_HTTP: Final = "http"
_DISCARD: Final = (9, 11)  # where no service listens (RFC 863, RFC 866); the second for one that does


def objects(scope: Scope) -> Iterator[Object]:
    """One Ingress for all public services, and the Service without a listener to which closed paths lead."""
    if not isinstance(scope.system.way_in, Ingress):
        return
    spec: IngressSpec = {
        "ingressClassName": way_in.class_name(scope.system),
        "rules": [{"host": way_in.host(scope.system), "http": {"paths": list(_paths(scope))}}],
    }
    if scope.environment.tls:
        spec["tls"] = [{"hosts": [way_in.host(scope.system)], "secretName": names.certificate(scope.system)}]
    name = given(scope.stack.name, scope.stack, "name")
    yield made("networking.k8s.io/v1", "Ingress", scope.metadata(name), {"spec": spec})
    for each in scope.system.public:
        if way_in.closed(each):
            yield _closed(scope, each)


def closed_port(workload: Api | Site | Program) -> int:
    """The port of a pod on which nothing listens: a connection there is refused at once."""
    used = {workload.port, workload.metrics_port if isinstance(workload, Api) else 0}
    port = next(port for port in _DISCARD if port not in used)
    return because(port, "nothing listens there: a closed path is refused, which an Ingress cannot say otherwise")


def _paths(scope: Scope) -> "Iterator[HTTPIngressPath]":
    """The longest first, as a reader looks for them; the order decides nothing."""
    found: dict[str, HTTPIngressPath] = {}
    for each in scope.system.public:
        for path in way_in.closed(each):
            why = "the contract keeps it from the public"
            found[path] = _path(because(path, why), names.closed(each), _HTTP)
        found[str(each.path)] = _path(
            given(str(each.path), each, "path"), names.service_name(each), service.port_name(each)
        )
    return (found[path] for path in sorted(found, key=lambda path: (-len(path), path)))


def _path(path: str, name: str, port: str) -> "HTTPIngressPath":
    return {
        "path": path,
        "pathType": because("Prefix", "whole segments: /api and /api/..., not /apix"),
        "backend": {"service": {"name": name, "port": {"name": because(port, "the Service's port by its name")}}},
    }


def _closed(scope: Scope, workload: Api | Site | Program) -> Object:
    spec: ServiceSpec = {
        "type": because("ClusterIP", "only the Ingress refers to it"),
        "selector": scope.selector(workload),
        "ports": [
            {
                "name": because(_HTTP, "what is spoken there"),
                "port": because(80, "what the Ingress asks for, by its name"),
                "targetPort": closed_port(workload),
                "protocol": because("TCP", "what HTTP runs on"),
            }
        ],
    }
    # Not labelled as the workload's: whoever looks for its Service by labels, as Prometheus does, finds one.
    return made("v1", "Service", scope.metadata(names.closed(workload)), {"spec": spec})
