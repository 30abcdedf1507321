"""Running an `EmbeddedPostgres` for one block, as the supervisor would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from seawall.local import probes, process
from seawall.local.postgres import EmbeddedPostgres
from seawall.local.process import Child
from seawall.local.spec import PostgresProbe, ProcessSpec
from tests.support.registry import FakeRegistry


@asynccontextmanager
async def serving(server: EmbeddedPostgres) -> AsyncIterator[Child]:
    """Prepare and start the server; it is stopped by SIGINT at the end of the block."""
    await server.prepare()
    spec = ProcessSpec("db", server.command(), {}, "/", PostgresProbe(server.url), stop_signal="SIGINT")
    child = process.spawn(spec, FakeRegistry())
    ended = asyncio.create_task(child.wait())
    try:
        await child.listen(lambda _stream, _line: None)
        async with asyncio.timeout(60):
            while await probes.ask(spec.ready) is not None:
                assert not ended.done(), child.last_lines
                await asyncio.sleep(0.02)
        yield child
    finally:
        await child.stop()
        await ended
