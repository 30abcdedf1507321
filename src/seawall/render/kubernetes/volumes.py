"""What a workload's pod has of files beside its image, and where its container finds them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import config_map, secrets, service_account
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Program, Resources, Site
from seawall.stack.services import Workload

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import Volume, VolumeMount

CADDY_FOLDER: Final = "/etc/caddy"
_SCRATCH: Final = "tmp"
_CADDY: Final = "caddy"
_WRITABLE: Final = "the one place that may be written to"
_CONFIGURED: Final = "the configuration of the server of a Site"


def of(scope: Scope, workload: Workload, values: Sequence[secrets.Value]) -> "list[Volume]":
    """The volumes of a workload that sees these secrets; a Program has them as variables."""
    found = [scratch(workload.resources)]
    if values and not isinstance(workload, Program):
        found.append(secrets.volume(values))
    if isinstance(workload, Site):
        name = because(_CADDY, _CONFIGURED)
        found.append({"name": name, "configMap": {"name": config_map.caddy_name(scope, workload)}})
    if workload.permissions:
        found.append(service_account.token_volume())
    return found


def mounts(workload: Workload, values: Sequence[secrets.Value]) -> "list[VolumeMount]":
    """Where its container has those volumes, in the same order."""
    found = [scratch_mount()]
    if values and not isinstance(workload, Program):
        found.append(secrets.mount())
    if isinstance(workload, Site):
        read_only = because(value=True, why="nothing writes a configuration")
        folder = because(CADDY_FOLDER, _CONFIGURED)
        found.append({"name": because(_CADDY, _CONFIGURED), "mountPath": folder, "readOnly": read_only})
    if workload.permissions:
        found.append(service_account.token_mount())
    return found


def scratch(resources: Resources) -> "Volume":
    """An empty folder that ends with the pod."""
    limit = given(resources.ephemeral_storage, resources, "ephemeral_storage", "no more than the pod may write in all")
    return {"name": because(_SCRATCH, _WRITABLE), "emptyDir": {"sizeLimit": limit}}


def scratch_mount() -> "VolumeMount":
    """That folder as ``/tmp``."""
    return {"name": because(_SCRATCH, _WRITABLE), "mountPath": because("/tmp", _WRITABLE)}  # noqa: S108 - the pod's own
