"""Stacks as a cluster receives them: rendered, written, and printed by `kubectl kustomize` with a tag and a digest."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

from seawall.render.deploy import Found, render
from seawall.render.file import File
from seawall.render.kubernetes import secrets
from seawall.render.kubernetes.scope import Scope, Sealed
from seawall.render.reason import plain
from seawall.stack import SealedSecrets, Stack, System
from seawall.stack.sources import Sources
from tests.platform.stacks import thirty
from tests.support.systems import example_stack

EXAMPLES: Final = ("agnos", "greeter", "microstack", "orion", "shop")
KUBECTL: Final = Path(sys.executable).parent / "kubectl"
TAG: Final = "0123456789abcdef0123456789abcdef01234567"
DIGEST: Final = f"sha256:{'0123456789abcdef' * 4}"
PLATFORM: Final = "platform"

Tree = Mapping[str, Any]


@dataclass(frozen=True)
class Set:
    """The objects of one folder of a rendered stack; `folder` is an environment's name or ``platform``."""

    stack: Stack
    folder: str
    objects: tuple[Tree, ...]

    def __str__(self) -> str:
        return f"{self.stack.name}/{self.folder}"


def systems(stack: Stack) -> tuple[System, ...]:
    return tuple(System(stack, each, tuple(stack.describe(each))) for each in stack.environments)


def sealed(system: System) -> Sealed:
    """A text for every secret, as `kubeseal` might have made it."""
    if not isinstance(system.environment.secrets, SealedSecrets):
        return {}
    text = base64.b64encode(b"sealed" * 90).decode()
    return {str(plain(each.name)): dict.fromkeys(plain(each.keys), text) for each in secrets.kept(Scope(system))}


def files(stack: Stack) -> tuple[File, ...]:
    """What `seawall render` writes of a stack."""
    all_of_it = systems(stack)
    found = Found(sealed={each.environment.name: sealed(each) for each in all_of_it})
    return render(all_of_it, found, Sources()).files


def printed(stack: Stack) -> Iterator[Set]:
    """The stack's sets, as kubectl prints each with the images that a build would have written there."""
    with TemporaryDirectory() as name:
        folders = set()
        for file in files(stack):
            path = Path(name, file.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_built(file.text) if path.name == "kustomization.yaml" else file.text)
            if path.name == "kustomization.yaml":
                folders.add(path.parent)
        for folder in sorted(folders):
            yield Set(stack, folder.name, tuple(_kustomized(folder)))


@cache
def examples() -> tuple[Set, ...]:
    """The sets of the examples' stacks."""
    return tuple(each for name in EXAMPLES for each in printed(example_stack(name)))


@cache
def generated() -> tuple[Set, ...]:
    """The sets of the thirty stacks."""
    return tuple(each for stack in thirty() for each in printed(stack))


def _built(text: str) -> str:
    tree = yaml.safe_load(text)
    for image in tree.get("images", ()):
        image.update(newTag=TAG, digest=DIGEST)
    return json.dumps(tree)


def _kustomized(folder: Path) -> list[Tree]:
    done = subprocess.run([KUBECTL, "kustomize", folder], check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return list(yaml.load_all(done.stdout, Loader=yaml.CSafeLoader))
