"""The ResourceQuota of an environment that asks for one: what its own pods need at most, and room for a person's.

It bounds no CPU: with a quota on limits.cpu, every container would have to have such a limit.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given, plain
from seawall.stack import Mesh, Resources, quantity

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import ResourceQuotaSpec

NAME: Final = "pods"
_Tree = Mapping[str, Any]
_PERSONAL: Final[_Tree] = {
    "requests": {"cpu": Resources.cpu, "memory": Resources.memory},
    "limits": {"memory": Resources.memory},
}
# Istio's own default: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/ (global.proxy.resources)
_SIDECAR: Final[_Tree] = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "1Gi"}}


@dataclass(frozen=True, slots=True)
class _Pods:
    """So many pods at once, each with containers of these resources."""

    count: int
    resources: tuple[_Tree, ...]

    def total(self, kind: str, name: str) -> int:
        """How many thousandths they have of `name`, as ``requests`` or ``limits``."""
        return self.count * sum(quantity.amount(each.get(kind, {}).get(name, "0")) for each in self.resources)


def of(scope: Scope, objects: Iterable[Object]) -> Iterator[Object]:
    """The quota in which all pods of these objects find room, if the environment asks for one."""
    environment = scope.environment
    if not environment.quota:
        return
    beside = (_SIDECAR,) if isinstance(environment.mesh, Mesh) and environment.mesh.mode == "sidecar" else ()
    pods = [*_all([plain(each.tree) for each in objects], beside), _Pods(1, (_PERSONAL,))]
    why = "all replicas at their most, as many again while a release drains the old ones, jobs, and a person's one pod"
    hard = {
        "pods": str(sum(each.count for each in pods)),
        "requests.cpu": quantity.cores(sum(each.total("requests", "cpu") for each in pods)),
        "requests.memory": quantity.size(sum(each.total("requests", "memory") for each in pods)),
        "limits.memory": quantity.size(sum(each.total("limits", "memory") for each in pods)),
    }
    spec: ResourceQuotaSpec = {"hard": {name: given(value, environment, "quota", why) for name, value in hard.items()}}
    yield made("v1", "ResourceQuota", scope.metadata(because(NAME, "the one of the namespace")), {"spec": spec})


def _all(trees: Iterable[_Tree], beside: tuple[_Tree, ...]) -> Iterator[_Pods]:
    """The pods of every object that makes some."""
    trees = list(trees)
    autoscalers = (tree["spec"] for tree in trees if tree["kind"] == "HorizontalPodAutoscaler")
    most = {spec["scaleTargetRef"]["name"]: spec["maxReplicas"] for spec in autoscalers}
    resized = dict(_resized(trees))
    for tree in trees:
        spec = tree.get("spec", {})
        match tree["kind"]:
            case "Deployment":
                replicas = spec.get("replicas", most.get(tree["metadata"]["name"], 1))
                twice = spec["strategy"]["type"] == "RollingUpdate"
                count, own = replicas * 2 if twice else replicas, resized.get(tree["metadata"]["name"])
                yield _Pods(count, (own, *beside)) if own else _of(spec["template"], count, beside)
            case "StatefulSet":
                yield _of(spec["template"], spec["replicas"], beside)
            case "Job":
                yield _of(spec["template"], 1, beside)
            case "CronJob":
                yield _of(spec["jobTemplate"]["spec"]["template"], 1, beside)
            case "Cluster":  # CloudNativePG's: its instances, and a job of the operator's that makes another one
                yield _Pods(spec["instances"] + 1, (spec["resources"], *beside))
            case _:
                pass


def _resized(trees: Iterable[_Tree]) -> Iterator[tuple[str, _Tree]]:
    """What the one container of a Deployment may grow to, where a VerticalPodAutoscaler may resize it."""
    for tree in trees:
        if tree["kind"] == "VerticalPodAutoscaler" and tree["spec"]["updatePolicy"]["updateMode"] != "Off":
            (policy,) = tree["spec"]["resourcePolicy"]["containerPolicies"]
            yield tree["spec"]["targetRef"]["name"], {"requests": policy["maxAllowed"], "limits": policy["maxAllowed"]}


def _of(template: _Tree, count: int, beside: tuple[_Tree, ...]) -> _Pods:
    containers = (*template["spec"].get("initContainers", ()), *template["spec"]["containers"])
    return _Pods(count, (*(each["resources"] for each in containers), *beside))
