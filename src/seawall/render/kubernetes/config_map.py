"""A workload's configuration: immutable ConfigMaps whose names change with what they hold.

So an edit rolls the pods, and a rollback finds what the pods of the release before had.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final

from seawall.render import caddy, edge, variables
from seawall.render.kubernetes import service
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.kubernetes.surroundings import around
from seawall.render.reason import because, given, plain
from seawall.stack import Site
from seawall.stack.services import Workload

CADDY_FILE: Final = "caddy.json"
_DIGITS: Final = 10  # of a hash: enough to tell the configurations of a service apart


def objects(scope: Scope) -> Iterator[Object]:
    """For each workload its variables, and for each Site the configuration of its server."""
    for workload in scope.workloads:
        yield _map(scope, workload, variables_name(scope, workload), variables.configuration(workload, around(scope)))
        if isinstance(workload, Site):
            yield _map(scope, workload, caddy_name(scope, workload), _caddy(scope, workload))


def variables_name(scope: Scope, workload: Workload) -> str:
    """The name of the ConfigMap with a workload's variables."""
    return _hashed(workload, "config", variables.configuration(workload, around(scope)))


def caddy_name(scope: Scope, site: Site) -> str:
    """The name of the ConfigMap with the configuration of a site's server."""
    return _hashed(site, "caddy", _caddy(scope, site))


def digits(data: Mapping[str, str]) -> str:
    """What the name of a ConfigMap that holds `data` ends in."""
    return sha256(json.dumps(plain(data), sort_keys=True).encode()).hexdigest()[:_DIGITS]


def _map(scope: Scope, workload: Workload, name: str, data: Mapping[str, str]) -> Object:
    immutable = because(value=True, why="the pods of a release keep what they started with; a change is another object")
    return made("v1", "ConfigMap", scope.metadata(name, workload), {"data": data, "immutable": immutable})


def _hashed(workload: Workload, what: str, data: Mapping[str, str]) -> str:
    why = f"the service's name, -{what}- and a hash of what it holds: a change rolls the pods"
    return given(f"{workload.name}-{what}-{digits(data)}", workload, "name", why)


def _caddy(scope: Scope, site: Site) -> dict[str, str]:
    server = edge.site(site, scope.graph, lambda used: service.address(used).removeprefix("http://"))
    # Trivy takes "microphone=" for somebody's phone number (KSV-01010); JSON's escape says the same to Caddy.
    text = json.dumps(caddy.config({"site": server}), indent=1).replace("phone=", "phone\\u003d") + "\n"
    return {CADDY_FILE: given(text, site, "uses", "its files, and below the paths of what it uses a proxy to that")}
