"""Compose as a person uses it: by the README that is rendered, with Docker, beside `seawall up`."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from tests.e2e.conftest import copy
from tests.platform import rendered
from tests.platform.engines import engine
from tests.platform.projects import project
from tests.platform.rendered import EXAMPLES as EXAMPLE_NAMES
from tests.platform.scanners import FOLDER
from tests.platform.stacks import thirty
from tests.support.cluster import free_port
from tests.support.systems import EXAMPLES, example_stack
from tests.support.up import up

CHECK_JSONSCHEMA = FOLDER / "venv-compose" / "bin" / "check-jsonschema"
COMPOSE_LINT = FOLDER / "venv-compose" / "bin" / "compose-lint"
BUILD_SECONDS = 900
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMES = ("agnos", "greeter", "microstack", "orion", "shop")
# What is asked of each: the edge by "", else a service, and a path. The first is answered with 200.
QUESTIONS = {
    "agnos": [
        *(("", path) for path in ("/health", "/", "/reports/0", "/reports/1", "/live", "/ready", "/metrics")),
        *(("api", path) for path in ("/health", "/live", "/ready", "/reports/1")),
        *(("worker", path) for path in ("/health", "/live", "/ready")),
    ],
    "greeter": [
        *(("", path) for path in ("/", "/secret", "/timezones?search=berlin", "/nowhere", "/live", "/health")),
        *((service, path) for service in ("timezones", "greeter") for path in ("/health", "/live", "/ready")),
    ],
    "microstack": [
        *(("", path) for path in ("/", "/api/time", "/nowhere", "/api/nowhere", "/live", "/health", "/metrics")),
        *(("api-service", path) for path in ("/health", "/live", "/ready", "/api/time", "/api/tiers")),
        *(("worker-service", path) for path in ("/health", "/live", "/ready")),
    ],
    "orion": [
        *(("", path) for path in ("/", "/records", "/records/1", "/health", "/live", "/ready", "/metrics")),
        *(("api", path) for path in ("/", "/health", "/live", "/ready", "/records?limit=0")),
        *(("worker", path) for path in ("/health", "/live", "/ready")),
    ],
    "shop": [
        *(("", path) for path in ("/api/items", "/api/orders", "/api/services", "/nowhere", "/live", "/health")),
        *(("api-gateway", path) for path in ("/health", "/live", "/ready", "/api/services")),
        *(("orders", path) for path in ("/health", "/live", "/ready", "/orders")),
        *(("inventory", path) for path in ("/health", "/live", "/ready", "/items/lamp", "/items/anvil")),
        *(("fulfilment", path) for path in ("/health", "/live", "/ready")),
    ],
}
A_SECRET = "a-made-up-secret"
SECRETS: dict[str, dict[str, Any]] = {"greeter": {"DUMMY_API_KEY": A_SECRET, "SECRET_MESSAGE": A_SECRET}}
# What a linter would have otherwise, and why it is so.
ACCEPTED = {
    "CL-0005": "the edge is there to be reached from other machines",
    "CL-0019": "public images have a digest where one is locked; examples lock none",
    "CL-0026": "there is no limit of CPU unless the stack asks for one",
}
pytestmark = [pytest.mark.platform, pytest.mark.timeout(3 * BUILD_SECONDS)]


@dataclass(frozen=True)
class Composed:
    """An example whose images are built and whose containers are up; `ports` by name, "" for the edge."""

    name: str
    folder: Path
    environ: dict[str, str]
    ports: dict[str, int]

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """A command in the folder of Compose, by somebody who types the secret where one is asked for."""
        return subprocess.run(
            words,
            cwd=self.folder,
            env=self.environ,
            input=A_SECRET,
            check=False,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
        )

    def compose(self, *words: str) -> str:
        done = self.run("docker", "compose", *words)
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    def commands(self, heading: str) -> list[str]:
        """What the README says to type below a heading."""
        (section,) = [
            each for each in (self.folder / "README.md").read_text().split("\n## ") if each.startswith(heading)
        ]
        first = BLOCK.search(section)
        assert first is not None
        return first[1].splitlines()

    def follow(self, heading: str) -> None:
        for command in self.commands(heading):
            done = self.run("bash", "-c", command)
            assert done.returncode == 0, f"{command}\n{done.stderr[-4000:]}"

    def url(self, service: str, path: str = "") -> str:
        return f"http://127.0.0.1:{self.ports[service]}{path}"

    def containers(self) -> dict[str, dict[str, Any]]:
        """What the engine says of each container of the project, by its service."""
        ids = self.compose("ps", "--all", "--quiet").split()
        return {
            each["Config"]["Labels"]["com.docker.compose.service"]: each
            for each in json.loads(self.run("docker", "inspect", *ids).stdout)
        }


@pytest.fixture(scope="module", params=NAMES)
def composed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    name: str = request.param
    engine("docker")
    folder = project(name, tmp_path_factory.mktemp("compose")) / "deploy" / "compose"
    ports = {service: free_port() for service, _ in QUESTIONS[name]}
    chosen = {f"{(service or 'edge').replace('-', '_').upper()}_PORT": str(port) for service, port in ports.items()}
    found = Composed(
        name,
        folder,
        {**os.environ, **chosen, "COMPOSE_PROJECT_NAME": f"seawall-test-{name}-{uuid4().hex[:8]}"},
        ports,
    )
    try:
        found.follow("Once: the secrets")
        found.follow("Build and start")
        yield found
    finally:
        found.run("docker", "compose", "down", "--volumes", "--timeout", "5")


def answer(url: str) -> tuple[object, ...]:
    """What of an answer is the same wherever the system runs: not how many proxies it came through."""
    response = httpx.get(url, timeout=30)
    body = shape(response.json()) if "json" in response.headers.get("content-type", "") else response.text
    return response.status_code, response.headers.get("content-type"), {*response.headers} - {"via", "date"}, body


def shape(body: object) -> object:
    """JSON less what differs from one moment to the next: only text that says a state is compared as it is."""
    match body:
        case dict():
            return {key: value if key in {"status", "name", "type"} else shape(value) for key, value in body.items()}
        case list():
            return [shape(each) for each in body]
        case _:
            return type(body)


def test_all_of_it_is_healthy_and_migrated(composed: Composed) -> None:
    for service, each in composed.containers().items():
        if service.endswith("-migrate"):
            assert (each["State"]["Status"], each["State"]["ExitCode"]) == ("exited", 0)
        else:
            assert each["State"]["Health"]["Status"] == "healthy", service


def test_it_answers_as_seawall_up_does(composed: Composed, tmp_path: Path) -> None:
    with up(copy(EXAMPLES / composed.name, tmp_path / composed.name), **SECRETS.get(composed.name, {})) as running:
        urls = running.urls
        edge = "edge" if "edge" in urls else composed.name
        for service, path in QUESTIONS[composed.name]:
            here = answer(f"{urls[service or edge]}{path}")
            assert answer(composed.url(service, path)) == here, f"{service or 'edge'} {path}"


def test_containers_have_no_right_and_write_nowhere(composed: Composed) -> None:
    for service, each in composed.containers().items():
        host = each["HostConfig"]
        assert host["ReadonlyRootfs"], service
        assert host["CapDrop"] == ["ALL"]
        assert host["CapAdd"] in (None, ["NET_BIND_SERVICE"] if service == "edge" else None)
        assert host["SecurityOpt"] == ["no-new-privileges:true"]
        assert not host["Privileged"]
        assert 0 < host["Memory"] <= 512 * 1024**2
        assert each["Config"]["User"] in {"10001:10001", "postgres"}
    for line in ("CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Uid:\t10001"):
        service = QUESTIONS[composed.name][-1][0]
        script = "print(open('/proc/1/status').read())"
        assert line in composed.compose("exec", "-T", service, "python", "-c", script)


def test_only_the_edge_listens_to_other_machines(composed: Composed) -> None:
    for service, each in composed.containers().items():
        bound = [one for found in (each["NetworkSettings"]["Ports"] or {}).values() for one in found or ()]
        assert {one["HostIp"] for one in bound} <= ({"0.0.0.0", "::"} if service == "edge" else {"127.0.0.1"}), service


def test_images_are_small(composed: Composed) -> None:
    """Without compression, in megabytes; those of the shop are minimal ones."""
    built = {service for service, each in composed.containers().items() if each["Config"]["Image"].endswith(":local")}
    assert built
    for service in built:
        image = composed.containers()[service]["Image"]
        size = int(composed.run("docker", "image", "inspect", "--format", "{{.Size}}", image).stdout) / 1e6
        assert size <= (130 if composed.name == "shop" else 200), f"{service}: {size:.0f} MB"


def test_it_drains_stops_and_starts_again_with_its_data(composed: Composed) -> None:
    databases = [name for name in composed.containers() if name in {"postgres", "db", "orders-db"}]
    for database in databases:
        sql(composed, database, "create table kept as select 42 as n")
    composed.compose("stop")
    assert {
        service: each["State"]["ExitCode"]
        for service, each in composed.containers().items()
        if each["State"]["ExitCode"] != 0
    } == {}
    composed.compose("up", "--detach", "--wait")
    assert [sql(composed, database, "table kept") for database in databases] == ["42"] * len(databases)
    assert httpx.get(composed.url(*QUESTIONS[composed.name][0]), timeout=30).status_code == 200


def sql(composed: Composed, database: str, text: str) -> str:
    password = (composed.folder / "secrets" / f"{database}-password").read_text().strip()
    psql = ("psql", "-AtX", "-h", "127.0.0.1", "-U", "postgres", "-c", text)
    return composed.compose("exec", "-T", "--env", f"PGPASSWORD={password}", database, *psql).strip()


def test_compose_finds_nothing_to_warn_of(composed: Composed) -> None:
    for files in ((), ("--file", "compose.yaml", "--file", "logs.yaml")):
        done = composed.run("docker", "compose", *files, "--profile", "*", "config")
        assert (done.returncode, done.stderr) == (0, "")
        for own in ("prometheus", "grafana", "loki", "vector"):
            assert f"\n  {own}:\n" in done.stdout


def test_the_published_schema_and_a_linter_find_nothing(composed: Composed) -> None:
    if not (CHECK_JSONSCHEMA.exists() and COMPOSE_LINT.exists()):
        pytest.skip("tests/platform/checkers.sh has not been run")
    schema = composed.run(str(CHECK_JSONSCHEMA), "--builtin-schema", "vendor.compose-spec", "compose.yaml", "logs.yaml")
    assert schema.returncode == 0, schema.stdout
    said = json.loads(composed.run(str(COMPOSE_LINT), "check", "--format", "json", "compose.yaml").stdout)
    found = {(each["rule_id"], each["service"]) for each in said["findings"]}
    assert {rule for rule, _ in found} <= ACCEPTED.keys()
    assert {service for rule, service in found if rule == "CL-0005"} == {"edge"}


def test_commands_of_the_readme_for_metrics_and_logs_name_what_is_there(composed: Composed) -> None:
    for command in composed.commands("Metrics and logs"):
        words = shlex.split(command)
        if words[:2] == ["docker", "compose"]:
            done = composed.run(*words[: words.index("up")], "config", "--services")
            assert done.returncode == 0, done.stderr
            assert "grafana" in done.stdout.split()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The folder of Compose of every example and of thirty stacks, with the files that Programs' variables stand in."""
    found = []
    for stack in (*map(example_stack, EXAMPLE_NAMES), *thirty()):
        folder = tmp_path_factory.mktemp("stack")
        for file in rendered.files(stack):
            if file.path.startswith("compose/"):
                path = folder / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(file.text)
        found.append(folder / "compose")
        made = yaml.safe_load((found[-1] / "compose.yaml").read_text())
        for service in made["services"].values():
            for name in service.get("env_file", ()):
                (found[-1] / name).touch()
    return found


def test_docker_reads_what_is_rendered_of_every_stack(folders: list[Path]) -> None:
    if shutil.which("docker") is None:
        pytest.skip("no Docker here")
    for folder in folders:
        for files in ([], ["--file", "compose.yaml", "--file", "logs.yaml"]):
            command = ["docker", "compose", *files, "--profile", "*", "config", "--quiet"]
            done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=120)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), folder


def test_what_is_rendered_of_every_stack_keeps_the_published_schema(folders: list[Path]) -> None:
    if not CHECK_JSONSCHEMA.exists():
        pytest.skip("tests/platform/checkers.sh has not been run")
    files = [str(folder / name) for folder in folders for name in ("compose.yaml", "logs.yaml")]
    command = [str(CHECK_JSONSCHEMA), "--builtin-schema", "vendor.compose-spec", *files]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout
