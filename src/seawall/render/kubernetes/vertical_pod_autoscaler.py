"""The VerticalPodAutoscaler of a workload that asks for one: it measures what a pod needs, and says or applies it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import autoscaler, names
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Api, Autoscale, Resources, Site, Worker, quantity
from seawall.stack.services import FEWEST_RESIZED, Workload

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import VerticalPodAutoscalerSpec

_RANGE: Final = 4
# Never `RequestsOnly`: requests are then capped by the limits, and memory could only shrink.
_TOGETHER: Final = "memory's limit stays its request: what runs out of memory gets more of both"


def objects(scope: Scope) -> Iterator[Object]:
    """One for each workload whose `vpa` is not off."""
    for workload in scope.workloads:
        mode = _mode(workload)
        if mode is not None:
            metadata = scope.metadata(names.own(workload), workload)
            spec = _spec(workload, mode)
            yield made("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", metadata, {"spec": spec})


def _mode(workload: Workload) -> str | None:
    match workload:
        case Api(scale=Autoscale(vpa="recommend") as scale) | Site(scale=Autoscale(vpa="recommend") as scale):
            return given("Off", scale, "vpa", "it only recommends: the other autoscaler divides by the request")
        case Worker(vpa="recommend"):
            return given("Off", workload, "vpa", "it only recommends")
        case Worker(vpa="apply"):
            return given("InPlaceOrRecreate", workload, "vpa", "a pod is resized where it runs, replaced if it must be")
        case _:
            return None


def _spec(workload: Workload, mode: str) -> "VerticalPodAutoscalerSpec":
    resources = workload.resources
    many = "a lone pod is not replaced: nobody would do its work meanwhile"
    return {
        "targetRef": autoscaler.target(workload),
        "updatePolicy": {"updateMode": mode, "minReplicas": because(FEWEST_RESIZED, many)},
        "resourcePolicy": {
            "containerPolicies": [
                {
                    "containerName": names.own(workload),
                    "controlledResources": because(["cpu", "memory"], "what is measured"),
                    "controlledValues": because("RequestsAndLimits", _TOGETHER),
                    "minAllowed": _bound(resources, numerator=1, denominator=_RANGE),
                    "maxAllowed": _bound(resources, numerator=_RANGE, denominator=1),
                }
            ]
        },
    }


def _bound(resources: Resources, *, numerator: int, denominator: int) -> dict[str, str]:
    share = f"{numerator}/{denominator} of the request" if denominator > 1 else f"{numerator} times the request"
    why = f"{share}: a wrong measurement does no great harm"
    cpu = quantity.share(resources.cpu, numerator, denominator)
    memory = quantity.share(resources.memory, numerator, denominator)
    return {
        "cpu": given(quantity.cores(cpu), resources, "cpu", why),
        "memory": given(quantity.size(memory), resources, "memory", why),
    }
