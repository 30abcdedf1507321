"""The database whose jobs `seawall jobs` is about: that of the shell's variables, else that of the running stack."""

import argparse
import os
from collections.abc import Callable, Coroutine
from typing import Any

from seawall import contract
from seawall.errors import Problem, SeawallError, UsageError
from seawall.jobs import Jobs
from seawall.jobs.connections import behind, is_behind
from seawall.jobs.store import StoreUnavailable
from seawall.jobs.stores.postgres import PostgresStore
from seawall.runtime.database import Database, DatabaseUnavailable
from seawall.runtime.secrets import load_secrets


async def using(
    arguments: argparse.Namespace, work: Callable[[Jobs, argparse.Namespace], Coroutine[Any, Any, int]]
) -> int:
    """Let `work` have the jobs of that database; returns what it returns.

    Raises:
        SeawallError: SW404 or SW312 where there is no database to be found, SW502 where it cannot be used, SW509 where
            it knows no jobs.
    """
    variable = contract.database_url_variable(arguments.database)
    database = Database(_url(arguments, variable), limit=1, name="seawall jobs", variable=variable)
    try:
        return await work(Jobs(store=PostgresStore(lambda: database)), arguments)
    except StoreUnavailable as error:
        cause = error.__cause__
        if isinstance(cause, DatabaseUnavailable):
            raise cause from None
        if isinstance(cause, Exception) and is_behind(cause):
            raise behind() from cause
        raise SeawallError(Problem("SW502", f"{database.target} cannot be used: {error}")) from cause
    finally:
        await database.close()


def _url(arguments: argparse.Namespace, variable: str) -> str:
    load_secrets(os.environ)
    return os.environ.get(variable, "").strip() or _of_the_stack(arguments, variable)


def _of_the_stack(arguments: argparse.Namespace, variable: str) -> str:
    from seawall.cli import extras  # noqa: PLC0415  # who names a database needs no stack
    from seawall.cli.joined import joined  # noqa: PLC0415
    from seawall.cli.options import running  # noqa: PLC0415

    try:
        running(arguments.file)
    except UsageError as error:
        if arguments.file is not None:
            raise
        message = f"{variable} is not set, and there is no stack.py here"
        fix = f"{variable}=postgresql://USER:PASSWORD@HOST/DATABASE seawall jobs {arguments.action}"
        raise SeawallError(Problem("SW404", message, fix=fix)) from error
    extras.require("local", "jobs")
    databases = joined(arguments.file).up.host.databases
    names = list(databases)
    chosen: str = arguments.database or (names[0] if len(names) == 1 else "")
    if chosen in databases:
        return databases[chosen].url
    if not names:
        raise SeawallError(Problem("SW404", "the stack has no Postgres", fix=f"set {variable}"))
    message = f"no Postgres {chosen!r} in the stack" if chosen else "the stack has several Postgres"
    fix = f"seawall jobs {arguments.action} --database {names[0]}"
    raise UsageError(Problem("SW001", message, wanted=f"one of {', '.join(names)}", fix=fix))
