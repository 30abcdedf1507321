"""What the Jobs that look after a database have in common: their pods, and how long they may take."""

from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import names, pod
from seawall.render.kubernetes.scope import APP, COMPONENT, Scope
from seawall.render.reason import because
from seawall.stack import Postgres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seawall.render.kubernetes.types import Container, JobSpec, PodSpec, PodTemplateSpec, Volume

DAY: Final = 24 * 3600
GRACE_SECONDS: Final = 30


def labels(scope: Scope, database: Postgres, name: str) -> dict[str, str]:
    """The labels of the pods of the Job of this name: not the database's own, which its Service looks for."""
    return {**scope.labels(database), APP: name, COMPONENT: because("job", "what kind of part this is")}


def spec(  # noqa: PLR0913 - whose it is, what runs in it, and two that say how long
    scope: Scope,
    database: Postgres,
    name: str,
    containers: "Sequence[Container]",
    volumes: "Sequence[Volume]",
    *,
    retries: int,
    deadline: int,
) -> "JobSpec":
    """A Job with so many `retries` within `deadline` seconds; `name` is its ServiceAccount's. All have reasons."""
    inner: PodSpec = {
        **pod.confined(
            containers,
            volumes,
            account=name,
            priority=because(names.BATCH, "under pressure a job makes room for what answers requests"),
            grace=because(GRACE_SECONDS, "what it has begun is undone, or done again by the next one"),
        ),
        "restartPolicy": because("Never", "each try is a pod of its own, whose log stays"),
    }
    template: PodTemplateSpec = {"metadata": {"labels": labels(scope, database, name)}, "spec": inner}
    return {
        "backoffLimit": retries,
        "activeDeadlineSeconds": deadline,
        "ttlSecondsAfterFinished": because(DAY, "a day to read its log, then it goes"),
        "template": template,
    }
