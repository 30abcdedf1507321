"""An HTTPRoute for each public service: the paths of the public address that lead to it, through the Gateway."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from seawall import contract
from seawall.render.kubernetes import gateway, names, service, way_in
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Api, Gateway, Program, Site

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import HTTPRouteSpec, HTTPRouteSpecRules, HTTPRouteSpecRulesMatches

_MARGIN = 5  # seconds: the application ends a slow request itself, with an answer that says so


def objects(scope: Scope) -> Iterator[Object]:
    """One for each service with a path; of all of them, whatever their order, the longest path wins."""
    if not isinstance(scope.system.way_in, Gateway):
        return
    for each in scope.system.public:
        spec: HTTPRouteSpec = {
            "parentRefs": [gateway.parent(scope.system, gateway.section(scope.system))],
            "hostnames": [way_in.host(scope.system)],
            "rules": [*_closed(each), _rule(each)],
        }
        yield made(gateway.VERSION, "HTTPRoute", scope.metadata(names.own(each), each), {"spec": spec})


def _closed(workload: Api | Site | Program) -> "Iterator[HTTPRouteSpecRules]":
    """Longer than ``/``, and without a backend: the gateway itself answers, with an error."""
    paths = way_in.closed(workload)
    if paths:
        why = "the contract keeps it from the public: a rule without a backend forwards nothing"
        yield {"matches": [_match(because(path, why)) for path in paths]}


def _rule(workload: Api | Site | Program) -> "HTTPRouteSpecRules":
    number = given(service.port(workload), workload, "port" if isinstance(workload, Program) else "service_port")
    return {
        "matches": [_match(given(str(workload.path), workload, "path"))],
        "backendRefs": [
            {
                "group": because("", gateway.DEFAULT),
                "kind": because("Service", gateway.DEFAULT),
                "name": names.service_name(workload),
                "port": number,
                "weight": because(1, gateway.DEFAULT),
            }
        ],
        "timeouts": {"request": _timeout(workload)},
    }


def _match(path: str) -> "HTTPRouteSpecRulesMatches":
    kind = because("PathPrefix", "whole segments: /api and /api/..., not /apix")
    return {"path": {"type": kind, "value": path}}


def _timeout(workload: Api | Site | Program) -> str:
    if isinstance(workload, Api):
        why = f"request_timeout and {_MARGIN} s: the service answers a slow request itself, and before the gateway"
        return given(duration(workload.request_timeout + _MARGIN), workload, "request_timeout", why)
    return because(duration(contract.REQUEST_TIMEOUT_SECONDS), "what an Api may take unless it says otherwise")


def duration(seconds: float) -> str:
    """Seconds as the Gateway API writes them: whole numbers of at most five digits (GEP-2257)."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole}s{thousandths}ms" if thousandths else f"{whole}s"
