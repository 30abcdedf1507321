"""A PostgreSQL of the stack's own: its Service and its StatefulSet of one, on a claim that outlives both."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, cast

from seawall import contract
from seawall.render.kubernetes import capacity, database, names, pod, secrets
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Postgres

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import (
        Container,
        PersistentVolumeClaim,
        PersistentVolumeClaimSpec,
        PodTemplateSpec,
        ServiceSpec,
        StatefulSetSpec,
    )

GRACE_SECONDS: Final = 120
REVISIONS: Final = 5
ONE_POD: Final = "ReadWriteOncePod"
_NOT_HEADLESS: Final = "one server is reached by its Service, whose address stays; nothing asks for its pod by name"
# https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
_MENDED: Final = "a pod that never became ready is replaced once its template is mended; in order, it would stay"
_ORPHANS: Final = "PostgreSQL as process 1 takes what probes and kubectl exec leave, and that ends badly, for a crash"
_VOLUME: Final = "data"
# A node that loses its power leaves the lock of a server that is no more. Its number may be that of any process or
# thread of the new pod, and PostgreSQL would not start. The claim is for one pod, and all of that is in /proc here.
_START: Final = """\
lock="$PGDATA/postmaster.pid"
if [ -e "$lock" ] && ! grep -qsx postgres /proc/[0-9]*/comm; then
  echo "no server runs in this pod: removing the lock that a lost one has left"
  rm -f "$lock"
fi
exec docker-entrypoint.sh "$@"
"""
_LOCK: Final = "the image's own entrypoint, once the lock that a server left as its node was lost is out of its way"


def objects(scope: Scope) -> Iterator[Object]:
    """For each database that neither somebody else nor an operator runs: a Service and a StatefulSet."""
    for service in scope.databases:
        if not service.managed and not service.operator:
            yield made("v1", "Service", scope.metadata(names.own(service), service), {"spec": _service(scope, service)})
            yield made(
                "apps/v1", "StatefulSet", scope.metadata(names.own(service), service), {"spec": _spec(scope, service)}
            )


def claim(service: Postgres, storage: str) -> "PersistentVolumeClaimSpec":
    """What a volume of this size, with its reason, is claimed with."""
    why = "no second pod ever writes to it, not even on the same node"
    found: PersistentVolumeClaimSpec = {
        "accessModes": [because(ONE_POD, why)],
        "volumeMode": because("Filesystem", "files, not blocks: Kubernetes' default, written down for Argo CD"),
        "resources": {"requests": {"storage": storage}},
    }
    if service.storage_class:
        found["storageClassName"] = storage_class(service.storage_class, service)
    return found


def storage_class(name: str, service: Postgres) -> str:
    """The class of the volumes of a database, with its reason."""
    return given(name, service, "storage_class", "one for the data and its dumps")


def _service(scope: Scope, service: Postgres) -> "ServiceSpec":
    number = because(contract.POSTGRES_PORT, "where PostgreSQL listens")
    return {
        "type": because("ClusterIP", "reached from inside the cluster only"),
        "selector": scope.selector(service),
        "ports": [
            {
                "name": because(database.PORT, "what is spoken there"),
                "port": number,
                "targetPort": because(database.PORT, "the container's port by its name"),
                "protocol": because("TCP", "what PostgreSQL's protocol runs on"),
            }
        ],
    }


def _spec(scope: Scope, service: Postgres) -> "StatefulSetSpec":
    kept = because("Retain", "data is deleted by a person, never because an object was")
    return {
        "replicas": because(1, "one server writes the data; more of them are an operator's work"),
        "revisionHistoryLimit": because(REVISIONS, "the versions that a rollback can go back to"),
        "podManagementPolicy": because("Parallel", _MENDED),
        "serviceName": given(service.name, service, "name", _NOT_HEADLESS),
        "selector": scope.matching(service),
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": kept, "whenScaled": kept},
        "template": _template(scope, service),
        "volumeClaimTemplates": [_claim_template(scope, service)],
    }


def _template(scope: Scope, service: Postgres) -> "PodTemplateSpec":
    values = secrets.login(service)
    spec = pod.confined(
        scope,
        [_container(scope, service, values)],
        [*database.volumes(scope, service), secrets.volume(values)],
        account=names.account(service),
        priority=pod.priority(service),
        # Not replaced: on a lost node it stays until a person is sure that it runs no more. Two would ruin the data.
        replaced=False,
        grace=because(GRACE_SECONDS, "a fast shutdown writes a checkpoint first; killed, it replays its log instead"),
    )
    spec["shareProcessNamespace"] = because(value=True, why=_ORPHANS)
    # No hash of the sealed login: the image reads it once, for a new database, and a restart would not change it.
    return {"metadata": {"labels": scope.labels(service)}, "spec": spec}


def _container(scope: Scope, service: Postgres, values: Sequence[secrets.Value]) -> "Container":
    user, _, name = (f"$(cat {secrets.FOLDER}/{part})" for part in secrets.LOGIN)
    alive, ready = database.alive(user, name), database.ready(user, name)
    quick = "traffic leaves a server that takes no connections within 15 s"
    asked: Container = {
        "name": names.own(service),
        "command": because(["sh", "-c", _START, "start"], _LOCK),
        "args": capacity.arguments(scope, service),
        "ports": database.ports(),
        "startupProbe": database.startup(alive),
        "livenessProbe": database.periodic(
            alive, contract.LIVENESS_PERIOD, "asked seldom: a server that hangs is rare"
        ),
        "readinessProbe": database.periodic(ready, contract.READINESS_PERIOD, quick),
    }
    found = database.of(scope, service, list(secrets.files(values)), because(_VOLUME, "its claim"), asked)
    found["volumeMounts"] = [*found.get("volumeMounts", []), secrets.mount()]
    return found


def _claim_template(scope: Scope, service: Postgres) -> "PersistentVolumeClaim":
    storage = given(service.storage, service, "storage", "an expandable StorageClass lets it grow")
    name = because(_VOLUME, "the claim of the first pod is called data-, then the pod's name")
    # The labels of a claim can not be changed later in a StatefulSet: only those that never do.
    added = "what the API server adds, written down for Argo CD"
    known = {"apiVersion": because("v1", added), "kind": because("PersistentVolumeClaim", added)}
    metadata = {"name": name, "labels": scope.selector(service)}
    return cast("PersistentVolumeClaim", {**known, "metadata": metadata, "spec": claim(service, storage)})
