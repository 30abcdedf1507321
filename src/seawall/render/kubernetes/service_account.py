"""The ServiceAccounts of workloads and databases, and the token of those few that may use Kubernetes' API."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import names
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given, plain
from seawall.stack import Postgres

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import (
        DownwardAPIVolumeFile,
        KeyToPath,
        Volume,
        VolumeMount,
        VolumeProjection,
    )
    from seawall.stack import Service

_VOLUME: Final = "kubernetes-api"
_FOLDER: Final = "/var/run/secrets/kubernetes.io"
_INSIDE: Final = "serviceaccount"  # in that folder every client of the API looks
_LIFETIME: Final = 3600  # seconds: the kubelet renews it in time
_MODE: Final = 0o440


def objects(scope: Scope) -> Iterator[Object]:
    """One ServiceAccount of each name; several workloads may share one. Somebody else's database has no pods here."""
    sharing: dict[str, list[Service]] = {}
    for service in scope.system.services:
        if not isinstance(service, Postgres) or not (service.managed or service.operator):
            sharing.setdefault(str(plain(names.account(service))), []).append(service)
    for services in sharing.values():
        owner = services[0] if len(services) == 1 else None
        yield of(scope, names.account(services[0]), owner)


def of(scope: Scope, name: str, owner: "Service | None") -> Object:
    """The ServiceAccount of this name, with its reason."""
    no_token = because(value=False, why="pods get no token by themselves: most never speak to Kubernetes' API")
    body: dict[str, object] = {"automountServiceAccountToken": no_token}
    if scope.stack.pull_secret:
        body["imagePullSecrets"] = [{"name": given(scope.stack.pull_secret, scope.stack, "pull_secret")}]
    return made("v1", "ServiceAccount", scope.metadata(name, owner), body)


def token_volume() -> "Volume":
    """What a client of Kubernetes' API needs, for a pod whose workload has permissions: a token that expires soon."""
    lifetime = because(_LIFETIME, "an hour: the kubelet renews it, and a stolen one is soon worth nothing")
    certificate: KeyToPath = {"key": _found("ca.crt"), "path": _found(f"{_INSIDE}/ca.crt")}
    namespace: DownwardAPIVolumeFile = {
        "path": _found(f"{_INSIDE}/namespace"),
        "fieldRef": {"fieldPath": because("metadata.namespace", "the pod's own")},
    }
    sources: list[VolumeProjection] = [
        {"serviceAccountToken": {"path": _found(f"{_INSIDE}/token"), "expirationSeconds": lifetime}},
        {"configMap": {"name": _found("kube-root-ca.crt"), "items": [certificate]}},
        {"downwardAPI": {"items": [namespace]}},
    ]
    mode = because(_MODE, "0440: the process and its group read, nobody writes")
    return {"name": _found(_VOLUME), "projected": {"defaultMode": mode, "sources": sources}}


def token_mount() -> "VolumeMount":
    """Where a client of Kubernetes' API looks for that."""
    read_only = because(value=True, why="nothing writes a token")
    return {"name": _found(_VOLUME), "mountPath": _found(_FOLDER), "readOnly": read_only}


def _found(value: str) -> str:
    return because(value, "permissions: a client of Kubernetes' API looks for its token and certificate by this name")
