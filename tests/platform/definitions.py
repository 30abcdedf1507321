"""The CustomResourceDefinitions of what is rendered, as their projects publish them in Go modules.

CloudNativePG's module cannot be had: its definitions are made of the schemas in ``schemas/``.
"""

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).parent
MODULES: Final = HERE / "gomod" / "crds"
CACHE: Final = Path(os.environ.get("SEAWALL_CLUSTER_CACHE") or Path.home() / ".cache" / "seawall-cluster")
SOURCES: Final = {
    "github.com/bitnami-labs/sealed-secrets": ("helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml",),
    "github.com/cert-manager/cert-manager": (
        "deploy/crds/cert-manager.io_certificates.yaml",
        "deploy/crds/cert-manager.io_clusterissuers.yaml",
    ),
    "github.com/cloudnative-pg/plugin-barman-cloud": ("config/crd/bases/barmancloud.cnpg.io_objectstores.yaml",),
    "github.com/external-secrets/external-secrets": ("config/crds/bases/external-secrets.io_externalsecrets.yaml",),
    "github.com/prometheus-operator/prometheus-operator": (
        "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
    ),
    "k8s.io/autoscaler/vertical-pod-autoscaler": ("deploy/vpa-v1-crd-gen.yaml",),
    "sigs.k8s.io/gateway-api": (
        "config/crd/standard/gateway.networking.k8s.io_gateways.yaml",
        "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
    ),
}
WITHOUT_A_MODULE: Final = {"postgresql.cnpg.io": ("Cluster", "ScheduledBackup")}

Tree = dict[str, Any]


def definitions() -> list[Tree]:
    """All of them; kept in the cache, so that Go is needed once."""
    inputs = sorted([Path(__file__), *MODULES.iterdir(), *HERE.glob("schemas/postgresql.cnpg.io/*")])
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in inputs)).hexdigest()[:16]
    kept = CACHE / f"definitions-{digest}.json"
    if not kept.exists():
        found = [*_published(), *_of_schemas()]
        CACHE.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(f".{os.getpid()}")
        half.write_text(json.dumps(found))
        half.rename(kept)
    read: list[Tree] = json.loads(kept.read_text())
    return read


def _published() -> Iterator[Tree]:
    versions = dict(re.findall(r"^\t(\S+) (\S+)$", (MODULES / "go.mod").read_text(), re.MULTILINE))
    for module, paths in SOURCES.items():
        folder = _downloaded(module, versions[module])
        for path in paths:
            for tree in yaml.load_all((folder / path).read_text(), Loader=yaml.CSafeLoader):
                if tree and tree["kind"] == "CustomResourceDefinition":
                    yield _slim(tree)


def _downloaded(module: str, version: str) -> Path:
    """The folder of a module, which must be the one in ``go.sum``."""
    environment = {**os.environ, "GOWORK": "off", "GOTOOLCHAIN": "local", "GOFLAGS": ""}
    words = ["go", "mod", "download", "-json", f"{module}@{version}"]
    done = subprocess.run(words, cwd=MODULES, env=environment, check=True, capture_output=True, text=True)
    said = json.loads(done.stdout)
    assert f"{module} {version} {said['Sum']}" in (MODULES / "go.sum").read_text().splitlines()
    return Path(said["Dir"])


def _slim(tree: Tree) -> Tree:
    """Without descriptions: nine tenths of the text, of which the server checks nothing."""
    tree.pop("status", None)
    for version in tree["spec"]["versions"]:
        version["schema"]["openAPIV3Schema"] = _undescribed(version["schema"]["openAPIV3Schema"])
    return tree


def _undescribed(schema: Tree) -> Tree:
    kept = {key: value for key, value in schema.items() if key != "description"}
    return _inside(kept, _undescribed)


def _inside(schema: Tree, change: Any) -> Tree:
    if "properties" in schema:
        schema["properties"] = {key: change(value) for key, value in schema["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            schema[key] = change(schema[key])
    return schema


def _of_schemas() -> Iterator[Tree]:
    for group, kinds in WITHOUT_A_MODULE.items():
        for kind in kinds:
            schema = json.loads((HERE / "schemas" / group / f"{kind.lower()}_v1.json").read_text())
            yield _definition(group, kind, _structural(schema))


def _definition(group: str, kind: str, schema: Tree) -> Tree:
    for key in ("apiVersion", "kind", "metadata"):
        schema["properties"][key] = {"type": "object" if key == "metadata" else "string"}
    schema["required"] = [each for each in schema.get("required", ()) if each != "metadata"]
    singular = kind.lower()
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{singular}s.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": f"{singular}s", "singular": singular},
            "versions": [version],
        },
    }


def _structural(schema: Mapping[str, Any]) -> Tree:
    """A JSON schema as a definition may hold it; that unknown fields are refused is the server's own rule."""
    dropped = ("$schema", "$id", "$ref", "definitions", "description")
    found = {key: value for key, value in schema.items() if key not in dropped}
    if found.get("additionalProperties") in (True, False) and found.pop("additionalProperties"):
        found["x-kubernetes-preserve-unknown-fields"] = True
    kinds = found.get("type")
    if isinstance(kinds, list):
        kinds = [each for each in kinds if each != "null"]
        found["nullable"] = len(kinds) < len(found["type"])
        found["type"] = kinds[0]
        if len(kinds) > 1:
            del found["type"]
            found["x-kubernetes-int-or-string"] = True
    if {each.get("type") for each in found.get("oneOf", ())} == {"integer", "string"}:
        del found["oneOf"]
        found.pop("type", None)
        found["x-kubernetes-int-or-string"] = True
    return _inside(found, _structural)
