"""The environment's Namespace, with Pod Security Standards enforced."""

from collections.abc import Iterator
from typing import Final

from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because

VERSION: Final = "v1.37"  # of the Pod Security Standards: pinned, so that an upgrade of the cluster changes no rule


def objects(scope: Scope) -> Iterator[Object]:
    """The Namespace: ``restricted`` is enforced, audited and warned about."""
    yield made("v1", "Namespace", {"name": scope.namespace, "labels": {**scope.common_labels(), **levels()}}, {})


def levels(enforced: str = "restricted") -> dict[str, str]:
    """The labels by which the Pod Security Standards hold in a namespace: all but `enforced` are the strictest."""
    why = "Pod Security Standards: the strictest level, which every rendered pod keeps"
    below = "Pod Security Standards: pods that others make here may not keep the strictest level"
    pinned = "the version of that level, pinned: an upgrade of the cluster changes no rule"
    found: dict[str, str] = {}
    for mode in ("audit", "enforce", "warn"):
        level = enforced if mode == "enforce" else "restricted"
        found[f"pod-security.kubernetes.io/{mode}"] = because(level, why if level == "restricted" else below)
        found[f"pod-security.kubernetes.io/{mode}-version"] = because(VERSION, pinned)
    return found
