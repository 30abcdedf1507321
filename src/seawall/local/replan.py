"""A system that is up, planned again after its description or its secrets have changed. What it has, it keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from seawall import contract
from seawall.errors import raise_all
from seawall.local import elsewhere, ports, preflight, project
from seawall.local.plan import EDGE, LOOPBACK, listeners, replica_names
from seawall.local.spec import Listener, ProcessSpec
from seawall.local.up import Up, planned
from seawall.stack import Api, Postgres, Site, System, Worker


def again(up: Up, system: System, environ: Mapping[str, str]) -> Up:
    """The same stack as it is described now: each service on the ports that it has, where it still asks for them.

    Raises:
        SeawallError: as `seawall.local.up.prepare`; nothing was started, stopped or written.
    """
    folder = Path(up.host.folder)
    raise_all(preflight.missing(system, folder))
    project.secrets(system, folder, environ)
    remotes = elsewhere.remotes(system, folder, environ)
    listening = listeners(system, up.chosen, remotes)
    given = _kept(up, listening)
    held = {port for name, port in up.host.ports.items() if name in given}
    leaving = _leaving(up, given)
    wanted: list[Listener] = []
    for want in listening:
        if want.name in given:
            continue
        if want.port in leaving:
            leaving.remove(want.port)
            given[want.name] = want.port
        else:
            # Another service of this stack has that port: a free one is taken, as at the start.
            wanted.append(replace(want, insist=want.insist and want.port not in held | set(given.values())))
    names = replica_names(system)
    assigned, fresh = ports.assign(wanted, [name for name in names if name not in up.host.replicas])
    replicas = {name: up.host.replicas.get(name) or fresh[name] for name in names}
    ordered = {want.name: {**given, **assigned}[want.name] for want in listening}
    return planned(system, folder / up.file, environ, ordered, replicas, chosen=up.chosen)


def _kept(up: Up, listening: Iterable[Listener]) -> dict[str, int]:
    """The ports of the listeners that ask for what they asked for before."""
    before = {want.name: want.port for want in listeners(up.system, up.chosen, up.remotes)}
    return {want.name: up.host.ports[want.name] for want in listening if before.get(want.name) == want.port}


def _leaving(up: Up, given: Mapping[str, int]) -> set[int]:
    """The ports that the edge gives up as it reads its new configuration: free for another of its listeners."""
    edges = {EDGE, *(each.name for each in up.system.services if isinstance(each, Api | Worker | Site))}
    return {port for name, port in up.host.ports.items() if name in edges and name not in given}


def differs(running: ProcessSpec, wanted: ProcessSpec) -> bool:
    """Whether a process must be replaced to be as it is wanted: what it waits for, and the commit, is no reason."""
    return _essence(running) != _essence(wanted)


def _essence(spec: ProcessSpec) -> ProcessSpec:
    environment = {name: value for name, value in spec.environment.items() if name != contract.RELEASE}
    return replace(spec, environment=environment, after=())


def changes(before: Up, now: Up, done: Mapping[str, str]) -> tuple[str, ...]:
    """A line for each service that is not as it was; `done` says what happened to its process, by name."""
    names = list(dict.fromkeys([*_names(now), *_names(before), *done]))
    return tuple(f"{name}: {', '.join(said)}" for name in names if (said := _said(name, before, now, done)))


def _said(name: str, before: Up, now: Up, done: Mapping[str, str]) -> list[str]:
    old, new = before.host.ports.get(name), now.host.ports.get(name)
    said = [f"port {old} -> {new}"] if old and new and old != new else []
    if name in done:
        return [*said, done[name]]
    if name in _names(now) and name not in _names(before):
        return [f"served on {LOOPBACK}:{new}"]
    return ["no longer served"] if name in _names(before) and name not in _names(now) else said


def _names(up: Up) -> list[str]:
    return [each.name for each in up.system.services if not isinstance(each, Postgres)]
