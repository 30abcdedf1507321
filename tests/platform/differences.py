"""How the tests' cluster differs from production: each difference is written into a copy's `kustomization.yaml`.

The commands of a rendered README then do on the copy what they do on the original.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tests.platform.kube import GATEWAY_CIDR, GATEWAY_CLASS, Tree

CPU: Final = "50m"


@dataclass(frozen=True)
class Difference:
    """A change of one value of one rendered object, and why the tests make it."""

    why: str
    folder: str
    kind: str
    name: str
    operation: str
    path: str
    value: Any

    @property
    def place(self) -> str:
        return f"{self.kind}/{self.name} {self.path.removesuffix('/-')}"

    def patch(self) -> Mapping[str, Any]:
        """As kustomize has it (RFC 6902)."""
        change = {"op": self.operation, "path": self.path, "value": self.value}
        return {"target": {"kind": self.kind, "name": f"^{self.name}$"}, "patch": json.dumps([change])}


def differences(deploy: Path, environment: str) -> list[Difference]:
    """Those of a rendered stack's environment and of its platform folder."""
    found = []
    for folder in ("platform", environment):
        for path in sorted((deploy / "kubernetes" / folder).glob("*.yaml")):
            tree = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
            for why, at, operation, value in _of(tree):
                name = tree["metadata"]["name"]
                found.append(Difference(why, folder, tree["kind"], name, operation, at, value))
    return found


def write(deploy: Path, changes: Sequence[Difference]) -> None:
    """Put them into the folders' kustomizations, instead of those that are there."""
    for folder in {each.folder for each in changes}:
        path = deploy / "kubernetes" / folder / "kustomization.yaml"
        tree = yaml.safe_load(path.read_text())
        tree["patches"] = [each.patch() for each in changes if each.folder == folder]
        path.write_text(yaml.safe_dump(tree, sort_keys=False))


def _of(tree: Tree) -> Iterator[tuple[str, str, str, Any]]:
    match tree["kind"]:
        case "Gateway" if GATEWAY_CLASS in os.environ:
            yield ("the cluster's GatewayClass", "/spec/gatewayClassName", "replace", os.environ[GATEWAY_CLASS])
        case "NetworkPolicy" if GATEWAY_CIDR in os.environ:
            yield from _let_in(tree)
        case "Deployment" | "StatefulSet" | "Job":
            yield from _small(tree["spec"]["template"]["spec"], "/spec/template/spec")
        case "CronJob":
            yield from _small(
                tree["spec"]["jobTemplate"]["spec"]["template"]["spec"], "/spec/jobTemplate/spec/template/spec"
            )


def _let_in(tree: Tree) -> Iterator[tuple[str, str, str, Any]]:
    for number, rule in enumerate(tree["spec"].get("ingress", ())):
        names = [
            each["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
            for each in rule.get("from", ())
            if "namespaceSelector" in each and "podSelector" not in each
        ]
        if "envoy-gateway-system" in names:
            why = "the cluster's gateway is no pod: it is let in by its address"
            yield why, f"/spec/ingress/{number}/from/-", "add", {"ipBlock": {"cidr": os.environ[GATEWAY_CIDR]}}


def _small(pod: Tree, at: str) -> Iterator[tuple[str, str, str, Any]]:
    for kind in ("initContainers", "containers"):
        for number, _ in enumerate(pod.get(kind, ())):
            why = "all nodes share one small machine: each container asks for little CPU"
            yield why, f"{at}/{kind}/{number}/resources/requests/cpu", "replace", CPU
