"""The container of PostgreSQL, out of the public image: of a database that serves, and of a throw-away one.

https://github.com/docker-library/docs/tree/master/postgres
"""

from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.render.kubernetes import capacity, container, security
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because
from seawall.stack import Postgres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seawall.render.kubernetes.types import Container, ContainerPort, EnvVar, Probe, Volume, VolumeMount

HOME: Final = "/var/lib/postgresql"
# Not below a folder of the version: with another version's image the server must refuse, and not begin with nothing.
# Not /data either: the images up to 17 declare that a volume of its own, and its content would end with the pod.
DATA: Final = f"{HOME}/pgdata"
PORT: Final = "postgresql"
LOOPBACK: Final = "127.0.0.1"
_SOCKETS: Final = "/var/run/postgresql"
_SHARED: Final = "/dev/shm"  # noqa: S108 - the container's own
_START_FAILURES: Final = 150
_TIMEOUT: Final = 5
_WRITABLE: Final = "the server writes there, and the image is read-only"


def of(
    scope: Scope, service: Postgres, environment: "Sequence[EnvVar]", volume: str, asked: "Container"
) -> "Container":
    """A server with these variables, on this volume; `asked` is its own name, arguments, ports and probes."""
    data = because(DATA, "one folder for every version: another version's server refuses it rather than begin anew")
    home = because(HOME, "where the image expects its volume, from version 18 on")
    return {
        **container.started(service),
        "env": [{"name": because("PGDATA", "where the server keeps its data"), "value": data}, *environment],
        "resources": capacity.requirements(scope, service),
        **asked,
        "securityContext": security.container(),
        "volumeMounts": [{"name": volume, "mountPath": home}, *_mounts()],
    }


def ports() -> "list[ContainerPort]":
    """Where it listens."""
    why = "where PostgreSQL listens"
    number = because(contract.POSTGRES_PORT, why)
    return [{"name": because(PORT, why), "containerPort": number, "protocol": because("TCP", why)}]


def alive(user: str, database: str) -> "Probe":
    """It answers, if only that it is not ready: while it replays its log after a crash, nobody may stop it."""
    why = "exit status 1 is a server that replays its log: to stop it then would only make it begin again"
    return {"exec": {"command": because(["sh", "-c", f"{_asked(user, database)} || test $? -eq 1"], why)}}


def ready(user: str, database: str) -> "Probe":
    """It takes connections over TCP, which it does not while the image's entrypoint prepares it."""
    why = "it takes connections, and over TCP: while it is being made it only listens on its socket"
    return {"exec": {"command": because(["sh", "-c", _asked(user, database)], why)}}


def startup(probe: "Probe") -> "Probe":
    """Often, until it has started."""
    return {
        **probe,
        "periodSeconds": because(contract.STARTUP_PERIOD, "asked often: what waits for it starts soon"),
        "failureThreshold": because(_START_FAILURES, "times 2 s: five minutes to make the files of a new database"),
        "timeoutSeconds": because(_TIMEOUT, "a process is started for each question"),
    }


def periodic(probe: "Probe", period: int, why: str) -> "Probe":
    """Every `period` seconds from then on."""
    return {
        **probe,
        "periodSeconds": because(period, why),
        "failureThreshold": because(contract.PROBE_FAILURES, "one lost answer decides nothing"),
        "timeoutSeconds": because(_TIMEOUT, "a process is started for each question"),
    }


def volumes(scope: Scope, service: Postgres) -> "list[Volume]":
    """The empty folders that a server needs beside its data."""
    memory = because("Memory", "shared memory is memory: it counts as the container's")
    most = capacity.memory(scope, service, "the container's memory is the limit, and not the default of 64 MiB")
    return [
        _scratch("run", "16Mi", "its socket and its lock"),
        _scratch("tmp", "64Mi", "what its tools write down for a moment"),
        {
            "name": because("shared-memory", "queries that run in parallel share memory there"),
            "emptyDir": {"medium": memory, "sizeLimit": most},
        },
    ]


def _mounts() -> "list[VolumeMount]":
    folders = (("run", _SOCKETS), ("tmp", "/tmp"), ("shared-memory", _SHARED))  # noqa: S108 - the container's own
    return [{"name": because(name, _WRITABLE), "mountPath": because(folder, _WRITABLE)} for name, folder in folders]


def _scratch(name: str, limit: str, why: str) -> "Volume":
    return {"name": because(name, _WRITABLE), "emptyDir": {"sizeLimit": because(limit, f"more than enough for {why}")}}


def _asked(user: str, database: str) -> str:
    return f'pg_isready -q -h {LOOPBACK} -U "{user}" -d "{database}"'
