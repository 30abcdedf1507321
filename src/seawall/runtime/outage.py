"""Why the database cannot be used now: one word and one line for every error that says so.

An error of the statement itself (a constraint, a wrong name) is not an outage. Codes: PostgreSQL, appendix A
(https://www.postgresql.org/docs/current/errcodes-appendix.html).
"""

import errno
import socket
import ssl
from dataclasses import dataclass
from typing import Final, Literal

import asyncpg

from seawall.errors import Problem, SeawallError

Kind = Literal[
    "dns", "refused", "timeout", "authentication", "tls", "no database", "unreachable", "lost", "starting", "full",
    "busy", "read-only", "disk full", "too old", "closed", "pooler",
]  # fmt: skip

# What a call may raise that says, or may say, that there is no connection; see `outage_of`.
OF_THE_DRIVER: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

# Codes first, then classes: the first two characters.
_SQLSTATES: Final[dict[str, tuple[Kind, str]]] = {
    "28000": ("authentication", "the server does not let this user in"),
    "28P01": ("authentication", "wrong user or password"),
    "3D000": ("no database", "there is no database of that name"),
    "57P01": ("lost", "the server is shutting down"),
    "57P02": ("lost", "the server crashed"),
    "57P03": ("starting", "the server is starting or stopping"),
    "57P05": ("lost", "the server closed an idle connection"),
    "53300": ("full", "the server has no connection left"),
    "53100": ("disk full", "disk full (53100)"),
    "25006": ("read-only", "primary is read-only (25006)"),
    "08": ("lost", "the connection was lost"),
}


@dataclass(frozen=True, slots=True)
class Outage:
    """`kind` is for programs, `text` for people; neither holds anything of a login."""

    kind: Kind
    text: str


class DatabaseUnavailable(SeawallError):  # noqa: N818 - it names a state that callers handle
    """The database cannot be used now: SW502, or SW503 where the server is too old. An API answers 503."""

    def __init__(self, problem: Problem, kind: Kind) -> None:
        super().__init__(problem)
        self.kind: Kind = kind


def outage_of(error: BaseException) -> Outage | None:
    """The outage that `error` stands for; None where it is an error of the statement or of something else."""
    if isinstance(error, DatabaseUnavailable):
        return Outage(error.kind, error.problems[0].message)
    if isinstance(error, asyncpg.PostgresError):
        code = error.sqlstate or ""
        found = _SQLSTATES.get(code) or _SQLSTATES.get(code[:2])
        return Outage(*found) if found else None
    if isinstance(error, asyncpg.InterfaceError):
        # asyncpg has no class or code for a call on a connection that is gone; other misuse of its API is a bug.
        return Outage("closed", "the connection is closed") if "clos" in str(error) else None
    if isinstance(error, asyncpg.InternalClientError):
        # So asyncpg says that the server ended the connection just as a statement was on its way.
        return Outage("lost", "the connection was lost") if "cannot switch to state" in str(error) else None
    return _of_network(error) if isinstance(error, OSError) else None


def _of_network(error: OSError) -> Outage:
    """TimeoutError and SSLError are kinds of OSError; asyncio joins the errors of several addresses in one text."""
    text = str(error)
    outage = Outage("unreachable", error.strerror or "unreachable")
    if isinstance(error, TimeoutError):
        outage = Outage("timeout", "no answer in time")
    elif isinstance(error, socket.gaierror):
        outage = Outage("dns", "the name is not known")
    elif isinstance(error, ssl.SSLError) or "SSL" in text or "TLS" in text:
        outage = Outage("tls", f"TLS failed: {getattr(error, 'reason', None) or 'the server does not take it'}")
    elif isinstance(error, ConnectionRefusedError) or f"[Errno {errno.ECONNREFUSED}]" in text:
        outage = Outage("refused", "refused")
    elif isinstance(error, FileNotFoundError):
        outage = Outage("refused", "no such socket")
    elif isinstance(error, ConnectionError):
        outage = Outage("lost", "the connection was lost")
    return outage
