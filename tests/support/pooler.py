"""A real PgBouncer in transaction mode, in front of a server."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from seawall.local import account
from tests.support.cluster import free_port

# Since 1.21 it follows prepared statements from one connection to another; before, a pool of one has them all.
SETTINGS = """[databases]
* = host=127.0.0.1 port={server} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 1
ignore_startup_parameters = {ignored}
"""
IGNORED = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


@contextmanager
def pooler(folder: Path, url: str, ignored: tuple[str, ...] = IGNORED) -> Iterator[str]:
    """Run it in front of the server of a database; yields the database's URL through it."""
    program = shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    if program is None:
        pytest.skip("PgBouncer is not installed: apt-get install pgbouncer")
    direct, port = urlsplit(url), free_port()
    settings = folder / "pgbouncer.ini"
    settings.write_text(SETTINGS.format(server=direct.port, port=port, ignored=", ".join(ignored)))
    prefix = account.choose(Path(program), folder).prefix  # as PostgreSQL, it refuses to be root
    with (folder / "pgbouncer.log").open("wb") as log:
        running = subprocess.Popen([*prefix, program, str(settings)], stdout=log, stderr=log)
    try:
        _wait(port, running, folder / "pgbouncer.log")
        yield f"postgresql://postgres@127.0.0.1:{port}{direct.path}"
    finally:
        running.kill()
        running.wait()


def _wait(port: int, running: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        assert running.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
