"""A whole system on this machine: everything is checked and chosen first, then one supervisor runs it."""

import asyncio
import os
from collections.abc import Callable, Collection, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from seawall.errors import Problem, UsageError, raise_all
from seawall.local import container, edge, elsewhere, ports, preflight, procfs, project
from seawall.local.disk import writing
from seawall.local.events import Event, Noticed
from seawall.local.journal import Journal, journal
from seawall.local.lock import lock, refuse_second
from seawall.local.plan import EDGE, Database, Host, listeners, plan, replica_names, runs_in_container
from seawall.local.postgres import EmbeddedPostgres
from seawall.local.recovery import Recovery
from seawall.local.spec import ExitProbe, ProcessSpec
from seawall.local.state import ChildState, State
from seawall.local.supervisor import Supervisor
from seawall.local.tender import Prepare
from seawall.stack import Postgres, Program, System

STATE: Final = ".seawall"  # beside stack.py; everything that `up` writes
Beside = Callable[[Supervisor, Callable[["Up"], None]], Coroutine[object, object, None]]
PATIENCE_SECONDS: Final = 8.0  # from Ctrl-C until we lose patience ourselves: all is down within 10


@dataclass(frozen=True, slots=True)
class Up:
    """A system that is ready to run here: `host` says with which ports, `specs` with which processes.

    `databases` run here, `remotes` elsewhere. `chosen` are the ports that a person typed, by the listener's name;
    `file` is the stack file in the host's folder.
    """

    system: System
    host: Host
    specs: tuple[ProcessSpec, ...]
    databases: Mapping[str, EmbeddedPostgres]
    remotes: Mapping[str, elsewhere.Remote]
    chosen: Mapping[str, int]
    file: str

    @property
    def urls(self) -> dict[str, str]:
        """What a person may open: the stack itself first, then each service at its own port.

        Where a service has the stack's name, the stack itself is called `edge`.
        """
        ports = self.host.ports
        services = [service.name for service in self.system.services if not isinstance(service, Postgres)]
        name = self.system.stack.name
        stack = {EDGE if name in services else name: f"http://localhost:{ports[EDGE]}"} if EDGE in ports else {}
        return {**stack, **{name: f"http://localhost:{ports[name]}" for name in services}}

    def state(self) -> State:
        """What other commands may know of it before anything has started."""
        since = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        ports = self.host.ports
        return State(
            pid=os.getpid(),
            start=procfs.start_time(os.getpid()),
            stack=self.system.stack.name,
            environment=self.system.environment.name,
            file=self.file,
            urls=self.urls,
            ports=ports,
            replicas=self.host.replicas,
            children={
                spec.name: ChildState(
                    "starting", since, port=ports.get(spec.name), once=isinstance(spec.ready, ExitProbe)
                )
                for spec in self.specs
            },
        )

    @property
    def preparations(self) -> dict[str, Prepare]:
        """What is done before each start of a child, by its name."""
        images = {each.name: each.image for each in self.system.services if isinstance(each, Program) and each.image}
        return {
            **{name: database.prepare for name, database in self.databases.items()},
            **{spec.name: container.preparation(spec, images[spec.name]) for spec in self.specs if spec.cleanup},
        }

    async def run(
        self,
        stop: asyncio.Event,
        listen: Callable[[Event], None],
        hurry: asyncio.Event,
        beside: Beside | None = None,
    ) -> None:
        """Run the system until `stop` is set and everything is down; `listen` is called with each event.

        `hurry` shortens the wait for services that take their time to stop: it is for the second Ctrl-C. After
        `PATIENCE_SECONDS` of stopping nobody needs to ask for it: services that wait for each other add up. `beside` is
        given the supervisor, and whom to tell of a new plan; it runs as long as the system does.

        Raises:
            SeawallError: SW306 if it runs already, SW502 or SW503 for a database elsewhere that cannot be used, and
                what a supervisor raises.
        """
        await elsewhere.check(self.remotes)  # before anything is written
        state = make_folder(Path(self.host.folder))
        with lock(state), journal(state, self.state(), listen) as note:
            for name, remote in self.remotes.items():
                note(Noticed(name, str(remote)))
            with writing(state):
                edge.write(self.system, self.host, edge.file(state))
            supervisor = Supervisor(self.specs, listen=Recovery(self.databases, note), prepare=self.preparations)
            impatience = asyncio.create_task(_impatience(stop, hurry, supervisor.hurry))
            helper = asyncio.create_task(_help(beside, supervisor, note, stop))
            try:
                await supervisor.run(stop)
            finally:
                impatience.cancel()
                helper.cancel()
                with suppress(asyncio.CancelledError):
                    await helper


async def _help(beside: Beside | None, supervisor: Supervisor, note: Journal, stop: asyncio.Event) -> None:
    try:
        if beside is not None:
            await beside(supervisor, lambda up: note.replan(up.state()))
        await stop.wait()
    finally:
        stop.set()  # if it fails, everything stops, and `Up.run` raises what it raised


async def _impatience(stop: asyncio.Event, hurry: asyncio.Event, act: Callable[[], None]) -> None:
    await stop.wait()
    with suppress(TimeoutError):
        await asyncio.wait_for(hurry.wait(), PATIENCE_SECONDS)
    act()


def prepare(system: System, file: Path, environ: Mapping[str, str], chosen: Mapping[str, int]) -> Up:
    """Check everything that can be checked and choose ports; nothing is started and nothing is written.

    `file` is the stack file; `environ` are this shell's variables; `chosen` are ports that a person typed, by the
    listener's name.

    Raises:
        SeawallError: SW306 if it runs already; SW001 for a port of a database that runs elsewhere; folders, commands,
            secrets or ports that are not to be had, each kind all at once.
    """
    folder = file.parent
    refuse_second(folder / STATE)  # before its ports are found taken, by itself
    raise_all(preflight.missing(system, folder))
    project.secrets(system, folder, environ)  # those that are missing come before the ports that are taken
    remotes = elsewhere.remotes(system, folder, environ)
    if idle := [_idle_port(name, chosen[name], remotes[name]) for name in chosen if name in remotes]:
        raise UsageError(*idle)
    wanted = listeners(system, chosen, remotes)
    given, replicas = ports.assign(wanted, replica_names(system))
    return planned(system, file, environ, given, replicas, chosen=chosen)


def _idle_port(name: str, port: int, remote: elsewhere.Remote) -> Problem:
    message = f"--port {name}={port}: {name} runs elsewhere, at the URL in {remote.variable}"
    return Problem("SW001", message, fix=f"unset {remote.variable}")


def planned(  # noqa: PLR0913  # what a plan depends on, each of its own kind
    system: System,
    file: Path,
    environ: Mapping[str, str],
    given: Mapping[str, int],
    replicas: Mapping[str, int],
    *,
    chosen: Mapping[str, int],
) -> Up:
    """The system on ports that are known: just found free, or those on which it is up. Nothing is started or written.

    Raises:
        SeawallError: secrets, an interpreter or a PostgreSQL that are not to be had.
    """
    folder = file.parent
    databases = {
        each.name: EmbeddedPostgres(
            data=folder / STATE / "postgres" / each.name,
            port=given[each.name],
            database=system.stack.name.replace("-", "_"),
            version=each.version,
        )
        for each in system.services
        if isinstance(each, Postgres) and each.name in given
    }
    remotes = _elsewhere(system, folder, environ, databases)
    host = Host(
        folder=str(folder),
        state=str(folder / STATE),
        python=project.interpreter(folder, environ),
        release=project.release(folder),
        inherited=project.inherited(environ),
        secrets=project.secrets(system, folder, environ),
        ports=given,
        replicas=replicas,
        databases={
            **{name: Database(each.command(), each.url) for name, each in databases.items()},
            **{name: Database((), remote.url) for name, remote in remotes.items()},
        },
        edge_argv=edge.argv(edge.file(folder / STATE)),
        engine=container.find(environ) if any(map(runs_in_container, system.services)) else None,
        telemetry=project.telemetry(system, folder, environ),
    )
    return Up(system, host, plan(system, host), databases, remotes, chosen, file.name)


def _elsewhere(
    system: System, folder: Path, environ: Mapping[str, str], here: Collection[str]
) -> dict[str, elsewhere.Remote]:
    """The databases that have no port here: their URLs were given when the ports were found, and must be given now."""
    names = [each.name for each in system.services if isinstance(each, Postgres) and each.name not in here]
    remotes = elsewhere.remotes(system, folder, environ)
    raise_all(
        Problem("SW304", f"{name} runs elsewhere, and its URL is not set in this shell", fix="export DATABASE_URL=...")
        for name in names
        if name not in remotes
    )
    return {name: remotes[name] for name in names}


def make_folder(folder: Path) -> Path:
    """The folder of everything that `up` writes, beside the stack file; made if it is not there.

    Raises:
        SeawallError: SW318, it cannot be.
    """
    state = folder / STATE
    with writing(state):
        state.mkdir(mode=0o700, exist_ok=True)
        (state / ".gitignore").write_text("*\n")  # it keeps itself out of git
    return state
