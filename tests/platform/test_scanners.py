"""checkov, trivy and Monokle over everything that is rendered: `tests/platform/checkers.sh` installs them."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from seawall.stack import Program, Service
from tests.platform import scanners
from tests.platform.rendered import Set, Tree, examples, generated, systems
from tests.platform.scanners import SKIPPED, Finding, written

pytestmark = [pytest.mark.platform, pytest.mark.timeout(3600)]
SURROUNDINGS = "surroundings.yaml"
Scanner = Callable[[Path], Iterator[Finding]]
SCANNERS = [scanners.checkov, scanners.trivy, scanners.monokle]
PRIVILEGED = 1024


def _low_port(service: Service) -> bool:
    return any(getattr(service, port, PRIVILEGED) < PRIVILEGED for port in ("port", "metrics_port"))


def _creates(service: Service) -> bool:
    return any("create" in permission.verbs for permission in getattr(service, "permissions", ()))


# What a scanner warns of where a stack asks for just that; elsewhere the same finding is a fault.
ASKED_FOR: Final[Mapping[str, Callable[[Service], bool]]] = {
    "CKV_K8S_35": lambda service: isinstance(service, Program),  # it reads secrets in variables, knowing no files
    "KBP112": lambda service: isinstance(service, Program),
    "KBP111": lambda service: any("SECRET" in each.name for each in getattr(service, "secrets", ())),  # by its name
    "KSV-01010": lambda service: bool(getattr(service, "config", ())),  # by the name of some variable of the stack
    "KBP113": _low_port,
    "KSV-0117": _low_port,
    "KBP107": _creates,
    "KSV-0048": _creates,
    "KBP114": lambda service: getattr(service, "service_type", "ClusterIP") != "ClusterIP",
}
OPEN_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "open", "namespace": "default"},
    "spec": {"containers": [{"name": "a", "image": "a:latest", "securityContext": {"privileged": True}}]},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("all") / "sets"
    found.mkdir()
    return found


@pytest.fixture(scope="module")
def files(folder: Path) -> dict[str, tuple[Set, Tree]]:
    sets = (*examples(), *generated())
    (folder / SURROUNDINGS).write_text("\n---\n".join(map(json.dumps, scanners.surroundings(sets))))
    return written(sets, folder)


def test_they_are_installed() -> None:
    assert scanners.missing() == [], "run tests/platform/checkers.sh"


@pytest.mark.parametrize("scan", SCANNERS)
def test_no_check_fails(scan: Scanner, folder: Path, files: dict[str, tuple[Set, Tree]]) -> None:
    rendered = (each for each in scan(folder) if each.file != SURROUNDINGS and each.rule not in SKIPPED)
    unasked = [each for each in rendered if not _asked_for(each, *files[each.file])]
    assert unasked == []


@pytest.mark.parametrize("scan", SCANNERS)
def test_it_finds_what_is_wrong(scan: Scanner, tmp_path: Path) -> None:
    folder = tmp_path / "sets"
    folder.mkdir()
    written([Set(examples()[0].stack, "wrong", (OPEN_POD,))], folder)
    assert len(list(scan(folder))) > 10


def _asked_for(finding: Finding, rendered: Set, tree: Tree) -> bool:
    asks = ASKED_FOR.get(finding.rule)
    if asks is None:
        return False
    named = tree["metadata"]["labels"].get("app")  # of several workloads with one account: any of them
    (system,) = [each for each in systems(rendered.stack) if each.environment.name == rendered.folder]
    return any(asks(service) for service in system.services if named in (None, service.name))
