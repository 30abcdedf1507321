"""Making a PostgreSQL data folder (a "database cluster"): once as a template, then as copies of it."""

import asyncio
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seawall.errors import Problem, SeawallError
from seawall.local import process
from seawall.local.account import Account
from seawall.local.installation import Installation

SUPERUSER: Final = "postgres"  # not "seawall": a role finds the tables in the schema of its own name first
ENVIRONMENT: Final = {"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}
_RECIPE: Final = 2  # counts the changes of what `_initdb` does: a template of another recipe is not used
_BUILTIN_LOCALES: Final = 17  # the major version from which on PostgreSQL sorts without the system's library
_FAILED: Final = re.compile(r"(?!42P04)\w{5} (?:ERROR|FATAL|PANIC):.*")  # 42P04: the database exists
_NO_ROLE: Final = "42704"
_MARK: Final = "seawall.login"  # in the data folder: for which login it was prepared
_POLL_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Login:
    """The database and the superuser's password that a data folder is to have."""

    database: str
    password: str

    def statements(self) -> str:
        """One SQL statement a line, as single-user mode reads them.

        Raises:
            ValueError: a name or password with a control character, which would end the line.
        """
        if not (self.database + self.password).isprintable():
            raise ValueError("a database's name and password are printable")
        database, password = self.database.replace('"', '""'), self.password.replace("'", "''")
        return f"alter role {SUPERUSER} password '{password}'\ncreate database \"{database}\"\n"

    def mark(self) -> str:
        """A digest: it tells whether a data folder knows this login, without telling the password."""
        return hashlib.sha256(f"{SUPERUSER}\0{self.database}\0{self.password}".encode()).hexdigest()


async def template(cache: Path, installation: Installation, account: Account) -> Path:
    """The template of an installation in the user's `cache` folder; it is made by the first who asks.

    Raises:
        SeawallError: SW308, initdb failed.
    """

    async def build(folder: Path, lock: int) -> None:
        own(_new(folder), account.uid, account.gid)
        await _initdb(folder, installation, account, lock)
        own(folder, os.geteuid(), os.getegid())

    target = cache / f"postgres-{installation.version}-{_RECIPE}"
    await _make(target, build)
    return target


async def create(data: Path, source: Path, installation: Installation, account: Account, login: Login) -> None:
    """Make the data folder as a copy of the template `source`, with its login; it appears complete or not at all.

    Raises:
        SeawallError: SW308, the server's single-user mode failed.
    """

    async def build(folder: Path, lock: int) -> None:
        await asyncio.to_thread(shutil.copytree, source, folder)
        own(folder, account.uid, account.gid)
        await set_login(
            folder, installation, account, login, "-F", lock=lock
        )  # not flushed to disk: nothing is in it yet

    await _make(data, build)


async def set_login(
    data: Path, installation: Installation, account: Account, login: Login, *options: str, lock: int = -1
) -> None:
    """Give a data folder on which no server runs its password and database, if it does not have them.

    `options` go to the server; `lock` is what `process.run` takes.

    Raises:
        SeawallError: SW308, the server's single-user mode failed.
    """
    mark = data / _MARK
    if mark.exists() and mark.read_text() == login.mark():
        return
    settings = {"log_line_prefix": "%e ", "log_min_error_statement": "panic", "log_statement": "none"}  # hides SQL
    flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    argv = (str(installation.folder / "postgres"), "--single", *options, "-D", str(data), *flags, "postgres")
    answer = await process.run((*account.prefix, *argv), ENVIRONMENT, login.statements(), lock)
    failure = _FAILED.search(answer.output)
    if answer.status != 0 or failure:
        line = failure[0] if failure else None
        fix = f"start with an empty database: mv {data} {data}.old" if line and line.startswith(_NO_ROLE) else ""
        raise SeawallError(_failed(f"the data folder {data} cannot be prepared", answer, line, fix))
    mark.write_text(login.mark())
    own(mark, account.uid, account.gid)


def has_content(folder: Path) -> bool:
    """Whether the folder exists and is not empty."""
    return folder.is_dir() and any(folder.iterdir())


def own(path: Path, uid: int, gid: int) -> None:
    """Give a folder and all in it, or a file, to a user, where it is not his."""
    for entry in (path, *path.rglob("*")):
        there = entry.lstat()
        if (there.st_uid, there.st_gid) != (uid, gid):
            os.chown(entry, uid, gid, follow_symlinks=False)


def _new(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


async def _initdb(folder: Path, installation: Installation, account: Account, lock: int) -> None:
    # Sorts and upper-cases alike on every machine where PostgreSQL can do that by itself.
    builtin = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    locale = builtin if installation.major >= _BUILTIN_LOCALES else ()
    argv = (
        *account.prefix,
        str(installation.folder / "initdb"),
        f"--pgdata={folder}",
        f"--username={SUPERUSER}",
        "--auth-host=scram-sha-256",
        "--auth-local=reject",
        "--encoding=UTF8",
        "--locale=C",
        *locale,
        "--no-sync",
    )
    answer = await process.run(argv, ENVIRONMENT, lock=lock)
    if answer.status != 0:
        raise SeawallError(_failed("initdb failed", answer, None))


def _failed(message: str, answer: process.Answer, line: str | None, fix: str = "") -> Problem:
    return Problem("SW308", message, saw=line or answer.output.strip().rpartition("\n")[2], fix=fix)


async def _make(target: Path, build: Callable[[Path, int], Awaitable[None]]) -> None:
    """Make a folder once, in a sibling that gets its name when it is complete; whoever comes second waits for it.

    `build` gets the sibling's path and the descriptor of the lock, for the commands that write there.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    async with _locked(target.with_name(f".{target.name}.lock")) as lock:
        if has_content(target):
            return
        partial = target.with_name(f".{target.name}.partial")
        if partial.exists():  # somebody was killed while making it
            await asyncio.to_thread(shutil.rmtree, partial)
        await build(partial, lock)
        partial.rename(target)


@asynccontextmanager
async def _locked(path: Path) -> AsyncGenerator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(_POLL_SECONDS)
        yield descriptor
    finally:
        os.close(descriptor)
