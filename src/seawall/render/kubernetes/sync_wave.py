"""In which order Argo CD applies an environment: what a migration needs, then the migration, then the rest.

A hook before the sync would run before the first Secrets exist, so that the migration is one of the sync itself.
https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
"""

from typing import Final

from seawall.render.kubernetes.object import Object
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because

WAVE: Final = "argocd.argoproj.io/sync-wave"
HOOK: Final = "argocd.argoproj.io/hook"
DELETION: Final = "argocd.argoproj.io/hook-delete-policy"
# Not the claim of dumps: a claim that nothing uses yet may stay pending, and Argo CD would wait for it.
_FIRST: Final = frozenset({
    "Cluster", "ConfigMap", "ExternalSecret", "LimitRange", "Namespace", "NetworkPolicy", "ObjectStore",
    "ResourceQuota", "SealedSecret", "Service", "ServiceAccount", "StatefulSet",
})  # fmt: skip


def ordered(scope: Scope, each: Object) -> Object:
    """The object with its place in the order, where Argo CD brings the stack to the cluster; else as it is."""
    if scope.stack.gitops is None:
        return each
    if each.kind in _FIRST:
        return _annotated(each, {WAVE: because("-2", "a migration needs it: before that, at wave -1")})
    if each.kind == "Job":
        hook = because("Sync", "a hook of the sync, so that each sync runs it anew")
        deletion = because("BeforeHookCreation", "a Job never changes: the one of the release before goes first")
        wave = because("-1", "after the database and its secrets, before what waits for the migration")
        return _annotated(each, {HOOK: hook, DELETION: deletion, WAVE: wave})
    return each


def _annotated(each: Object, annotations: dict[str, str]) -> Object:
    metadata = each.tree["metadata"]
    known = metadata.get("annotations", {})
    return Object({**each.tree, "metadata": {**metadata, "annotations": {**known, **annotations}}})
