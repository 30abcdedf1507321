"""What the supervisor runs, as values: `seawall.local.plan` makes them, `seawall.local.supervisor` carries them out."""

from collections.abc import Mapping
from dataclasses import dataclass

from seawall.errors import Place


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener named `name` asks for `port` of this machine; `place` is where the stack says so.

    With `insist`, a port that another program holds is an error; without, a free one is taken instead. `chosen` says
    that a person typed the port on the command line: then it is never replaced by another.
    """

    name: str
    port: int
    place: Place | None = None
    insist: bool = True
    chosen: bool = False


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
    SIGKILL. Of an `alone` one there are never two: it is stopped before its successor starts, and before that `check`
    is run, where there is one; it exits 0 if the successor's code loads. `cleanup` is run when it has ended: it
    removes what it leaves if it was killed.
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
    alone: bool = False
    check: tuple[str, ...] = ()
    cleanup: tuple[str, ...] = ()
