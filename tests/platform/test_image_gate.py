"""The gate before a release: what Trivy finds HIGH or CRITICAL stops `seawall build --scan`, and a pipeline."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.platform.engines import SECONDS, engine, remove, written
from tests.platform.scanners import TRIVY
from tests.support import advisories
from tests.support.advisories import Advisory
from tests.support.image_registry import Registry, registry

ID = "CVE-2999-0001"
IMAGE = "acme/orion-api"
# One that Trivy knows by its looks, in two halves: scanners read this file, too.
KEY = "AKIA" + "QWERTYUIOPASDFGH"
pytestmark = [pytest.mark.platform, pytest.mark.timeout(2 * SECONDS)]


@dataclass(frozen=True)
class Gate:
    """An example, the registry that it pushes to, and where Trivy keeps its database."""

    folder: Path
    registry: Registry
    data: Path

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        environ = {
            **os.environ,
            "PATH": f"{TRIVY.parent}:{os.environ['PATH']}",
            "TRIVY_CACHE_DIR": str(self.data),
            **dict.fromkeys(("TRIVY_SKIP_DB_UPDATE", "TRIVY_SKIP_CHECK_UPDATE", "TRIVY_OFFLINE_SCAN"), "true"),
        }
        return subprocess.run(
            words, cwd=self.folder, env=environ, check=False, capture_output=True, text=True, timeout=SECONDS
        )

    def build(self, release: str, *words: str) -> "subprocess.CompletedProcess[str]":
        command = ("build", "--scan", "--push", "--only", "api", "--release", release, "--json", *words)
        return self.run(sys.executable, "-m", "seawall", *command)

    def is_pushed(self, release: str) -> bool:
        return (IMAGE, release) in self.registry.manifests


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Registry]]:
    engine("docker")
    if not TRIVY.exists():
        pytest.skip("tests/platform/checkers.sh has not been run")
    with registry() as found:
        yield written("orion", tmp_path_factory.mktemp("gate"), found.address), found


@pytest.fixture
def gate(example: tuple[Path, Registry], tmp_path: Path) -> Iterator[Gate]:
    folder, found = example
    yield Gate(folder, found, tmp_path / "trivy")
    for name in (".trivyignore.yaml", "orion/key.py"):
        (folder / name).unlink(missing_ok=True)
    remove(f"{found.address}/{IMAGE}")
    found.manifests.clear()


def problem(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert done.returncode == 1, done.stdout + done.stderr
    (found,) = json.loads(done.stdout)["errors"]
    assert found["code"] == "SW808"
    return dict(found)


def test_a_critical_advisory_keeps_an_image_from_its_registry(gate: Gate) -> None:
    advisories.written(gate.data, Advisory(ID, "CRITICAL", "99:1"))
    found = problem(gate.build("first"))
    assert found["message"] == "orion-api has 1 finding of its scan"
    assert found["saw"].startswith(f"CRITICAL {ID} in zlib1g 1:1.")
    assert found["saw"].endswith(", mended in 99:1")
    assert not gate.is_pushed("first")
    kustomization = gate.folder / "deploy" / "kubernetes" / "prod" / "kustomization.yaml"
    assert "first" not in kustomization.read_text()
    assert ID in (gate.folder / ".seawall" / "scan" / "api.json").read_text()

    pipeline = ("trivy", "image", "--config", "deploy/images/trivy.yaml", f"{gate.registry.address}/{IMAGE}:first")
    assert gate.run(*pipeline).returncode == 1

    accepted = f"vulnerabilities:\n  - id: {ID}\n    statement: a test\n    expired_at: "
    (gate.folder / ".trivyignore.yaml").write_text(f"{accepted}2000-01-01\n")
    assert problem(gate.build("expired"))["saw"] == found["saw"]
    (gate.folder / ".trivyignore.yaml").write_text(f"{accepted}2998-01-01\n")
    assert gate.run(*pipeline).returncode == 0
    done = gate.build("accepted")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["images"][0]["scan"].endswith(".seawall/scan/api.json")
    assert gate.is_pushed("accepted")


@pytest.mark.parametrize(("severity", "mended"), [("MEDIUM", "99:1"), ("CRITICAL", "")], ids=["medium", "unmended"])
def test_what_is_not_so_bad_or_cannot_be_mended_stops_nobody(gate: Gate, severity: str, mended: str) -> None:
    advisories.written(gate.data, Advisory(ID, severity, mended))
    done = gate.build(severity.lower())
    assert done.returncode == 0, done.stdout + done.stderr
    assert gate.is_pushed(severity.lower())


def test_a_secret_in_an_image_is_found_and_not_shown(gate: Gate) -> None:
    advisories.written(gate.data, Advisory(ID, "LOW", ""))
    (gate.folder / "orion" / "key.py").write_text(f'AWS_ACCESS_KEY_ID = "{KEY}"\n')
    done = gate.build("secret")
    assert problem(done)["saw"] == "CRITICAL aws-access-key-id in /app/orion/key.py"
    assert KEY not in done.stdout + done.stderr
    assert not gate.is_pushed("secret")


def test_a_scanner_that_cannot_judge_is_no_pass(gate: Gate) -> None:
    gate.data.mkdir()
    done = gate.build("unknown")
    assert done.returncode == 1
    assert json.loads(done.stdout)["errors"][0]["code"] == "SW807"
    assert not gate.is_pushed("unknown")
