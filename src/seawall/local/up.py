"""A whole system on this machine: everything is checked and chosen first, then one supervisor runs it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seawall.errors import raise_all
from seawall.local import edge, ports, preflight, project
from seawall.local.events import Event
from seawall.local.lock import lock, refuse_second
from seawall.local.plan import Database, Host, listeners, plan, replica_names
from seawall.local.postgres import EmbeddedPostgres
from seawall.local.spec import ProcessSpec
from seawall.local.supervisor import Supervisor
from seawall.stack import Postgres, System

STATE: Final = ".seawall"  # beside stack.py; everything that `up` writes
PATIENCE_SECONDS: Final = 8.0  # from Ctrl-C until we lose patience ourselves: all is down within 10


@dataclass(frozen=True, slots=True)
class Up:
    """A system that is ready to run here: `host` says with which ports, `specs` with which processes.

    `chosen` are the ports that a person typed, by the listener's name.
    """

    system: System
    host: Host
    specs: tuple[ProcessSpec, ...]
    databases: Mapping[str, EmbeddedPostgres]
    chosen: Mapping[str, int]

    async def run(self, stop: asyncio.Event, listen: Callable[[Event], None], hurry: asyncio.Event) -> None:
        """Run the system until `stop` is set and everything is down; `listen` is called with each event.

        `hurry` shortens the wait for services that take their time to stop: it is for the second Ctrl-C. After
        `PATIENCE_SECONDS` of stopping nobody needs to ask for it: services that wait for each other add up.

        Raises:
            SeawallError: SW306 if it runs already, and what a supervisor raises.
        """
        state = _state(Path(self.host.folder))
        with lock(state):
            edge.write(self.system, self.host, _edge_file(state))
            prepare = {name: database.prepare for name, database in self.databases.items()}
            supervisor = Supervisor(self.specs, listen=listen, prepare=prepare)
            impatience = asyncio.create_task(_impatience(stop, hurry, supervisor.hurry))
            try:
                await supervisor.run(stop)
            finally:
                impatience.cancel()


async def _impatience(stop: asyncio.Event, hurry: asyncio.Event, act: Callable[[], None]) -> None:
    await stop.wait()
    with suppress(TimeoutError):
        await asyncio.wait_for(hurry.wait(), PATIENCE_SECONDS)
    act()


def prepare(system: System, folder: Path, environ: Mapping[str, str], chosen: Mapping[str, int]) -> Up:
    """Check everything that can be checked and choose ports; nothing is started and nothing is written.

    `folder` holds ``stack.py``; `environ` are this shell's variables; `chosen` are ports that a person typed, by the
    listener's name.

    Raises:
        SeawallError: SW306 if it runs already; folders, commands, secrets or ports that are not to be had, each kind
            all at once.
    """
    refuse_second(folder / STATE)  # before its ports are found taken, by itself
    raise_all(preflight.missing(system, folder))
    secrets = project.secrets(system, folder, environ)
    given, replicas = ports.assign(listeners(system, chosen), replica_names(system))
    databases = {
        each.name: EmbeddedPostgres(
            data=folder / STATE / "postgres" / each.name,
            port=given[each.name],
            database=system.stack.name.replace("-", "_"),
            version=each.version,
        )
        for each in system.services
        if isinstance(each, Postgres)
    }
    host = Host(
        folder=str(folder),
        state=str(folder / STATE),
        python=project.interpreter(folder, environ),
        release=project.release(folder),
        inherited=project.inherited(environ),
        secrets=secrets,
        ports=given,
        replicas=replicas,
        databases={name: Database(each.command(), each.url) for name, each in databases.items()},
        edge_argv=edge.argv(_edge_file(folder / STATE)),
    )
    return Up(system, host, plan(system, host), databases, chosen)


def _state(folder: Path) -> Path:
    state = folder / STATE
    state.mkdir(mode=0o700, exist_ok=True)
    (state / ".gitignore").write_text("*\n")  # it keeps itself out of git
    return state


def _edge_file(state: Path) -> Path:
    return state / "caddy.json"
