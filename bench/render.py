"""How long `seawall render` takes for three environments, beside helm, kustomize and cdk8s on the same objects.

Run: `python bench/render.py [ROUNDS] [--cdk8s PYTHON]`. All make the objects of `examples/orion` for its three
environments. Seawall loads `stack.py`, checks it, and writes `deploy/kubernetes`. helm gets prod's objects as a chart
with values for what differs, and is run once an environment; so is kustomize (of kubectl), with prod's objects as base
and an overlay each. cdk8s makes all of them as `ApiObject`s in one process: the cheapest that it can do; PYTHON is an
interpreter that has it. What is not here is left out.

Whole processes, rounds interleaved. Prints medians of the rounds in seconds, the spread in brackets, and the median of
the processor time that was used: other work on the machine does not change it, and a program may use several cores.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "examples" / "orion"
BIN = Path(sys.executable).parent
ENVIRONMENTS = ("dev", "uat", "prod")
ROUNDS = 15
GOAL = 0.18
CDK8S = """
import sys
from cdk8s import ApiObject, App, Chart, JsonPatch
from objects import OBJECTS

app = App(outdir=sys.argv[1])
for environment, objects in OBJECTS.items():
    chart = Chart(app, environment)
    for number, (typed, rest) in enumerate(objects):
        made = ApiObject(chart, f"o{number}", **typed)
        made.add_json_patch(*(JsonPatch.add(f"/{key}", value) for key, value in rest.items()))
app.synth()
"""
Trees = dict[str, list[dict[str, Any]]]


def rendered(folder: Path) -> Trees:
    """The objects of each environment, as Seawall writes them."""
    seawall(folder)
    found: Trees = {}
    for name in ENVIRONMENTS:
        files = sorted((folder / "kubernetes" / name).glob("*.yaml"))
        found[name] = [yaml.safe_load(each.read_text()) for each in files if each.name != "kustomization.yaml"]
    return found


def seawall(folder: Path, *more: str) -> None:
    run(BIN / "seawall", "render", "--file", EXAMPLE / "stack.py", "--to", folder, *more)


def chart(folder: Path, objects: Trees) -> Callable[[], None]:
    """Prod's objects as templates of a chart, with values for the other environments."""
    templates = folder / "templates"
    templates.mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: orion\nversion: 1.0.0\n")
    for number, tree in enumerate(objects["prod"]):
        text = yaml.safe_dump(tree).replace("orion-prod", "{{ .Values.namespace }}")
        text = text.replace(": prod\n", ": {{ .Values.environment }}\n").replace("cpu: 250m", "cpu: {{ .Values.cpu }}")
        (templates / f"{number}.yaml").write_text(text)
    for name in ENVIRONMENTS:
        (folder / f"{name}.yaml").write_text(f"namespace: orion-{name}\nenvironment: {name}\ncpu: 250m\n")

    def template() -> None:
        for name in ENVIRONMENTS:
            run("helm", "template", "orion", folder, "--values", folder / f"{name}.yaml")

    return template


def overlays(folder: Path, objects: Trees) -> Callable[[], None]:
    """Prod's objects as a base, and an overlay for each environment."""
    base = folder / "base"
    base.mkdir(parents=True)
    for number, tree in enumerate(objects["prod"]):
        (base / f"{number}.yaml").write_text(yaml.safe_dump(tree))
    resources = [f"{number}.yaml" for number in range(len(objects["prod"]))]
    (base / "kustomization.yaml").write_text(json.dumps({"resources": resources}))
    for name in ENVIRONMENTS:
        overlay = {
            "resources": ["../base"],
            "namespace": f"orion-{name}",
            "labels": [{"pairs": {"app.kubernetes.io/instance": name}}],
            "images": [{"name": "orion-api", "newName": "ghcr.io/acme/orion-api", "newTag": name}],
        }
        (folder / name).mkdir()
        (folder / name / "kustomization.yaml").write_text(json.dumps(overlay))

    def build() -> None:
        for name in ENVIRONMENTS:
            run(BIN / "kubectl", "kustomize", folder / name)

    return build


def synthesis(folder: Path, objects: Trees, python: str) -> Callable[[], None]:
    """All objects, as Python that cdk8s runs; the module of the objects is compiled once."""
    folder.mkdir()
    words = {"apiVersion": "api_version", "kind": "kind", "metadata": "metadata"}
    found = {
        name: [
            ({word: tree[key] for key, word in words.items()}, {key: tree[key] for key in tree if key not in words})
            for tree in trees
        ]
        for name, trees in objects.items()
    }
    (folder / "objects.py").write_text(f"OBJECTS = {found!r}\n")
    (folder / "main.py").write_text(CDK8S)
    return lambda: run(python, folder / "main.py", folder / "out")


def run(*words: object) -> None:
    done = subprocess.run([*map(str, words)], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode:
        raise SystemExit(done.stderr.decode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", nargs="?", type=int, default=ROUNDS)
    parser.add_argument("--cdk8s", metavar="PYTHON", help="an interpreter that has cdk8s")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent)
        objects = rendered(folder / "first")
        contestants = {
            "seawall render --only kubernetes": lambda: seawall(folder / "deploy", "--only", "kubernetes"),
            "seawall render": lambda: seawall(folder / "all"),
            "kubectl kustomize, 3 overlays": overlays(folder / "overlays", objects),
            "python -c pass": lambda: run(sys.executable, "-c", "pass"),
        }
        if shutil.which("helm"):
            contestants["helm template, 3 times"] = chart(folder / "chart", objects)
        if chosen.cdk8s:
            contestants["cdk8s"] = synthesis(folder / "cdk8s", objects, chosen.cdk8s)
        seconds = measured(contestants, chosen.rounds)
    counts = ", ".join(f"{len(trees)} of {name}" for name, trees in objects.items())
    print(f"objects: {counts}; {chosen.rounds} rounds; load {os.getloadavg()[0]:.1f}; goal {GOAL} s")
    for name, values in seconds.items():
        taken, used = ([value[at] for value in values] for at in (0, 1))
        spread = f"({min(taken):.3f} to {max(taken):.3f})"
        print(
            f"  {name:<34} {statistics.median(taken):7.3f}   {spread}   {statistics.median(used):7.3f} of a processor"
        )


def measured(contestants: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """The seconds of each, passed and of processors, in turn; a first run, which fills caches, is left out."""
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, contestant in contestants.items():
            start, used = time.perf_counter(), children()
            contestant()
            if number:
                seconds[name].append((time.perf_counter() - start, children() - used))
    return seconds


def children() -> float:
    """Seconds of processors that all ended children used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
