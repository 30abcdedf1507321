"""For the tests of a project: a PostgreSQL of their own. Needs the extra `local`."""

import asyncio
import socket
import tempfile
import uuid
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from signal import SIGINT
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.local import probes, process, reaper
from seawall.local.postgres import EmbeddedPostgres
from seawall.local.spec import PostgresProbe
from seawall.runtime import migrator
from seawall.runtime.database import close_all

_START_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.02


@contextmanager
def postgres(*, migrations: str | None = None, version: int = contract.POSTGRES_DEFAULT) -> Generator[str]:
    """Run a PostgreSQL server as long as the context lasts; yields the URL of its empty database.

    With `migrations`, a folder (relative to the current one), that database has its tables and those of the job
    engine. Nothing is left afterwards, also if this process is killed, but for files in the folder for temporary ones.

    Raises:
        SeawallError: SW308, PostgreSQL is not here or does not start; what a migration raises.
    """
    with tempfile.TemporaryDirectory(prefix="seawall-") as name, reaper.running() as watchdog:
        folder = Path(name)
        server = EmbeddedPostgres(data=folder / "data", port=_free_port(), database="test", version=version)
        asyncio.run(server.prepare())
        # Its data are thrown away: they need not survive a loss of power.
        running = process.background((*server.command(), "-F"), folder / "log")
        watchdog.add(running.pid, SIGINT)
        try:
            try:
                asyncio.run(_until_ready(server.url))
            except TimeoutError:
                raise _did_not_start(folder / "log") from None
            if migrations is not None:
                asyncio.run(migrator.apply(server.url, [contract.JOBS_MIGRATIONS, migrations]))
            yield server.url
        finally:
            running.send_signal(SIGINT)  # fast shutdown: sessions end
            running.wait()
            watchdog.remove(running.pid)


@asynccontextmanager
async def copy(url: str) -> AsyncGenerator[str]:
    """A new database with all that is in the one behind `url`, for one test; yields its URL, and drops it at the end.

    Nobody may be connected to the one behind `url`, as nobody is after `postgres`. The connections that the test's
    code has opened through Seawall in this event loop are closed first.
    """
    original = urlsplit(url)
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(original._replace(path="/postgres").geturl())
    try:
        await admin.execute(f'create database "{name}" template "{original.path[1:]}"')
        try:
            yield original._replace(path=f"/{name}").geturl()
        finally:
            await close_all()
            await admin.execute(f'drop database "{name}" with (force)')
    finally:
        await admin.close()


async def _until_ready(url: str) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while await probes.ask(PostgresProbe(url)) is not None:  # noqa: ASYNC110  # it is another process
            await asyncio.sleep(_POLL_SECONDS)


def _did_not_start(log: Path) -> SeawallError:
    last = log.read_text(errors="replace").strip().rpartition("\n")[2]
    return SeawallError(Problem("SW308", "PostgreSQL did not start", saw=last))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
