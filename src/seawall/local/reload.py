"""Keeps a running system as its files say: what has changed is replaced, the rest goes on."""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from seawall.errors import SeawallError
from seawall.local import edge, ports, process, project, replan
from seawall.local.events import SEAWALL, Applied, Changed, Noticed, NotReplaced, Refused
from seawall.local.plan import EDGE, migration_name, plan
from seawall.local.spec import ExitProbe, PostgresProbe, ProcessSpec
from seawall.local.supervisor import Supervisor
from seawall.local.tender import Prepare
from seawall.local.up import Up
from seawall.local.watch import Scope, Watch
from seawall.stack import Api, Postgres, Site, System, Worker

_RUNS_CODE: Final = (Api, Worker)  # what a change of a Python file replaces; a Program is somebody else's code


class Reloader:
    """Watches the project of a system that is `up`, and carries out each change of its files.

    `describe` loads and validates the stack again. The files are compared with how they are now.
    """

    def __init__(self, up: Up, describe: Callable[[], System], environ: Mapping[str, str]) -> None:
        self._up = up
        self._describe = describe
        self._environ = environ
        self._folder = Path(up.host.folder)
        self._watch = Watch(lambda: scope(self._up))
        self._changed: set[Path] = set()
        self._news = asyncio.Event()
        self._stale: set[str] = set()
        self._supervisor: Supervisor

    async def run(self, supervisor: Supervisor, on_plan: Callable[[Up], None]) -> None:
        """Carry out changes until cancelled; `on_plan` hears of each plan that the system now follows."""
        self._supervisor = supervisor
        looking = asyncio.create_task(self._look())
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                changed, self._changed = self._changed, set()
                await self._carry_out(changed)
                on_plan(self._up)
        finally:
            looking.cancel()

    async def _look(self) -> None:
        while True:
            changed = await self._watch.changes()
            self._changed |= changed
            self._news.set()

    async def _carry_out(self, changed: set[Path]) -> None:
        emit = self._supervisor.emit
        emit(Changed(_shown(changed, self._folder)))
        before, done = self._up, dict[str, str]()
        try:
            wanted = replan.again(self._up, self._describe(), self._environ)
            self._stale |= outdated(changed, wanted)
            await self._follow(wanted, done)
        except SeawallError as error:
            emit(Refused(error.problems))
        except OSError as error:  # the disk is full, or a file is not ours to read
            emit(Noticed(SEAWALL, f"the change is not carried out: {error}"))
        if lines := replan.changes(before, self._up, done):
            emit(Applied(lines))

    async def _follow(self, wanted: Up, done: dict[str, str]) -> None:
        """Databases and their migrations first: if one fails nothing else is touched. What has left goes last."""
        data = [spec for spec in wanted.specs if isinstance(spec.ready, PostgresProbe | ExitProbe)]
        for spec in data:
            await self._bring(spec, done, wanted.preparations.get(spec.name))
        self._up = wanted
        await self._route(done)
        for spec in wanted.specs:
            if spec not in data and spec.name != EDGE and not self._news.is_set():
                await self._bring(spec, done, wanted.preparations.get(spec.name))
        names = [spec.name for spec in wanted.specs]
        for name in [name for name in reversed(list(self._supervisor.specs)) if name not in names]:
            await self._supervisor.remove(name)
            done[name] = "stopped"

    async def _bring(self, spec: ProcessSpec, done: dict[str, str], prepare: Prepare | None) -> None:
        """See that one child runs as it is wanted, and with the code that it has now."""
        supervisor, name = self._supervisor, spec.name
        running = supervisor.specs.get(name)
        is_new = running is None or replan.differs(running, spec)
        if not is_new and name not in self._stale:
            supervisor.adopt(replace(supervisor.specs[name], after=spec.after))
            return
        well = True
        if isinstance(spec.ready, ExitProbe):
            await supervisor.repeat(spec)
            said = "run"
        elif running is None:
            well = await supervisor.start(spec, self._news.wait, prepare)
            said = "started" if well else "started, but not ready"
        else:
            well = await self._replace(spec, prepare)
            said = "replaced" if well else "not replaced"
        if well:
            self._stale.discard(name)
        if is_new:
            done[name] = said

    async def _replace(self, spec: ProcessSpec, prepare: Prepare | None) -> bool:
        """On ports of its own, so that its predecessor can serve meanwhile."""
        spec, up = _moved(spec, self._up)
        if spec.check and not await self._loads(spec):
            return False

        def switch() -> None:
            self._up = up
            if spec.name in up.host.replicas:
                edge.switch(Path(up.host.state), spec.name, up.host.replicas[spec.name])

        return await self._supervisor.replace(spec, switch, self._news.wait, prepare)

    async def _loads(self, spec: ProcessSpec) -> bool:
        """Whether the code of one that runs alone can be loaded: afterwards its predecessor is gone."""
        try:
            answer = await process.run(spec.check, spec.environment, directory=spec.directory)
        except (OSError, TimeoutError) as error:
            answer = process.Answer(1, str(error) or "it takes too long to load")
        if answer.status != 0:
            last_lines = tuple(answer.output.splitlines()[-process.LAST_LINES :])
            self._supervisor.emit(NotReplaced(spec.name, "its code does not load", last_lines))
        return answer.status == 0

    async def _route(self, done: dict[str, str]) -> None:
        """Let the edge follow. Caddy reads its configuration again on SIGUSR1, and keeps the old one if it is wrong."""
        spec = next((spec for spec in self._up.specs if spec.name == EDGE), None)
        if spec is None:
            return
        is_new = edge.write(self._up.system, self._up.host, edge.file(Path(self._up.host.state)))
        if EDGE not in self._supervisor.specs:
            await self._supervisor.start(spec, self._news.wait)
            done[EDGE] = "started"
        elif is_new:
            self._supervisor.adopt(spec)
            self._supervisor.signal(EDGE, signal.SIGUSR1)
            done[EDGE] = "new routes"


def _moved(spec: ProcessSpec, up: Up) -> tuple[ProcessSpec, Up]:
    """A spec on fresh ports of its own, where it has some, and the system with it."""
    own = [name for name in up.host.replicas if name.partition("/")[0] == spec.name]
    if not own:
        return spec, up
    _, fresh = ports.assign((), own)
    host = replace(up.host, replicas={**up.host.replicas, **fresh})
    specs = plan(up.system, host)
    return next(each for each in specs if each.name == spec.name), replace(up, host=host, specs=specs)


def scope(up: Up) -> Scope:
    """The files that matter to a system: Python and SQL in its folder and its sources, and ``.env``."""
    folder = Path(up.host.folder)
    sources = {_within(folder, each.source) for each in up.system.services if isinstance(each, _RUNS_CODE)}
    outside = sorted(source for source in sources if not source.is_relative_to(folder))
    sites = {_within(folder, each.root) for each in up.system.services if isinstance(each, Site)}
    return Scope((folder, *outside), (folder / project.DOTENV, folder / up.file), frozenset(sites))


def outdated(changed: set[Path], up: Up) -> set[str]:
    """The processes for which these files are code, and the migrations of which they are a part.

    The stack file is no service's code; whatever else of a service is not as it should be is seen in its spec.
    """
    folder = Path(up.host.folder)
    code = {path for path in changed if path.suffix == ".py" and path != folder / up.file}
    sql = {path for path in changed if path.suffix == ".sql"}
    found: set[str] = set()
    for service in up.system.services:
        if isinstance(service, _RUNS_CODE) and _any_in(code, _within(folder, service.source)):
            found.add(service.name)
        if isinstance(service, Postgres) and service.migrations and _any_in(sql, _within(folder, service.migrations)):
            found.add(migration_name(service))
    return found


def _shown(paths: set[Path], folder: Path) -> tuple[str, ...]:
    return tuple(sorted(os.path.relpath(path, folder) for path in paths))


def _within(folder: Path, relative: str) -> Path:
    return Path(os.path.normpath(folder / relative))


def _any_in(paths: set[Path], folder: Path) -> bool:
    return any(path.is_relative_to(folder) for path in paths)
