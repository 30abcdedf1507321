"""The environment's Namespace, with Pod Security Standards enforced."""

from collections.abc import Iterator
from typing import Final

from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because

VERSION: Final = "v1.37"  # of the Pod Security Standards: pinned, so that an upgrade of the cluster changes no rule


def objects(scope: Scope) -> Iterator[Object]:
    """The Namespace: ``restricted`` is enforced, audited and warned about."""
    why = "Pod Security Standards: the strictest level, which every rendered pod keeps"
    pinned = "the version of that level, pinned: an upgrade of the cluster changes no rule"
    levels = {
        f"pod-security.kubernetes.io/{mode}{suffix}": because(*value)
        for mode in ("audit", "enforce", "warn")
        for suffix, value in (("", ("restricted", why)), ("-version", (VERSION, pinned)))
    }
    yield made("v1", "Namespace", {"name": scope.namespace, "labels": {**scope.common_labels(), **levels}}, {})
