"""An embedded PostgreSQL server: its data folder, made in a moment, and the command line that runs it."""

import asyncio
import os
import secrets
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import quote

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.local import account, cluster, installation, procfs
from seawall.local.account import WAYS, Account, Way
from seawall.local.cluster import SUPERUSER, Login
from seawall.local.disk import writing

MAX_CONNECTIONS: Final = 200
_HOST: Final = "127.0.0.1"
_PATIENCE_SECONDS: Final = 3.0  # for a server whose supervisor was killed a moment ago
_POLL_SECONDS: Final = 0.05
_SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": _HOST,
    "unix_socket_directories": "",
    "max_connections": str(MAX_CONNECTIONS),
    "log_checkpoints": "off",
    "log_line_prefix": "",  # who shows the line says when it came
}


class EmbeddedPostgres:
    """One server on one data folder, for one database that belongs to the role `SUPERUSER`.

    `version` is the major one. Without a `password`, one is made and kept beside the data folder, for its owner alone.
    `cache` holds the templates (by default in the user's cache folder). `ways` are the ways to run it as root, by
    preference. Nothing is written before `prepare`.

    Raises:
        SeawallError: SW308, that version of PostgreSQL is not on this machine.
    """

    def __init__(  # noqa: PLR0913  # what one server is; all but the first three have a value that fits nearly always
        self,
        *,
        data: Path,
        port: int,
        database: str,
        version: int = contract.POSTGRES_DEFAULT,
        password: str | None = None,
        cache: Path | None = None,
        ways: Sequence[Way] = WAYS,
    ) -> None:
        self._data = data.resolve()
        self._port = port
        self._installation = installation.find(version)
        self._password_file = self._data.with_name(f"{data.name}.password")
        self._login = Login(database, password or _kept(self._password_file) or secrets.token_urlsafe(24))
        self._cache = cache or user_cache()
        self._ways = ways

    @property
    def url(self) -> str:
        """The database's URL, with its password."""
        password, database = quote(self._login.password, safe=""), quote(self._login.database, safe="")
        return f"postgresql://{SUPERUSER}:{password}@{_HOST}:{self._port}/{database}"

    def command(self) -> tuple[str, ...]:
        """The command line of the server in the foreground. SIGINT is its fast shutdown.

        Raises:
            SeawallError: SW308, it refuses to run as root, and nobody else can run it here.
        """
        settings = {**_SETTINGS, "port": str(self._port)}
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return (*self._account.prefix, str(self._program), "-D", str(self._data), *flags)

    async def prepare(self) -> None:
        """Make the data folder if it is not there, and see that the server can start on it. Nothing in it is deleted.

        Raises:
            SeawallError: SW308, it cannot be used as it is; SW306, another server runs on it; SW318, the disk is full.
        """
        with writing(self._data.parent):
            await self._prepare()

    async def _prepare(self) -> None:
        self._data.parent.mkdir(parents=True, exist_ok=True)
        self._keep_password()
        if not cluster.has_content(self._data):
            await cluster.create(self._data, await self._template(), self._installation, self._account, self._login)
            return
        self._check_version()
        await self._until_free()
        self._check_owner()
        await cluster.set_login(self._data, self._installation, self._account, self._login)

    @property
    def _program(self) -> Path:
        return self._installation.folder / "postgres"

    @cached_property
    def _account(self) -> Account:
        owner = None
        if cluster.has_content(self._data):
            status = self._data.stat()
            owner = status.st_uid, status.st_gid
        return account.choose(self._program, self._data.parent, owner, self._ways)

    async def _template(self) -> Path:
        maker = account.choose(self._program, self._cache, ways=self._ways)
        return await cluster.template(self._cache, self._installation, maker)

    def _keep_password(self) -> None:
        if _kept(self._password_file) == self._login.password:
            return
        descriptor = os.open(self._password_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{self._login.password}\n")

    def _check_version(self) -> None:
        aside = f"mv {self._data} {self._data}.old"
        marker = self._data / "PG_VERSION"
        if not marker.is_file():
            raise SeawallError(Problem("SW308", f"{self._data} is not a data folder of PostgreSQL", fix=aside))
        made_by = marker.read_text().strip()
        if made_by != str(self._installation.major):
            message = f"{self._data} was made by PostgreSQL {made_by}, and {self._installation.version} cannot read it"
            fix = f"write version={made_by} in stack.py, or start with an empty database: {aside}"
            raise SeawallError(Problem("SW308", message, fix=fix))

    async def _until_free(self) -> None:
        """See that no server runs on the folder, and that a file left by a killed one does not stop the next."""
        lock_file = self._data / "postmaster.pid"
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _PATIENCE_SECONDS
        while lock_file.exists() and (here := procfs.working_in(str(self._data))):
            if loop.time() > deadline:
                message = f"PostgreSQL already runs on {self._data}, as process {here[0]}"
                raise SeawallError(Problem("SW306", message, fix=f"kill -INT {here[0]}"))
            await asyncio.sleep(_POLL_SECONDS)
        # The server itself sees that the process of the file is gone, but not that its id is somebody else's by now.
        if procfs.available():
            lock_file.unlink(missing_ok=True)

    def _check_owner(self) -> None:
        owner = self._data.stat().st_uid
        if owner == self._account.uid:
            return
        if os.geteuid() != 0:
            message = f"{self._data} belongs to the user with the id {owner}, and PostgreSQL runs only on its own data"
            raise SeawallError(Problem("SW308", message, fix=f"sudo chown -R {os.geteuid()} {self._data}"))
        cluster.own(self._data, self._account.uid, self._account.gid)


def _kept(password_file: Path) -> str:
    return password_file.read_text().strip() if password_file.is_file() else ""


def user_cache() -> Path:
    """The XDG Base Directory Specification's; a path that is not absolute is to be ignored."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "seawall"
