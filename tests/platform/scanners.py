"""Three scanners of manifests over objects: which of their rules fail on which file."""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from seawall.render.kubernetes import secrets
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import plain
from tests.platform.rendered import Set, Tree, systems

FOLDER: Final = Path(os.environ.get("SEAWALL_CHECKERS") or Path.home() / ".cache" / "seawall-checkers")
CHECKOV: Final = FOLDER / "venv-tools" / "bin" / "checkov"
TRIVY: Final = FOLDER / "venv" / "bin" / "trivy"
UV: Final = FOLDER / "venv" / "bin" / "uv"
PIP_AUDIT: Final = FOLDER / "venv-audit" / "bin" / "pip-audit"
MONOKLE: Final = FOLDER / "npm" / "monokle.cjs"
SKIPPED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("CKV_K8S_11", "KSV-0011", "KBP003"), "there is no limit of CPU unless the stack asks for one"),
    **dict.fromkeys(
        ("KSV-0039", "KSV-0040"), "with one LimitRange or quota in a scan, they fail on every other object"
    ),
}
# KSV-0125 asks where images come from: those of the examples and of generated stacks.
REGISTRIES: Final = ("ghcr.io", "docker.io", "localhost:5000", "registry.example.com", "quay.io")


@dataclass(frozen=True)
class Finding:
    """A rule that fails, in a scanner's words, on the object in a file."""

    rule: str
    words: str
    file: str


def written(sets: Iterable[Set], folder: Path) -> dict[str, tuple[Set, Tree]]:
    """One file for each object, as all scanners read them: what lies in each."""
    found = {}
    for each in sets:
        for tree in each.objects:
            name = f"{each}--{tree['kind']}--{tree['metadata']['name']}.yaml".replace("/", "--")
            (folder / name).write_text(json.dumps(tree))  # JSON is YAML
            found[name] = (each, tree)
    return found


def checkov(folder: Path) -> Iterator[Finding]:
    said = _said(CHECKOV, "-d", folder, "--framework", "kubernetes", "--skip-download", "-o", "json", "--quiet")
    result = said[0] if isinstance(said, list) else said
    assert result["summary"]["passed"]
    assert result["summary"]["parsing_errors"] == 0
    for each in result["results"]["failed_checks"]:
        yield Finding(each["check_id"], each["check_name"], Path(each["file_path"]).name)


def trivy(folder: Path) -> Iterator[Finding]:
    data = folder.parent / "trivy"
    data.mkdir(exist_ok=True)
    (data / "ksv.json").write_text(json.dumps({"ksv0125": {"trusted_registries": REGISTRIES}}))
    options = ["--skip-check-update", "--skip-version-check", "--disable-telemetry", "--include-non-failures", "-q"]
    options += ["--timeout", "25m", "--config-data", str(data), "--cache-dir", str(data / "cache"), "-f", "json"]
    results = _said(TRIVY, "config", *options, folder)["Results"]
    checks = [(result["Target"], each) for result in results for each in result.get("Misconfigurations", ())]
    assert any(each["Status"] == "PASS" for _, each in checks)
    for target, each in checks:
        if each["Status"] == "FAIL":
            yield Finding(each["ID"], each["Title"], Path(target).name)


def monokle(folder: Path) -> Iterator[Finding]:
    """Its links are judged beside what is not rendered: `surroundings` in a file of their own."""
    files = sorted(folder.iterdir())
    said = _said("node", MONOKLE, *files)
    assert said["resources"] >= len(files)
    for each in said["results"]:
        yield Finding(each["rule"], each["msg"], Path(each["res"].rpartition("@")[2]).name)


def surroundings(sets: Iterable[Set]) -> Iterator[Tree]:
    """What rendered objects speak of and others make: the cluster's DNS, secrets, the pods of operators."""
    yield _pod("kube-dns", "kube-system", {"k8s-app": "kube-dns"})
    for each in sets:
        for system in systems(each.stack):
            if system.environment.name == each.folder:
                yield from _made_by_others(Scope(system), system.namespace)


def _made_by_others(scope: Scope, namespace: str) -> Iterator[Tree]:
    yield _pod("solver", namespace, {"acme.cert-manager.io/http01-solver": "true"})
    names = [str(plain(kept.name)) for kept in secrets.kept(scope)]
    for database in scope.databases:
        if database.operator:
            yield _pod(
                f"{database.name}-1", namespace, {"cnpg.io/cluster": database.name} | plain(scope.selector(database))
            )
            names.append(f"{database.name}-app")
    names += filter(None, [scope.stack.pull_secret])
    for name in names:
        metadata = {"name": name, "namespace": namespace}
        yield {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": {}}


def _pod(name: str, namespace: str, labels: Tree) -> Tree:
    metadata = {"name": name, "namespace": namespace, "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": []}}


def _said(*words: object) -> Any:
    done = subprocess.run([*map(str, words)], check=False, capture_output=True, text=True, timeout=1800)
    assert done.stdout, done.stderr[-2000:]
    return json.loads(done.stdout)


def missing() -> Sequence[Path]:
    """The scanners that are not installed."""
    return [each for each in (CHECKOV, TRIVY, MONOKLE) if not each.exists()]
