"""How the replicas of a workload lie over zones and nodes, so that the loss of one leaves the others."""

from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Service

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import TopologySpreadConstraint

ZONE: Final = "topology.kubernetes.io/zone"
NODE: Final = "kubernetes.io/hostname"
OF_DEPLOYMENT: Final = "pod-template-hash"  # the label of the pods of one revision
OF_STATEFUL_SET: Final = "controller-revision-hash"


def constraints(scope: Scope, service: Service, revision: str = OF_DEPLOYMENT) -> "list[TopologySpreadConstraint]":
    """Even over zones, then over nodes; counted for each revision alone, by its label."""
    return [_constraint(scope, service, key, revision) for key in (ZONE, NODE)]


def _constraint(scope: Scope, service: Service, key: str, revision: str) -> "TopologySpreadConstraint":
    what = "zone" if key == ZONE else "node"
    return {
        "maxSkew": because(1, f"as even as it can be: the loss of one {what} leaves the most replicas"),
        "topologyKey": because(key, f"over {what}s: the loss of one leaves the others"),
        "whenUnsatisfiable": _otherwise(scope, what),
        "nodeTaintsPolicy": because("Honor", "nodes on which the pod may not run do not count"),
        "labelSelector": scope.matching(service),
        "matchLabelKeys": because(
            [revision], "a new revision is spread by itself, not around the one that it replaces"
        ),
    }


def _otherwise(scope: Scope, what: str) -> str:
    if what == "zone" and scope.environment.strict_zones:
        return given(
            "DoNotSchedule", scope.environment, "strict_zones", "a replica waits rather than make zones uneven"
        )
    return because("ScheduleAnyway", f"where there is only one {what}, a replica runs there")
