"""Images for two platforms, on a builder that has both: BUILDX_BUILDER names it, or `docker buildx use` chose it.

Where this machine's processor is another one, each command of the other platform is emulated: patience.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seawall.ship.engine import Engine
from tests.platform.engines import CONFINED, SECONDS, engine, remove, run, seawall, written
from tests.support.image_registry import Registry, registry

PLATFORMS = {"linux/amd64": "x86_64", "linux/arm64": "aarch64"}
RELEASE = "both"
SCRIPT = "import asyncpg, fastapi, orjson, platform, ssl, uvloop; print(platform.machine())"
pytestmark = [pytest.mark.platform, pytest.mark.timeout(4 * SECONDS)]


@pytest.fixture(scope="module")
def pushed_to() -> Iterator[Registry]:
    with registry() as found:
        yield found


@pytest.fixture(scope="module")
def _builder() -> None:
    engine("docker")
    said = run("docker", "buildx", "inspect", "--bootstrap")
    drivers = [line.split()[-1] for line in said.splitlines() if line.startswith("Driver:")]
    alone = drivers == ["docker"] and not Engine("docker", "docker").keeps_platforms
    if alone or any(platform not in said for platform in PLATFORMS):
        pytest.skip(f"no builder for {' and '.join(PLATFORMS)}: see BUILDX_BUILDER")


def manifests(found: Registry, image: str) -> dict[str, dict[str, object]]:
    """The configuration of what a name stands for, by platform."""
    index = json.loads(found.manifests[image, RELEASE][1])
    configs = {}
    for each in index["manifests"]:
        platform = f"{each['platform']['os']}/{each['platform']['architecture']}"
        if platform in PLATFORMS:  # else an attestation, of no platform
            manifest = json.loads(found.manifests[image, each["digest"]][1])
            configs[platform] = json.loads(found.blobs[manifest["config"]["digest"]])
    return configs


@pytest.mark.usefixtures("_builder")
@pytest.mark.parametrize(
    ("example", "image", "minimal"),
    [
        ("orion", "orion-api", False),
        ("orion", "orion-api", True),
        ("microstack", "frontend-service", False),
    ],
    ids=["slim", "minimal", "site"],
)
def test_one_name_for_both_platforms(
    example: str, image: str, minimal: bool, pushed_to: Registry, tmp_path: Path
) -> None:
    folder = written(example, tmp_path, pushed_to.address, minimal=minimal)
    asked = ("--platform", ",".join(PLATFORMS))
    said = seawall(folder, "build", "--push", "--only", image, "--release", RELEASE, *asked)["images"][0]
    assert said["digest"] == pushed_to.digest(f"acme/{image}", RELEASE)
    assert said["digest"] in (folder / "deploy" / "kubernetes" / "prod" / "kustomization.yaml").read_text()
    found = manifests(pushed_to, f"acme/{image}")
    assert found.keys() == PLATFORMS.keys()
    for config in found.values():
        assert f"SEAWALL_RELEASE={RELEASE}" in config["config"]["Env"]  # type: ignore[index]  # JSON
        assert config["config"]["User"] == "10001:10001"  # type: ignore[index]  # JSON
    reference = f"{said['repository']}@{said['digest']}"
    for platform, machine in PLATFORMS.items():
        command = ("caddy", "version") if image == "frontend-service" else ("python", "-c", SCRIPT)
        words = ("run", "--rm", "--pull", "always", "--platform", platform, *CONFINED, "--tmpfs", "/tmp")
        answer = run("docker", *words, reference, *command).strip()
        assert answer == machine or (image == "frontend-service" and answer.startswith("v2."))
        # Docker without containerd has one image for a digest, of whichever platform.
        subprocess.run(["docker", "rmi", "--force", reference], check=False, capture_output=True)
    remove(said["repository"])


def test_docker_alone_has_no_place_for_two_platforms(pushed_to: Registry, tmp_path: Path) -> None:
    if Engine("docker", engine("docker")).keeps_platforms:
        pytest.skip("this Docker has containerd keep its images")
    folder = written("microstack", tmp_path, pushed_to.address)
    words = (sys.executable, "-m", "seawall", "build", "--release", "1", "--platform", ",".join(PLATFORMS))
    before = set(pushed_to.manifests)
    environ = {**os.environ, "BUILDX_BUILDER": "default"}
    done = subprocess.run((*words, "--push"), cwd=folder, env=environ, check=False, capture_output=True, text=True)
    assert (done.returncode, "fix: docker buildx create --use" in done.stderr) == (2, True)
    assert set(pushed_to.manifests) == before


@pytest.mark.usefixtures("_builder")
def test_what_is_kept_nowhere_is_pushed(pushed_to: Registry, tmp_path: Path) -> None:
    if Engine("docker", engine("docker")).keeps_platforms:
        pytest.skip("this Docker has containerd keep its images")
    folder = written("microstack", tmp_path, pushed_to.address)
    words = (sys.executable, "-m", "seawall", "build", "--release", "1", "--platform", ",".join(PLATFORMS))
    done = subprocess.run(words, cwd=folder, check=False, capture_output=True, text=True)
    assert (done.returncode, "fix: seawall build --push" in done.stderr) == (2, True)


@pytest.mark.usefixtures("_builder")
def test_a_builder_with_a_store_of_its_own_gives_docker_the_image(pushed_to: Registry, tmp_path: Path) -> None:
    folder = written("microstack", tmp_path, pushed_to.address)
    said = seawall(folder, "build", "--only", "frontend-service", "--release", "loaded")["images"][0]
    reference = f"{said['repository']}:loaded"
    assert run("docker", "run", "--rm", *CONFINED, reference, "caddy", "version").startswith("v2.")
    subprocess.run(["docker", "rmi", "--force", reference], check=False, capture_output=True)
