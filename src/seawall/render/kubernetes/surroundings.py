"""What Kubernetes decides of the variables of an environment: where services and databases are, and behind how much."""

from functools import partial

from seawall import contract
from seawall.render.kubernetes import names, service
from seawall.render.kubernetes.scope import Scope
from seawall.render.variables import Surroundings
from seawall.stack import Api, Site


def around(scope: Scope) -> Surroundings:
    """The surroundings of every workload of an environment."""
    hops = partial(_hops, scope)
    return Surroundings(scope.system, scope.graph, service.address, names.database_host, hops, _collector(scope))


def _collector(scope: Scope) -> str:
    monitoring = scope.environment.monitoring
    if monitoring is None or not monitoring.traces:
        return ""
    return f"http://{monitoring.collector}.{monitoring.namespace}:{contract.OTLP_PORT}"


def _hops(scope: Scope, api: Api) -> int:
    """One, whichever way a request comes: by the way in, which leads past a Site, or by a Site alone."""
    by_way_in = scope.system.way_in is not None and api in scope.system.public
    sites = (each for each in scope.workloads if isinstance(each, Site))
    return int(by_way_in or (api.path is not None and any(api in scope.graph.uses(site) for site in sites)))
