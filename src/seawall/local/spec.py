"""What the supervisor runs, as values: `seawall.local.plan` makes them, `seawall.local.supervisor` carries them out."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """Ready, or alive, when a GET of `path` on `port` of 127.0.0.1 answers 2xx."""

    port: int
    path: str


@dataclass(frozen=True, slots=True)
class TcpProbe:
    """Ready when `port` of 127.0.0.1 accepts a connection."""

    port: int


@dataclass(frozen=True, slots=True)
class PostgresProbe:
    """Ready when the server behind `url` answers a query; the URL holds a password, so it is never shown."""

    url: str


@dataclass(frozen=True, slots=True)
class ExitProbe:
    """Ready when the process has ended with status 0: it is a task, such as a migration, and runs once."""


Probe = HttpProbe | TcpProbe | PostgresProbe | ExitProbe


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One child of the supervisor.

    `environment` is complete: nothing is inherited. `after` names the children that must be ready before it starts.
    `live` is asked while it runs; three failures in a row restart it. `grace` is the seconds from `stop_signal` to
    SIGKILL. `user` runs it as somebody who is not root, where it refuses to be (PostgreSQL).
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    directory: str
    ready: Probe
    after: tuple[str, ...] = ()
    live: HttpProbe | None = None
    grace: float = 10.0
    stop_signal: str = "SIGTERM"
