"""Docker and Podman as tests use them: whether they work, the images that they stand on, `seawall` on an example."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from seawall.render.python_image import UV
from tests.platform.projects import project

SECONDS: Final = 1800  # for one command: a build for another processor is emulated
CONFINED: Final = (
    "--read-only",
    "--cap-drop",
    "ALL",
    "--security-opt",
    "no-new-privileges",
    "--memory",
    "128m",
)


def run(*words: str, cwd: Path | None = None, environ: dict[str, str] | None = None) -> str:
    """What a command that must end well writes to standard output."""
    done = subprocess.run(
        words,
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def engine(name: str) -> str:
    """An engine that works, with the public images; where only the newest uv stands in for the one that is named."""
    if shutil.which(name) is None or subprocess.run([name, "info"], check=False, capture_output=True).returncode:
        pytest.skip(f"no {name} here that works")
    newest = f"{UV.partition(':')[0]}:latest"
    if subprocess.run([name, "image", "inspect", UV], check=False, capture_output=True).returncode:
        subprocess.run([name, "tag", newest, UV], check=False, capture_output=True)
    return name


def written(name: str, folder: Path, address: str, *, minimal: bool = False) -> Path:
    """An example that pushes to the registry at this address, rendered."""
    found = project(name, folder)
    text = (found / "stack.py").read_text()
    assert 'registry="ghcr.io/acme"' in text
    variant = ", minimal_images=True" if minimal else ""
    (found / "stack.py").write_text(text.replace('registry="ghcr.io/acme"', f'registry="{address}/acme"{variant}'))
    seawall(found, "render")
    return found


def seawall(folder: Path, *words: str, environ: dict[str, str] | None = None) -> dict[str, Any]:
    """What a command of ours says as JSON."""
    said: dict[str, Any] = json.loads(
        run(sys.executable, "-m", "seawall", *words, "--json", cwd=folder, environ=environ)
    )
    return said


def remove(repository: str) -> None:
    """Remove what Docker has under a name, by whichever tag."""
    tags = run("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", repository).split()
    if tags:
        subprocess.run(["docker", "rmi", "--force", *tags], check=False, capture_output=True)
