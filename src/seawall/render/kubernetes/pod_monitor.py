"""PodMonitors: what Prometheus asks of each pod, because the metrics are on a port that no Service has."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from seawall.render.kubernetes import probes, service_monitor
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import given
from seawall.stack import Api, Worker

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import PodMonitorSpec


def objects(scope: Scope) -> Iterator[Object]:
    """One for each Worker, and each Api with a port for its metrics, where the environment has monitoring."""
    for workload in scope.workloads:
        asked = isinstance(workload, Api | Worker) and not service_monitor.through_service(workload)
        if scope.environment.monitoring and asked:
            spec: PodMonitorSpec = {
                "jobLabel": service_monitor.job_label(),
                "selector": scope.matching(workload),
                "podMetricsEndpoints": [
                    {
                        "port": given(probes.METRICS, workload, "metrics_port", "its metrics have a port of their own"),
                        "path": service_monitor.path(),
                        "interval": service_monitor.interval(),
                        "scrapeTimeout": service_monitor.timeout(),
                    }
                ],
            }
            metadata = service_monitor.metadata(scope, workload, scope.environment.monitoring)
            yield made(service_monitor.VERSION, "PodMonitor", metadata, {"spec": spec})
