"""Is this machine fit to run the stack? Each question is one check, and asking changes nothing."""

import os
import resource
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import seawall
from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.local import account, edge, installation, ports, process, project
from seawall.local.plan import listeners
from seawall.local.postgres import user_cache
from seawall.local.state import State
from seawall.stack import Postgres, System

_MIB: Final = 1024 * 1024
_LITTLE_DISK: Final = 1024 * _MIB
_NO_DISK: Final = 200 * _MIB  # a template and a copy of it are 80
_FEW_FILES: Final = 1024  # PostgreSQL alone may want as many for 200 connections
# What each setting must be, and how bad it is if it is not: PostgreSQL's own manual, chapter "Reliability".
_DURABLE: Final[Mapping[str, Literal["warning", "error"]]] = {
    "fsync": "error",
    "full_page_writes": "error",
    "synchronous_commit": "warning",
    "data_checksums": "warning",
}

Status = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Check:
    """One answer; `fix` is what to do about it, empty where nothing is to be done."""

    name: str
    status: Status
    detail: str
    fix: str = ""


def machine(folder: Path, version: int = contract.POSTGRES_DEFAULT) -> Iterator[Check]:
    """What does not depend on the stack but for PostgreSQL's major `version`; `folder` holds ``stack.py``."""
    yield Check("python", "ok", f"{sys.version.split()[0]}, {sys.executable}")
    yield Check("seawall", "ok", seawall.__version__)
    yield from _postgresql(folder, version)
    yield _caddy()
    yield _disk("disk of .seawall", folder)
    yield _disk("disk of the cache", user_cache())
    yield _open_files()


def project_of(folder: Path, environ: Mapping[str, str]) -> Iterator[Check]:
    """The project's own interpreter."""
    try:
        yield Check("interpreter", "ok", project.interpreter(folder, environ))
    except SeawallError as error:
        yield _failed("interpreter", error.problems[0])


def ports_of(system: System, state: State | None, elsewhere: Collection[str] = ()) -> Iterator[Check]:
    """Whether each port of the stack is free; `state` is that of the stack, if it is up.

    The databases in `elsewhere` need none.
    """
    ours = state.ports if state is not None else dict[str, int]()
    wanted = listeners(system, {}, elsewhere)
    found = ports.look(want for want in wanted if want.name not in ours)
    for want in wanted:
        name = f"port of {want.name}"
        match found.get(want.name):
            case None:
                yield Check(name, "ok", f"{ours[want.name]}, held by this stack")
            case Problem() as problem:
                yield _failed(name, problem)
            case given:
                taken = ", free" if given == want.port else " is taken; a free one will do"
                yield Check(name, "ok", f"{want.port}{taken}")


async def database(name: str, url: str) -> Check:
    """Whether a running database keeps what it has confirmed, also through a loss of power."""
    import asyncpg  # noqa: PLC0415  # it takes a while, and most often nothing is up

    try:
        connection = await asyncpg.connect(url, timeout=contract.DATABASE_CONNECT_SECONDS)
        try:
            rows = await connection.fetch("select name, setting from pg_settings where name = any($1)", list(_DURABLE))
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError) as error:
        return Check(f"database {name}", "error", f"cannot be asked: {error}", f"seawall logs {name}")
    settings = {str(row["name"]): str(row["setting"]) for row in rows}
    wrong = [setting for setting in _DURABLE if settings.get(setting) == "off"]
    worst: Status = "error" if any(_DURABLE[setting] == "error" for setting in wrong) else "warning"
    shown = ", ".join(f"{setting} {settings.get(setting, 'unknown')}" for setting in _DURABLE)
    fix = "; ".join(f"alter system set {setting} = on" for setting in wrong)
    return Check(f"database {name}", worst if wrong else "ok", shown, fix)


def versions(system: System) -> set[int]:
    """The major versions of PostgreSQL that a stack asks for."""
    return {each.version for each in system.services if isinstance(each, Postgres)}


def _postgresql(folder: Path, version: int) -> Iterator[Check]:
    try:
        found = installation.find(version)
    except SeawallError as error:
        yield _failed("postgresql", error.problems[0])
        return
    yield Check("postgresql", "ok", f"{found.version}, {found.folder}")
    if os.geteuid() == 0:
        yield _as_root(found.folder / "postgres", folder)


def _as_root(program: Path, folder: Path) -> Check:
    name = "postgresql as root"
    try:
        account.choose(program, folder, ways=("namespace",))
    except SeawallError:
        pass
    else:
        return Check(name, "ok", "in a user namespace")
    try:
        account.choose(program, folder, ways=("user",))
    except SeawallError as error:
        return _failed(name, error.problems[0])
    return Check(
        name, "warning", "user namespaces are not allowed; it runs as a system user", "run as an ordinary user"
    )


def _caddy() -> Check:
    try:
        program = edge.argv(Path("caddy.json"))[0]
    except SeawallError as error:
        return _failed("caddy", error.problems[0])
    answer = process.ask((program, "version"), {"PATH": os.defpath, "HOME": os.devnull})
    version = (answer.output.split() or ["unknown"])[0]
    if answer.status != 0:
        return Check("caddy", "error", f"{program} does not run", "pip install 'seawall[local]'")
    return Check("caddy", "ok", f"{version}, {program}")


def _disk(name: str, path: Path) -> Check:
    there = next(each for each in (path, *path.parents) if each.exists())
    free = shutil.disk_usage(there).free
    status: Status = "error" if free < _NO_DISK else "warning" if free < _LITTLE_DISK else "ok"
    return Check(name, status, f"{free // _MIB} MiB free at {there}", "" if status == "ok" else "make room")


def _open_files() -> Check:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = soft != resource.RLIM_INFINITY and soft < _FEW_FILES
    shown = "no limit" if soft == resource.RLIM_INFINITY else str(soft)
    return Check("open files", "warning" if few else "ok", shown, "ulimit -n 4096" if few else "")


def _failed(name: str, problem: Problem) -> Check:
    saw = f" (saw {problem.saw})" if problem.saw else ""
    return Check(name, "error", f"{problem.message}{saw}", problem.fix or problem.wanted)
