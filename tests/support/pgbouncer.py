"""PgBouncer in transaction mode before a server, as many have it."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from seawall.local import account
from seawall.local.cluster import own
from tests.support.cluster import free_port

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
needed = pytest.mark.skipif(PROGRAM is None, reason="there is no PgBouncer on this machine")


@contextmanager
def pgbouncer(folder: Path, url: str) -> Iterator[str]:
    """Run one before the server of `url` until the block ends; yields the URL of the same database behind it."""
    assert PROGRAM is not None
    target, port = urlsplit(url), free_port()
    runs_as = account.choose(Path(PROGRAM), folder)
    users, config = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text('"postgres" ""\n')
    config.write_text(
        f"[databases]\n* = host=127.0.0.1 port={target.port}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\npool_mode = transaction\n"
        f"auth_type = trust\nauth_file = {users}\ndefault_pool_size = 4\n"
    )
    for path in (folder, users, config):
        own(path, runs_as.uid, runs_as.gid)
    process = subprocess.Popen([*runs_as.prefix, PROGRAM, "-q", str(config)], stderr=subprocess.DEVNULL)
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}{target.path}"
    finally:
        process.terminate()
        process.wait(20)


async def serves(url: str, within: float = 20.0) -> None:
    """Wait until it accepts clients."""
    deadline = time.monotonic() + within
    while True:
        try:
            connection = await asyncpg.connect(url, statement_cache_size=0)
        except (OSError, asyncpg.PostgresError):
            if time.monotonic() > deadline:
                raise
        else:
            await connection.close()
            return
