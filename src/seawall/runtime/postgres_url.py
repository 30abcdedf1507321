"""Postgres URLs: where one leads, made of its parts, and text in which no password is left.

The forms are libpq's (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS): several
hosts, hosts or passwords in the query string, Unix sockets. `parse` never shows the URL: it may be anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from seawall import contract
from seawall.errors import Problem, SeawallError

SCHEMES: Final = ("postgresql", "postgres")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads, without the login: fit to be shown. `hosts` is ``host:port``, with commas where several."""

    hosts: str
    database: str

    def __str__(self) -> str:
        return f"{self.hosts}/{self.database}" if self.database else self.hosts


def parse(url: str, variable: str = contract.DATABASE_URL) -> Target:
    """Where `url` leads.

    Raises:
        SeawallError: SW501, with the name of the `variable` and without its value.
    """
    try:
        return _parse(url)
    except ValueError:
        raise SeawallError(problem(variable)) from None  # the cause would show the URL


def problem(variable: str) -> Problem:
    """What a person is told of a `variable` that holds no Postgres URL."""
    return Problem(
        "SW501",
        f"{variable} is not a Postgres URL (value hidden)",
        wanted="postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with special characters as %XX",
    )


def from_parts(parts: Mapping[str, str]) -> str:
    """The URL of a login given as `contract.POSTGRES_PARTS`; user, password and database are percent-encoded.

    A host that begins with ``/`` is the folder of a Unix socket.
    """
    user, password, database, host, port = (parts.get(name, "") for name in contract.POSTGRES_PARTS)
    port = port or str(contract.POSTGRES_PORT)
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    path = quote(database, safe="")
    if host.startswith("/"):
        return f"postgresql://{login}@/{path}?host={quote(host, safe='')}&port={port}"
    return f"postgresql://{login}@{f'[{host}]' if ':' in host else host}:{port}/{path}"


def password(url: str) -> str | None:
    """The password in `url`, decoded; None where there is none or the URL cannot be read."""
    try:
        split = urlsplit(url)
        query = parse_qs(split.query)
    except ValueError:
        return None
    login, _, _ = split.netloc.rpartition("@")
    _, _, written = login.partition(":")
    return unquote(written) or query.get("password", [""])[-1] or None


def _parse(url: str) -> Target:
    split = urlsplit(url)
    login, _, written = split.netloc.rpartition("@")
    # What a login holds of "@", "/", "?" or "#" must be written as %XX: else its rest is taken for a host, and shown.
    unquoted = "@" in login + split.path or split.fragment
    if split.scheme not in SCHEMES or unquoted or re.search(r"[\s\x00-\x1f]", url):
        raise ValueError
    query = parse_qs(split.query, strict_parsing=True) if split.query else {}
    hosts = (written or query.get("host", ["localhost"])[-1]).split(",")
    ports = query.get("port", [str(contract.POSTGRES_PORT)])[-1].split(",")
    database = unquote(split.path[1:]) or query.get("dbname", query.get("database", [""]))[-1]
    entries = [_with_port(unquote(host), ports[min(index, len(ports) - 1)]) for index, host in enumerate(hosts)]
    return Target(",".join(entries), database)


def _with_port(host: str, port: str) -> str:
    """``host:port`` of one entry of a list of hosts; a port of its own wins over `port`."""
    name, separator, own = host.rpartition(":")
    if not separator or host.endswith("]"):
        name, own = host, port
    if not own.isdecimal() or not name:
        raise ValueError
    return f"{name}:{own}"
