"""How Kubernetes asks a container: has it started, is it alive, may it have traffic. Periods are the contract's."""

from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.render.reason import because, given
from seawall.stack import Api, Program, Site, Worker
from seawall.stack.services import Workload

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import Probe

HTTP: Final = "http"
METRICS: Final = "metrics"
TCP: Final = "tcp"
_LIVE: Final = "answers while the event loop turns and asks nothing else: a database that is away restarts nobody"
_TIMEOUT: Final = "an answer takes milliseconds; a process that needs longer is in trouble"


def port_name(service: Workload) -> str:
    """The name of the container's port that the probes ask: a worker has only that of its metrics."""
    if isinstance(service, Worker):
        return METRICS
    speaks_http = not isinstance(service, Program) or service.path is not None or service.readiness is not None
    return HTTP if speaks_http else TCP


def startup(service: Workload) -> "Probe":
    """Shields a slow start from the liveness probe."""
    return {
        **_live(service),
        "periodSeconds": because(contract.STARTUP_PERIOD, "asked often: a pod that has started serves at once"),
        "failureThreshold": because(contract.STARTUP_FAILURES, "times 2 seconds: a minute to start"),
        "timeoutSeconds": because(contract.PROBE_TIMEOUT, _TIMEOUT),
    }


def liveness(service: Workload) -> "Probe":
    """Restarts a process that is stuck, and only that."""
    return {
        **_live(service),
        "periodSeconds": because(contract.LIVENESS_PERIOD, "asked seldom: a process that is stuck is rare"),
        "failureThreshold": because(contract.PROBE_FAILURES, "one lost answer restarts nothing"),
        "timeoutSeconds": because(contract.PROBE_TIMEOUT, _TIMEOUT),
    }


def readiness(service: Workload) -> "Probe":
    """Decides whether a pod gets traffic."""
    return {
        **_ready(service),
        "periodSeconds": because(contract.READINESS_PERIOD, "traffic leaves a pod that is not ready within 15 s"),
        "failureThreshold": because(contract.PROBE_FAILURES, "one lost answer takes no pod out of traffic"),
        "timeoutSeconds": because(contract.PROBE_TIMEOUT, _TIMEOUT),
    }


def _live(service: Workload) -> "Probe":
    match service:
        case Site():
            path = given(service.path, service, "path", "where its pages begin")
        case Program():
            return {"tcpSocket": {"port": because(port_name(service), "it is alive while it accepts connections")}}
        case _:
            path = because(contract.LIVE_PATH, _LIVE)
    return {"httpGet": {"path": path, "port": _port(service)}}


def _ready(service: Workload) -> "Probe":
    path: str
    match service:
        case Api() | Worker():
            path = given(service.readiness, service, "readiness", "503 until it has started, and from SIGTERM on")
        case Program(readiness=str(answers)):
            path = given(answers, service, "readiness")
        case _:
            return _live(service)
    return {"httpGet": {"path": path, "port": _port(service)}}


def _port(service: Workload) -> str:
    return because(port_name(service), "the container's port by its name")
