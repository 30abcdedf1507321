"""The PodDisruptionBudget of a workload with several replicas: an upgrade of the cluster takes them one by one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from seawall.render.kubernetes import names, pod
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import PodDisruptionBudgetSpec


def objects(scope: Scope) -> Iterator[Object]:
    """A budget for each workload that has never fewer than two replicas: for one, it would block every drain."""
    for workload in scope.workloads:
        if pod.fewest(workload) > 1:
            spec: PodDisruptionBudgetSpec = {
                "maxUnavailable": because(1, "nodes are drained one replica after the other"),
                "unhealthyPodEvictionPolicy": because("AlwaysAllow", "a pod that is broken anyway blocks no drain"),
                "selector": scope.matching(workload),
            }
            metadata = scope.metadata(names.own(workload), workload)
            yield made("policy/v1", "PodDisruptionBudget", metadata, {"spec": spec})
