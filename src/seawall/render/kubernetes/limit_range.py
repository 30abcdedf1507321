"""The LimitRange of the namespace: what a container gets that says nothing, such as one that a person starts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because
from seawall.stack import Resources

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import LimitRangeSpec

NAME: Final = "containers"


def objects(scope: Scope) -> Iterator[Object]:
    """The LimitRange. It sets no limit of CPU: a default here would limit every container that has none by choice."""
    why = "for a container that says nothing: what a service gets that says nothing"
    disk = because(Resources.ephemeral_storage, why)
    memory = because(Resources.memory, why)
    spec: LimitRangeSpec = {
        "limits": [
            {
                "type": because("Container", "each container alone"),
                "defaultRequest": {"cpu": because(Resources.cpu, why), "memory": memory, "ephemeral-storage": disk},
                "default": {"memory": memory, "ephemeral-storage": disk},
            }
        ]
    }
    name = because(NAME, "the one of the namespace")
    yield made("v1", "LimitRange", scope.metadata(name), {"spec": spec})
