"""A real PostgreSQL for the tests: one throw-away cluster a session, one new database a test."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seawall import contract
from seawall.local import account, installation
from seawall.local.cluster import own

GUARDED = "guarded"  # the one role that needs its password
# SEAWALL_TEST_POSTGRES=15, with its `postgres` first on PATH, runs the tests on that major version.
PROGRAMS = installation.find(int(os.environ.get("SEAWALL_TEST_POSTGRES", contract.POSTGRES_DEFAULT))).folder


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
        self._runs_as = account.choose(PROGRAMS / "postgres", folder)
        self._prefix = self._runs_as.prefix
        self._data.mkdir(mode=0o700)
        self.give(self._data)
        user = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        initdb = [*self._prefix, str(PROGRAMS / "initdb"), "-D", str(self._data), *user]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL)
        logins = self._data / "pg_hba.conf"
        logins.write_text(f"host all {GUARDED} all scram-sha-256\n{logins.read_text()}")

    def give(self, folder: Path) -> None:
        """Let the server write in `folder`."""
        own(folder, self._runs_as.uid, self._runs_as.gid)

    def start(self) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
        }
        flags = [flag for name, value in options.items() for flag in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            command = [*self._prefix, str(PROGRAMS / "postgres"), "-D", str(self._data), *flags]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._wait(self._process)

    @property
    def pid(self) -> int:
        """Of the process that started, or of the one around it that gives it its user."""
        assert self._process is not None
        return self._process.pid

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """SIGTERM waits for the clients, SIGINT ends them (fast), SIGQUIT ends without a word (immediate)."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None

    def _wait(self, server: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + 30
        ready = [str(PROGRAMS / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
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
