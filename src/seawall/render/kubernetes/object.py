"""One object of Kubernetes, with the reasons of its values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seawall.render.reason import because, plain


@dataclass(frozen=True, slots=True)
class Object:
    """`tree` is the object; its values carry their reasons until `seawall.render.reason.plain` takes them out."""

    tree: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Its kind, such as ``Deployment``."""
        return str(plain(self.tree["kind"]))

    @property
    def name(self) -> str:
        """Its name."""
        return str(plain(self.tree["metadata"]["name"]))

    @property
    def file_name(self) -> str:
        """The name of the file that holds it, alone: ``deployment-api.yaml``."""
        return f"{self.kind.lower()}-{self.name}.yaml"


def made(api_version: str, kind: str, metadata: Mapping[str, object], body: Mapping[str, object]) -> Object:
    """An object of `kind`: `body` is what it has beside its metadata, such as ``{"spec": ...}``."""
    why = f"what a {kind} is called in Kubernetes"
    return Object({"apiVersion": because(api_version, why), "kind": because(kind, why), "metadata": metadata, **body})
