"""What runbooks and READMEs of the examples have people type: shells read it, and it names what is rendered."""

import re
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.support.systems import EXAMPLES

PAGES: Final = sorted([*EXAMPLES.glob("*/RUNBOOK.md"), *EXAMPLES.glob("*/README.md")])
BLOCK: Final = re.compile(r"^ *```(?:sh|console)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SHELL: Final = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
OBJECT: Final = re.compile(r"\b(deployment|statefulset|job|cronjob|svc|configmap)/([a-z0-9][a-z0-9-]*)")
AUTOSCALER: Final = re.compile(r"\bhpa ([a-z][a-z0-9-]*)")
CONTAINER: Final = re.compile(r"--containers=(\S+)|set image deployment/\S+ ([a-z0-9-]+)=")
SELECTED: Final = re.compile(r"-l app=([a-z0-9-]+)")
NAMESPACE: Final = re.compile(r"kubectl -n (\S+)")
KINDS: Final = {"svc": "service", "hpa": "horizontalpodautoscaler"}


def named(page: Path) -> str:
    return str(page.relative_to(EXAMPLES))


def objects(example: Path) -> Iterator[dict[str, Any]]:
    for file in (example / "deploy" / "kubernetes").rglob("*.yaml"):
        if file.name != "kustomization.yaml":
            yield yaml.safe_load(file.read_text())


def rendered(example: Path) -> tuple[set[str], set[str]]:
    """The objects of an example as ``kind/name``, and their namespaces."""
    names: set[str] = set()
    namespaces: set[str] = set()
    for tree in objects(example):
        metadata = tree["metadata"]
        names.add(f"{tree['kind'].lower()}/{metadata['name']}")
        namespaces.add(metadata.get("namespace", metadata["name"]))
    return names, namespaces


def wanted(text: str) -> Iterator[str]:
    """The objects, as ``kind/name``, that commands need; containers and labels ``app`` have their Deployment's name."""
    yield from (f"{KINDS.get(kind, kind)}/{name}" for kind, name in OBJECT.findall(text))
    yield from (f"horizontalpodautoscaler/{name}" for name in AUTOSCALER.findall(text))
    yield from (f"deployment/{one or other}" for one, other in CONTAINER.findall(text))
    yield from (f"deployment/{name}" for name in SELECTED.findall(text))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_name_what_is_rendered(page: Path) -> None:
    text = "\n".join(BLOCK.findall(page.read_text()))
    names, namespaces = rendered(page.parent)
    assert set(wanted(text)) <= names
    assert set(NAMESPACE.findall(text)) <= namespaces


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_shell_can_read_each_block(page: Path) -> None:
    for block in SHELL.findall(page.read_text()):
        read = subprocess.run(
            ["bash", "-n"], input=textwrap.dedent(block), check=False, capture_output=True, text=True, timeout=60
        )
        assert (read.returncode, read.stderr) == (0, ""), block


@pytest.mark.parametrize("example", ["agnos", "orion"])
def test_a_runbook_has_the_four_failures_and_how_to_practise_each(example: str) -> None:
    text = (EXAMPLES / example / "RUNBOOK.md").read_text()
    chapters = text.split("\n## ")[1:]
    assert [
        re.findall("crashes at peak|retries without end|bad release|node is lost", each.splitlines()[0])
        for each in chapters
    ] == [
        ["crashes at peak"],
        ["retries without end"],
        ["bad release"],
        ["node is lost"],
    ]
    for each in chapters:
        for part in ("**You see**", "**The platform, by itself:**", "**You:**", "**Practise it.**"):
            assert part in each
