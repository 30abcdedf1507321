"""The HorizontalPodAutoscaler of a workload whose number of replicas follows its load: up at once, down slowly."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from seawall.render.kubernetes import names
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Api, Autoscale, Site
from seawall.stack.services import Workload

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import (
        CrossVersionObjectReference,
        HorizontalPodAutoscalerBehavior,
        HorizontalPodAutoscalerSpec,
        MetricSpec,
    )

_DOUBLE = "load that doubles is met at once: twice the pods in a quarter of a minute"
_FEW = "from few pods, doubling would be slow: four more are started"
_SLOWLY = "a quarter a minute: load that comes back finds most of the pods"


def objects(scope: Scope) -> Iterator[Object]:
    """An autoscaler for each workload with an `Autoscale`."""
    for workload in scope.workloads:
        if isinstance(workload, Api | Site) and isinstance(workload.scale, Autoscale):
            metadata = scope.metadata(names.own(workload), workload)
            spec = _spec(workload, workload.scale)
            yield made("autoscaling/v2", "HorizontalPodAutoscaler", metadata, {"spec": spec})


def target(workload: Workload) -> "CrossVersionObjectReference":
    """The Deployment of a workload, as an autoscaler refers to it."""
    why = "what runs the workload"
    return {
        "apiVersion": because("apps/v1", why),
        "kind": because("Deployment", why),
        "name": names.own(workload),
    }


def _spec(workload: Workload, scale: Autoscale) -> "HorizontalPodAutoscalerSpec":
    metrics: list[MetricSpec] = []
    if scale.cpu is not None:
        room = "percent of the request: the rest is room until new pods are ready"
        metrics.append(_metric(workload, "cpu", given(scale.cpu, scale, "cpu", room)))
    if scale.memory is not None:
        metrics.append(_metric(workload, "memory", given(scale.memory, scale, "memory", "percent of the request")))
    return {
        "scaleTargetRef": target(workload),
        "minReplicas": given(scale.minimum, scale, "minimum"),
        "maxReplicas": given(scale.maximum, scale, "maximum"),
        "metrics": metrics,
        "behavior": _behaviour(),
    }


def _metric(workload: Workload, resource: str, percent: int) -> "MetricSpec":
    own = "the workload's own container: what a mesh adds to the pod does not count"
    return {
        "type": because("ContainerResource", own),
        "containerResource": {
            "name": because(resource, own),
            "container": names.own(workload),
            "target": {"type": because("Utilization", "percent of the request"), "averageUtilization": percent},
        },
    }


def _behaviour() -> "HorizontalPodAutoscalerBehavior":
    quickest = because("Max", "whichever starts more")
    return {
        "scaleUp": {
            "stabilizationWindowSeconds": because(0, "more load is met at once"),
            "selectPolicy": quickest,
            "policies": [
                {"type": because("Percent", _DOUBLE), "value": because(100, _DOUBLE), "periodSeconds": _period(15)},
                {"type": because("Pods", _FEW), "value": because(4, _FEW), "periodSeconds": _period(15)},
            ],
        },
        "scaleDown": {
            "stabilizationWindowSeconds": because(300, "the highest need of the last five minutes counts"),
            "selectPolicy": because("Max", "there is only one"),
            "policies": [
                {"type": because("Percent", _SLOWLY), "value": because(25, _SLOWLY), "periodSeconds": _period(60)}
            ],
        },
    }


def _period(seconds: int) -> int:
    return because(seconds, "seconds in which the policy may change so much, and no more")
