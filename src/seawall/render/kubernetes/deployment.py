"""The Deployment of a workload."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import names, pod
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Api, Program, Site, Worker
from seawall.stack.services import Workload

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import DeploymentSpec, DeploymentStrategy

MIN_READY_SECONDS: Final = 5
PROGRESS_SECONDS: Final = 120
REVISIONS: Final = 5


def objects(scope: Scope) -> Iterator[Object]:
    """A Deployment for each workload."""
    for workload in scope.workloads:
        metadata = scope.metadata(names.own(workload), workload)
        yield made("apps/v1", "Deployment", metadata, {"spec": _spec(scope, workload)})


def _spec(scope: Scope, workload: Workload) -> "DeploymentSpec":
    spec: DeploymentSpec = {
        "strategy": _strategy(workload),
        "minReadySeconds": because(MIN_READY_SECONDS, "a pod that crashes at once stops the release"),
        "progressDeadlineSeconds": _deadline(scope, workload),
        "revisionHistoryLimit": because(REVISIONS, "the releases that a rollback can go back to"),
        "selector": scope.matching(workload),
        "template": pod.template(scope, workload),
    }
    match workload:
        case Api(scale=int(count)) | Site(scale=int(count)):
            return {"replicas": given(count, workload, "scale"), **spec}
        case Worker(replicas=count) | Program(replicas=count):
            return {"replicas": given(count, workload, "replicas"), **spec}
        case _:
            return spec  # the autoscaler's: a number here would undo its own at each apply


def _strategy(workload: Workload) -> "DeploymentStrategy":
    if isinstance(workload, Worker) and workload.singleton:
        return {"type": given("Recreate", workload, "singleton", "the old one ends before the new one starts")}
    return {
        "type": because("RollingUpdate", "a release is never seen from outside"),
        "rollingUpdate": {
            "maxUnavailable": because(0, "an old pod goes when a new one is ready: never less than before"),
            "maxSurge": because("25%", "a quarter at once: a release is quick and needs little room"),
        },
    }


def _deadline(scope: Scope, workload: Workload) -> int:
    """Seconds without progress after which a release has failed."""
    seconds, why = PROGRESS_SECONDS, "a minute to start, and as long to be scheduled and pull the image"
    singleton = isinstance(workload, Worker) and workload.singleton
    if singleton:
        seconds, why = seconds + pod.grace_seconds(workload), f"{why}; before it, the old one ends"
    database = scope.graph.awaited(workload)
    if database:
        why = f"its migrations, for which the service waits, and {seconds} s: {why}"
        return given(database.migration_timeout + seconds, database, "migration_timeout", why)
    return given(seconds, workload, "drain", why) if singleton else because(seconds, why)
