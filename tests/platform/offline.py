"""Objects against the published schemas, strictly: those in a wheel, and of custom resources those in `schemas/`."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import jsonschema
from referencing import Registry, Resource

VERSION: Final = "v1.37.0"
_CORE: Final = files("kubernetes_validate") / "kubernetes-json-schema" / f"{VERSION}-local-strict"
_CUSTOM: Final = Path(__file__).parent / "schemas"


def faults(tree: Mapping[str, Any]) -> Iterator[str]:
    """What its schema finds wrong in an object; that there is none is a fault, too."""
    validator = _validator(tree["apiVersion"], tree["kind"])
    if validator is None:
        yield f"no schema for {tree['apiVersion']} {tree['kind']}"
        return
    for error in validator.iter_errors(tree):
        yield f"{tree['kind']}/{tree['metadata']['name']} {error.json_path}: {error.message[:200]}"


@cache
def _validator(api_version: str, kind: str) -> jsonschema.protocols.Validator | None:
    group, _, version = api_version.rpartition("/")
    custom = _CUSTOM / group / f"{kind.lower()}_{version}.json"
    if custom.exists():
        return jsonschema.Draft7Validator(json.loads(custom.read_text()))
    core = _CORE / "-".join(filter(None, (kind.lower(), group.partition(".")[0], f"{version}.json")))
    if ("." in group and not group.endswith(".k8s.io")) or not core.is_file():
        return None
    return jsonschema.Draft202012Validator(json.loads(core.read_text()), registry=_registry())


@cache
def _registry() -> "Registry[Any]":
    definitions = Resource.from_contents(json.loads((_CORE / "_definitions.json").read_text()))
    return definitions @ Registry()
