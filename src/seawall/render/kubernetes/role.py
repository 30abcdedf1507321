"""What a workload may do with Kubernetes' API: a Role where its `permissions` ask for one, and nothing else."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from seawall.render.kubernetes import names
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import PolicyRule, RoleRef, Subject
    from seawall.stack import Permission

_GROUP = "rbac.authorization.k8s.io"


def objects(scope: Scope) -> Iterator[Object]:
    """A Role and its RoleBinding for each workload with permissions."""
    for workload in scope.workloads:
        if not workload.permissions:
            continue
        metadata = scope.metadata(names.own(workload), workload)
        rules = [_rule(permission) for permission in workload.permissions]
        yield made(f"{_GROUP}/v1", "Role", metadata, {"rules": rules})
        role: RoleRef = {
            "apiGroup": because(_GROUP, "what a Role is called in Kubernetes"),
            "kind": because("Role", "its permissions hold in this namespace only"),
            "name": names.own(workload),
        }
        subject: Subject = {
            "kind": because("ServiceAccount", "the account of its pods"),
            "name": names.account(workload),
            "namespace": scope.namespace,
        }
        yield made(f"{_GROUP}/v1", "RoleBinding", metadata, {"roleRef": role, "subjects": [subject]})


def _rule(permission: "Permission") -> "PolicyRule":
    group = given(permission.api_group, permission, "api_group", "empty: what is in Kubernetes' core")
    return {
        "apiGroups": [group],
        "resources": given(list(permission.resources), permission, "resources"),
        "verbs": given(list(permission.verbs), permission, "verbs"),
    }
