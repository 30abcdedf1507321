"""Images of the examples, built, pushed, run and scanned with real engines."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from tests.platform.engines import CONFINED, SECONDS, engine, run, seawall, written
from tests.platform.projects import project
from tests.platform.scanners import CHECKOV, FOLDER, TRIVY
from tests.support.cluster import cluster, free_port
from tests.support.image_registry import Registry, registry

HADOLINT = FOLDER / "venv" / "bin" / "hadolint"
MEGABYTES = {"slim": 65, "minimal": 30}  # compressed
COMMIT = "0123456789abcdef0123456789abcdef01234567"
pytestmark = [pytest.mark.platform, pytest.mark.timeout(3 * SECONDS)]


@dataclass(frozen=True)
class Built:
    """An example whose images were built and pushed: what the command said of them."""

    name: str
    variant: str
    folder: Path
    registry: Registry
    said: dict[str, Any]

    def reference(self, image: str) -> str:
        return f"{self.registry.address}/acme/{image}:{COMMIT}"

    @property
    def images(self) -> list[str]:
        return [each["name"] for each in self.said["images"]]


@pytest.fixture(scope="module")
def pushed_to() -> Iterator[Registry]:
    with registry() as found:
        yield found


@pytest.fixture(
    scope="module",
    params=[("microstack", "slim"), ("microstack", "minimal"), ("orion", "slim"), ("orion", "minimal")],
    ids="-".join,
)
def built(
    request: pytest.FixtureRequest, pushed_to: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Built]:
    name, variant = request.param
    docker = engine("docker")
    folder = written(name, tmp_path_factory.mktemp("images"), pushed_to.address, minimal=variant == "minimal")
    found = Built(name, variant, folder, pushed_to, seawall(folder, "build", "--push", "--release", COMMIT))
    yield found
    for image in found.images:
        subprocess.run([docker, "rmi", "--force", found.reference(image)], check=False, capture_output=True)


def packages(file: Path) -> set[str]:
    """The packages of a bill of materials, whoever spells their names."""
    listed = (each.get("purl", "") for each in json.loads(file.read_text())["components"])
    urls = {url.partition("?")[0].lower() for url in listed if url.startswith(("pkg:pypi", "pkg:deb", "pkg:golang"))}
    # Trivy takes Go itself, and a program of no version, for modules; and it has Debian's epochs elsewhere.
    split = (url.rpartition("@") for url in urls if "@" in url and not url.startswith("pkg:golang/stdlib@"))
    return {f"{name}@{version.rpartition('%3a')[2]}" for name, _, version in split}


def test_the_registry_has_them_under_the_digest_that_every_environment_names(built: Built) -> None:
    for each in built.said["images"]:
        name = f"acme/{each['name']}"
        assert built.registry.digest(name, COMMIT) == each["digest"]
        manifest = json.loads(built.registry.manifests[name, COMMIT][1])
        config = json.loads(built.registry.blobs[manifest["config"]["digest"]])["config"]
        assert f"SEAWALL_RELEASE={COMMIT}" in config["Env"]
    digests = {each["name"]: each["digest"] for each in built.said["images"]}
    for path in (built.folder / "deploy" / "kubernetes").glob("*/kustomization.yaml"):
        images = {each["name"]: each for each in yaml.safe_load(path.read_text()).get("images", [])}
        if images:
            assert {name: images[name]["digest"] for name in digests} == digests
            assert {images[name]["newTag"] for name in digests} == {COMMIT}
    assert seawall(built.folder, "render", "--check")["changed"] == []


def test_they_are_small(built: Built) -> None:
    for image in built.images:
        _, content = built.registry.manifests[f"acme/{image}", COMMIT]
        compressed = sum(each["size"] for each in json.loads(content)["layers"]) / 1e6
        assert compressed <= MEGABYTES[built.variant], f"{image}: {compressed:.1f} MB"


def test_nothing_that_builds_is_left_and_all_is_compiled(built: Built) -> None:
    script = """
import importlib.util, json, os, pathlib, shutil, sysconfig
import fastapi, asyncpg, uvloop
roots = [pathlib.Path(module.__file__).parent for module in (fastapi, asyncpg, json)] + [pathlib.Path.cwd()]
print(json.dumps({
    "pip": [importlib.util.find_spec(name) is not None for name in ("pip", "ensurepip")],
    "programs": [name for name in ("cc", "gcc", "pip", "pip3", "uv", "strip") if shutil.which(name)],
    "user": [os.getuid(), os.getgid()],
    "uncompiled": [str(each) for root in roots for each in root.rglob("*.py")
                   if not os.path.exists(importlib.util.cache_from_source(str(each)))],
    "here": sorted(os.listdir()),
}))"""
    for image in built.images:
        if image != "frontend-service":
            said = json.loads(run("docker", "run", "--rm", *CONFINED, built.reference(image), "python", "-c", script))
            assert said["pip"] == [False, False]
            assert said["programs"] == []
            assert said["user"] == [10001, 10001]
            assert said["uncompiled"] == []
            assert not {"wheels", "tests", "deploy", "frontend", ".env"} & set(said["here"])


@contextmanager
def running(image: str, *words: str, environ: dict[str, str], command: Sequence[str] = ()) -> Iterator[str]:
    """A container on this machine's own network, with no more than a pod gives it."""
    name = f"seawall-test-{uuid4().hex[:12]}"
    variables = [word for key, value in environ.items() for word in ("--env", f"{key}={value}")]
    try:
        run(
            "docker",
            "run",
            "--detach",
            "--name",
            name,
            "--network",
            "host",
            *CONFINED,
            *words,
            *variables,
            image,
            *command,
        )
        yield name
    finally:
        subprocess.run(["docker", "rm", "--force", name], check=False, capture_output=True)


def state(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("docker", "inspect", name))[0]["State"]
    return found


def until_healthy(name: str) -> None:
    deadline = time.monotonic() + 90
    while state(name)["Health"]["Status"] != "healthy":
        assert state(name)["Running"], run("docker", "logs", name)
        assert time.monotonic() < deadline, state(name)
        time.sleep(0.1)


def test_each_service_runs_as_nobody_in_little_memory_and_drains(built: Built, tmp_path: Path) -> None:
    with cluster(tmp_path) as server:
        database = f"{server}/postgres"
        environ = {"DATABASE_URL": database, "DRAIN_DELAY": "0", "WORKER_SERVICE_URL": "http://127.0.0.1:1"}
        sources = ("seawall.jobs:sql/migrations", "migrations")
        code = next(image for image in built.images if image != "frontend-service")
        migrate = ("python", "-m", "seawall.runtime.migrate", *sources)
        given = ("--network", "host", *CONFINED, "--env", f"DATABASE_URL={database}")
        run("docker", "run", "--rm", *given, built.reference(code), *migrate)
        for image in built.images:
            ports = {"PORT": str(free_port()), "METRICS_PORT": str(free_port())}
            if image == "frontend-service":
                listen = ("caddy", "file-server", "--root", "/srv", "--listen", f":{ports['PORT']}")
                with running(built.reference(image), environ={}, command=listen) as name:
                    ends(
                        name,
                        f"http://127.0.0.1:{ports['PORT']}/index.html",
                    )
            else:
                with running(built.reference(image), "--tmpfs", "/tmp", environ=environ | ports) as name:
                    until_healthy(name)
                    ends(name, f"http://127.0.0.1:{ports['METRICS_PORT']}/metrics")


def ends(name: str, url: str) -> None:
    """Whether a container answers, has no right, and ends by itself after SIGTERM."""
    deadline = time.monotonic() + 60
    while True:
        try:
            response = httpx.get(url, timeout=5)
            break
        except httpx.TransportError:
            assert time.monotonic() < deadline, run("docker", "logs", name)
            time.sleep(0.05)
    assert response.status_code == 200
    process = Path("/proc", str(state(name)["Pid"]), "status").read_text()
    for line in ("CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Uid:\t10001", "Gid:\t10001"):
        assert line in process
    run("docker", "kill", "--signal", signal.SIGTERM.name, name)
    assert run("docker", "wait", name).strip() == "0", run("docker", "logs", name)
    assert not state(name)["OOMKilled"]


def test_every_package_is_in_the_bill_of_materials(built: Built, tmp_path: Path) -> None:
    for each in built.said["images"]:
        theirs = tmp_path / "trivy.json"
        scan = ("image", "--offline-scan", "--skip-db-update", "--skip-java-db-update", "--quiet")
        run(str(TRIVY), *scan, "--format", "cyclonedx", "--output", str(theirs), built.reference(each["name"]))
        ours = packages(Path(each["sbom"]))
        assert ours == packages(theirs)
        assert any(url.startswith("pkg:deb/debian/base-files@") for url in ours)


def test_scanners_find_nothing(built: Built) -> None:
    images = built.folder / "deploy" / "images"
    dockerfiles = sorted(map(str, images.glob("*.Dockerfile")))
    assert dockerfiles
    assert run(str(HADOLINT), *dockerfiles) == ""
    failing = ("--skip-check-update", "--quiet", "--exit-code", "1")
    run(str(TRIVY), "config", *failing, str(images))
    run(
        str(CHECKOV), "--directory", str(images), "--framework", "dockerfile", "--quiet", "--compact", "--skip-download"
    )
    for image in built.images:
        kinds = ("--scanners", "secret,misconfig", "--image-config-scanners", "secret,misconfig")
        run(str(TRIVY), "image", *kinds, "--offline-scan", *failing, built.reference(image))


def test_a_release_is_not_taken_for_another(built: Built) -> None:
    image = built.images[-1]
    said = seawall(built.folder, "build", "--only", image, "--release", "other")
    reference = f"{said['images'][0]['repository']}:other"
    config = json.loads(run("docker", "image", "inspect", reference))[0]["Config"]
    assert "SEAWALL_RELEASE=other" in config["Env"]
    assert config["Labels"]["org.opencontainers.image.revision"] == "other"
    assert said["images"][0]["digest"] is None
    subprocess.run(["docker", "rmi", "--force", reference], check=False, capture_output=True)


@pytest.mark.parametrize("platforms", [(), ("linux/amd64",)], ids=["own", "named"])
def test_podman_builds_and_pushes_the_same(platforms: Sequence[str], pushed_to: Registry, tmp_path: Path) -> None:
    engine("podman")
    folder = written("orion", tmp_path, pushed_to.address, minimal=True)
    settings = tmp_path / "registries.conf"
    plain = f'[[registry]]\nlocation = "{pushed_to.address}"\ninsecure = true\n'
    settings.write_text(f'unqualified-search-registries = ["docker.io"]\n{plain}')
    environ = {"CONTAINERS_REGISTRIES_CONF": str(settings)}
    more = [word for each in platforms for word in ("--platform", each)]
    for release in ("first", "second"):
        words = ("build", "--engine", "podman", "--push", "--only", "orion-api", "--release", release, *more)
        said = seawall(folder, *words, environ=environ)
        (image,) = said["images"]
        _, content = pushed_to.manifests["acme/orion-api", release]
        assert pushed_to.digest("acme/orion-api", release) == image["digest"]
        config = json.loads(pushed_to.blobs[json.loads(content)["config"]["digest"]])["config"]
        assert f"SEAWALL_RELEASE={release}" in config["Env"]
        assert config["User"] == "10001:10001"
        assert "Healthcheck" in config
        subprocess.run(
            ["podman", "rmi", "--force", f"{image['repository']}:{release}"], check=False, capture_output=True
        )


def test_an_original_that_may_bind_low_ports_still_starts_without_that_right(tmp_path: Path) -> None:
    docker = engine("docker")
    (tmp_path / "Dockerfile").write_text(
        "FROM caddy:2\nRUN apt-get update && apt-get install --yes libcap2-bin\n"
        "RUN setcap cap_net_bind_service=+ep /usr/bin/caddy\n"
    )
    name = f"seawall-test-caddy-{uuid4().hex[:8]}"
    run(docker, "build", "--tag", name, str(tmp_path))
    folder = project("microstack", tmp_path)
    words = ("--file", "deploy/images/frontend-service.Dockerfile", "--build-context", f"caddy:2=docker-image://{name}")
    try:
        refused = subprocess.run(
            [docker, "run", "--rm", *CONFINED, name, "caddy", "version"], check=False, capture_output=True
        )
        assert refused.returncode != 0
        run(docker, "build", *words, "--tag", f"{name}-site", "frontend", cwd=folder)
        assert run(docker, "run", "--rm", *CONFINED, "--user", "10001", f"{name}-site", "caddy", "version")
        # As the edge of Compose, which is the original: the right is within reach, and not taken.
        edge = yaml.safe_load((folder / "deploy" / "compose" / "compose.yaml").read_text())["services"]["edge"]
        assert (edge["image"], edge["cap_add"]) == ("caddy:2", ["NET_BIND_SERVICE"])
        within_reach = ("--user", edge["user"], "--cap-add", edge["cap_add"][0])
        status = ("caddy", "version")
        assert run(docker, "run", "--rm", *CONFINED, *within_reach, name, *status).startswith("v2.")
    finally:
        subprocess.run([docker, "rmi", "--force", name, f"{name}-site"], check=False, capture_output=True)
