"""ServiceMonitors: what Prometheus asks through a Service, because the metrics are on the port that it serves."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.render.kubernetes import names, probes
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import APP, Scope
from seawall.render.reason import because, given
from seawall.stack import Api, Monitoring, Service

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import ObjectMeta, ServiceMonitorSpec

VERSION: Final = "monitoring.coreos.com/v1"
_INTERVAL: Final = f"{contract.QUEUE_SAMPLE_SECONDS:g}s"


def objects(scope: Scope) -> Iterator[Object]:
    """One for each Api whose metrics are on its own port, where the environment has monitoring."""
    for workload in scope.workloads:
        if scope.environment.monitoring and through_service(workload):
            spec: ServiceMonitorSpec = {
                "jobLabel": job_label(),
                "selector": scope.matching(workload),
                "endpoints": [
                    {
                        "port": given(
                            probes.HTTP, workload, "metrics_port", "its metrics are on the port of its requests"
                        ),
                        "path": path(),
                        "interval": interval(),
                        "scrapeTimeout": timeout(),
                    }
                ],
            }
            yield made(
                VERSION, "ServiceMonitor", metadata(scope, workload, scope.environment.monitoring), {"spec": spec}
            )


def metadata(scope: Scope, workload: Service, monitoring: Monitoring) -> "ObjectMeta":
    """The metadata of a monitor, with the labels by which Prometheus finds it."""
    found = scope.metadata(names.own(workload), workload)
    why = "Prometheus looks at the monitors that have it"
    wanted = {key: given(value, monitoring, "labels", why) for key, value in monitoring.labels.items()}
    return {**found, "labels": {**scope.labels(workload), **wanted}}


def through_service(workload: Service) -> bool:
    """Whether a workload's metrics are behind its Service."""
    return isinstance(workload, Api) and workload.metrics_port == workload.port


def job_label() -> str:
    """The label of which Prometheus makes `job`."""
    return because(APP, "job is the name of the service, however it is found")


def path() -> str:
    """Where the metrics are."""
    return because(contract.METRICS_PATH, "the contract's path of metrics")


def interval() -> str:
    """How often they are asked for."""
    return because(_INTERVAL, "as often as queues are counted; four samples for an alert over one minute")


def timeout() -> str:
    """How long the answer may take."""
    return because("10s", "less than the interval; a process that needs longer counts as down")
