"""What all that makes or reads the dumps of a database has in common: their claim, and pods with PostgreSQL's tools."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.render.kubernetes import capacity, container, job, names, security, stateful_set
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Backup, Postgres

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import Container, CronJobSpec, EnvVar, Volume, VolumeMount

FOLDER: Final = "/backups"
_CLAIM: Final = "backups"
_RETRIES: Final = 1
_DEADLINE: Final = 4 * job.HOUR
_HISTORY: Final = 3


def claim(scope: Scope, service: Postgres, backup: Backup) -> Object:
    """The claim that holds the dumps."""
    storage = given(backup.storage, backup, "storage", "room for all dumps that are kept, and the one being made")
    metadata = scope.metadata(names.backup(service), service)
    return made("v1", "PersistentVolumeClaim", metadata, {"spec": stateful_set.claim(service, storage)})


def cron_job(  # noqa: PLR0913 - each is a part of the object
    scope: Scope, service: Postgres, name: str, schedule: str, work: job.Work, *, suspended: bool = False
) -> Object:
    """A CronJob of the dumps of a database; its name and schedule carry their reasons."""
    assert service.backup is not None  # noqa: S101  # `objects` has seen it
    spec: CronJobSpec = {
        "schedule": schedule,
        "timeZone": given(service.backup.time_zone, service.backup, "time_zone", "whatever the cluster's own is"),
        "concurrencyPolicy": because("Forbid", "one at a time"),
        "startingDeadlineSeconds": because(job.HOUR, "late after an outage is better than not, for an hour"),
        "successfulJobsHistoryLimit": because(_HISTORY, "their logs are there to compare"),
        "failedJobsHistoryLimit": because(_HISTORY, "their logs say why"),
        "jobTemplate": {
            "metadata": {"labels": job.labels(scope, service, name)},
            "spec": job.spec(scope, service, name, work),
        },
    }
    if suspended:
        never = because(value=True, why="it is never due: `kubectl create job --from=cronjob/NAME` runs it")
        spec = {"suspend": never, **spec}
    return made("batch/v1", "CronJob", scope.metadata(name, service), {"spec": spec})


def work(
    containers: "Sequence[Container]", mounted: "Sequence[Volume]", kept: int, sidecars: "Sequence[Container]" = ()
) -> job.Work:
    """What runs in such a Job."""
    retries = because(_RETRIES, "once more at once; then the next time, and a person")
    deadline = because(_DEADLINE, "a large database takes its time, and what hangs ends")
    priority = because(names.BATCH, "under pressure it makes room for what answers requests")
    return job.Work(containers, mounted, retries, deadline, kept, priority, sidecars)


def tools(scope: Scope, service: Postgres, script: str, name: str) -> "Container":
    """A container with PostgreSQL's tools that runs a script."""
    memory = because(
        "256Mi", "tools of PostgreSQL that hold little of what passes through them; the limit is the request"
    )
    asked = capacity.resources(scope, service)
    disk = given(asked.ephemeral_storage, asked, "ephemeral_storage", "for its log")
    cpu = because("100m", "what is promised; more is used where the node has it")
    return {
        **container.started(service),
        "name": because(name, "what it does"),
        "command": because(["sh", "-c", script], "the tools of PostgreSQL's image, of the server's own version"),
        "resources": {
            "requests": {"cpu": cpu, "memory": memory, "ephemeral-storage": disk},
            "limits": {"memory": memory, "ephemeral-storage": disk},
        },
        "securityContext": security.container(),
    }


def folder() -> "EnvVar":
    """The variable that says where the dumps are."""
    (found,) = variables({"BACKUPS": FOLDER}, "where the dumps are")
    return found


def reached(service: Postgres) -> "Iterator[EnvVar]":
    """How the tools reach the database."""
    port, host = str(contract.POSTGRES_PORT), names.database_host(service)
    found = {"PGHOST": host, "PGPORT": port, "PGSSLMODE": "disable", "PGCONNECT_TIMEOUT": "30"}
    yield from variables(found, "libpq's name: how the database in this namespace is reached")


def variables(values: Mapping[str, str], why: str) -> "Iterator[EnvVar]":
    """Variables that have one reason."""
    for name, value in values.items():
        yield {"name": because(name, why), "value": because(value, why)}


def mount() -> "VolumeMount":
    """Where a container finds the dumps."""
    return {"name": because(_CLAIM, "the claim"), "mountPath": because(FOLDER, "where the dumps are")}


def volume(service: Postgres) -> "Volume":
    """The claim, for a pod."""
    return {"name": because(_CLAIM, "the claim"), "persistentVolumeClaim": {"claimName": names.backup(service)}}
