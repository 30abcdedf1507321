"""The edge, which is the one way in from outside, and what Caddy is told there and in the container of each `Site`."""

import json
from collections.abc import Iterator
from typing import Final

from seawall import contract
from seawall.render import caddy, edge
from seawall.render.compose import container
from seawall.render.compose.project import EDGE, Json, Project, published, upstream
from seawall.render.compose.workload import CADDY_FILE
from seawall.render.site_image import CADDY
from seawall.stack import Resources, Site

_LISTENING: Final = "0A"  # a socket's state in /proc/net/tcp, see proc_net(5)


def services(project: Project) -> Iterator[tuple[str, Json]]:
    """The edge, if anything is public."""
    if project.is_public:
        name = project.name(EDGE)
        yield name, _edge(project, name)


def configurations(project: Project) -> Iterator[tuple[str, str]]:
    """What Caddy is told, as JSON, by the name of the container."""
    if project.is_public:
        yield project.name(EDGE), _text(edge.public(project.system, contract.EDGE_PORT, upstream))
    for each in project.workloads:
        if isinstance(each, Site):
            yield each.name, _text(edge.site(each, project.graph, upstream))


def _edge(project: Project, name: str) -> Json:
    resources = Resources()
    return {
        "image": project.public_image(CADDY),
        **container.confined(),
        # The program of this image begs for it and does not start without, though it binds no such port here.
        "cap_add": ["NET_BIND_SERVICE"],
        **container.limits(resources),
        "tmpfs": [container.scratch("/tmp", resources.ephemeral_storage)],  # noqa: S108 - the container's own
        "command": ["caddy", "run", "--config", CADDY_FILE],
        "environment": dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME"), "/tmp"),  # noqa: S108 - the container's own
        "configs": [{"source": name, "target": CADDY_FILE}],
        "ports": [published(name, project.ports[name], contract.EDGE_PORT, everywhere=True)],
        "healthcheck": container.healthcheck(_listens(contract.EDGE_PORT)),
        "stop_grace_period": container.seconds(contract.grace_period(0.0)),
    }


def _listens(port: int) -> tuple[str, ...]:
    """Whether something listens on a port, asked of the kernel: a request to the edge would ask a service behind it."""
    return ("grep", "-qs", f":{port:04X} 0*:0000 {_LISTENING} ", "/proc/net/tcp", "/proc/net/tcp6")


def _text(server: caddy.Server) -> str:
    return json.dumps(caddy.config({"site": server}), indent=1) + "\n"
