"""The pod of a workload, and what every pod has, whatever runs in it."""

from math import ceil
from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.render.kubernetes import container, names, secrets, security, spread, volumes
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Api, Autoscale, Program, Service, Site, Worker
from seawall.stack.services import Workload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seawall.render.kubernetes.types import Container, PodSpec, PodTemplateSpec, Toleration, Volume

UNREACHABLE_SECONDS: Final = 30  # the cluster's own default is 300
_LOST: Final = "a pod on a lost node is replaced after 30 s, not after the default of 5 minutes"


def template(scope: Scope, workload: Workload) -> "PodTemplateSpec":
    """The pod template of a workload."""
    values = secrets.of(scope, workload)
    spec = confined(
        scope,
        [container.of(scope, workload, values)],
        volumes.of(scope, workload, values),
        account=names.account(workload),
        priority=priority(workload),
        grace=grace(workload),
    )
    if replicas(workload) > 1:
        spec["topologySpreadConstraints"] = spread.constraints(scope, workload)
    annotations = secrets.rotation(scope, values)
    labels = scope.labels(workload)
    return {
        "metadata": {"labels": labels, "annotations": annotations} if annotations else {"labels": labels},
        "spec": spec,
    }


def confined(  # noqa: PLR0913 - each is a field of the pod
    scope: Scope,
    containers: "Sequence[Container]",
    mounted: "Sequence[Volume]",
    *,
    account: str,
    priority: str,
    grace: int,
    replaced: bool = True,
) -> "PodSpec":
    """A pod as every pod here is: no token, no root. All arguments carry their reasons.

    One that is `replaced` leaves a lost node soon.
    """
    no_token = because(value=False, why="nothing in the pod speaks to Kubernetes' API, unless permissions give a token")
    no_links = because(value=False, why="services are found by DNS: no variables for every Service of the namespace")
    spec: PodSpec = {
        "serviceAccountName": account,
        "automountServiceAccountToken": no_token,
        "enableServiceLinks": no_links,
        "priorityClassName": ranked(scope, priority),
        "securityContext": security.pod(),
        "terminationGracePeriodSeconds": grace,
        "containers": containers,
        "volumes": mounted,
    }
    if replaced:
        spec["tolerations"] = tolerations()
    if scope.environment.user_namespaces:
        why = "a user of the pod is nobody on the node, whatever else fails"
        spec["hostUsers"] = given(False, scope.environment, "user_namespaces", why)  # noqa: FBT003 - Kubernetes' field
    return spec


def tolerations() -> "list[Toleration]":
    """How long a pod stays bound to a node that does not answer."""
    return [
        {
            "key": because(f"node.kubernetes.io/{state}", _LOST),
            "operator": because("Exists", _LOST),
            "effect": because("NoExecute", _LOST),
            "tolerationSeconds": because(UNREACHABLE_SECONDS, _LOST),
        }
        for state in ("not-ready", "unreachable")
    ]


def priority(service: Service) -> str:
    """The PriorityClass of a service's pods, where the environment matters."""
    if isinstance(service, Worker):
        return because(names.BATCH, "under pressure background work makes room for what answers requests")
    return because(names.SERVING, "under pressure it stays: requests or other services depend on it")


def ranked(scope: Scope, usual: str) -> str:
    """The PriorityClass of pods that usually have `usual`: a disposable environment's stand behind all others."""
    if not scope.environment.disposable:
        return usual
    why = "in a cluster that has more environments, the others come first"
    return given(names.DISPOSABLE, scope.environment, "disposable", why)


def grace(workload: Workload) -> int:
    """Seconds from SIGTERM to SIGKILL, with their reason."""
    seconds, margin = grace_seconds(workload), f"{contract.GRACE_MARGIN_SECONDS:g} s to spare"
    match workload:
        case Api():
            return given(seconds, workload, "drain", f"{contract.DRAIN_DELAY_SECONDS:g} s delay, drain, {margin}")
        case Worker():
            return given(seconds, workload, "drain", f"drain, {margin}")
        case _:
            return because(seconds, f"preStop, {contract.DRAIN_TIMEOUT_SECONDS:g} s to finish requests, {margin}")


def grace_seconds(workload: Workload) -> int:
    """Seconds from SIGTERM to SIGKILL, as the contract computes them."""
    match workload:
        case Worker(drain=drain):
            return ceil(contract.grace_period(drain))
        case Api(drain=drain):
            return ceil(contract.grace_period(drain, contract.DRAIN_DELAY_SECONDS))
        case _:
            return ceil(contract.grace_period(contract.DRAIN_TIMEOUT_SECONDS, contract.DRAIN_DELAY_SECONDS))


def replicas(workload: Workload) -> int:
    """How many there may be at most, but for a release."""
    match workload:
        case Api(scale=Autoscale(maximum=most)) | Site(scale=Autoscale(maximum=most)):
            return most
        case Api(scale=int(most)) | Site(scale=int(most)) | Worker(replicas=most) | Program(replicas=most):
            return most
        case _:
            raise TypeError(f"{type(workload).__name__} has no replicas")


def fewest(workload: Workload) -> int:
    """How many there are at least."""
    match workload:
        case Api(scale=Autoscale(minimum=least)) | Site(scale=Autoscale(minimum=least)):
            return least
        case _:
            return replicas(workload)
