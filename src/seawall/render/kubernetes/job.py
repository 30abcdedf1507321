"""What the Jobs that look after a database have in common: their pods, and how long they may take."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import pod
from seawall.render.kubernetes.scope import APP, COMPONENT, Scope
from seawall.render.reason import because
from seawall.stack import Postgres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seawall.render.kubernetes.types import Container, JobSpec, PodSpec, PodTemplateSpec, Volume

HOUR: Final = 3600
DAY: Final = 24 * HOUR
GRACE_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Work:
    """What runs in a Job, how often it is tried again, how long it may take and is kept (seconds), and its priority.

    All of it carries its reasons. `sidecars` start before the containers and end after them.
    """

    containers: "Sequence[Container]"
    volumes: "Sequence[Volume]"
    retries: int
    deadline: int
    kept: int
    priority: str
    sidecars: "Sequence[Container]" = ()


def labels(scope: Scope, database: Postgres, name: str) -> dict[str, str]:
    """The labels of the pods of the Job of this name: not the database's own, which its Service looks for."""
    return {**scope.labels(database), APP: name, COMPONENT: because("job", "what kind of part this is")}


def spec(scope: Scope, database: Postgres, name: str, work: Work) -> "JobSpec":
    """The Job of this name, which is its ServiceAccount's, too; it carries its reason."""
    confined = pod.confined(
        scope,
        work.containers,
        work.volumes,
        account=name,
        priority=work.priority,
        grace=because(GRACE_SECONDS, "what it has begun is undone, or done again by the next one"),
    )
    never = because("Never", "each try is a pod of its own, whose log stays")
    inner: PodSpec = {"restartPolicy": never, **confined}
    if work.sidecars:
        # So the pod's own first process takes what probes leave behind: see stateful_set.py.
        shared = because(value=True, why="a server that is process 1 takes the orphans of its probes for its own")
        inner = {
            "restartPolicy": never,
            "shareProcessNamespace": shared,
            "initContainers": work.sidecars,
            **confined,
        }
    template: PodTemplateSpec = {"metadata": {"labels": labels(scope, database, name)}, "spec": inner}
    return {
        "backoffLimit": work.retries,
        "activeDeadlineSeconds": work.deadline,
        "ttlSecondsAfterFinished": work.kept,
        "template": template,
    }
