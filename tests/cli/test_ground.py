from pathlib import Path

import pytest

from seawall.cli.ground import ground
from seawall.cli.load import load
from seawall.render.dockerfile import Ground
from seawall.render.python_image import Code
from tests.render.stacks import text

HASHED = "fastapi==0.1 \\\n    --hash=sha256:00\n"
DIGEST = f"sha256:{'0' * 64}"


def found(folder: Path, files: dict[str, str], more: str = "") -> Ground:
    (folder / "stack.py").write_text(text(more))
    for name, content in files.items():
        (folder / name).write_text(content)
    loaded = load(str(folder))
    return ground(loaded, loaded.resolve_all())


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"requirements.txt": HASHED}, Code("requirements.txt", wheels=True)),
        ({"requirements.txt": f"{HASHED}seawall==1 \\\n    --hash=sha256:00\n"}, Code("requirements.txt")),
        ({"requirements.txt": HASHED, "pylock.toml": 'name = "seawall"\n'}, Code("pylock.toml")),
        ({"pylock.toml": "", "uv.lock": 'name = "seawall"\n'}, Code("uv.lock")),
        ({"uv.lock": 'name = "seawall"\nsource = { path = "wheels/seawall-1.whl" }\n'}, Code("uv.lock", wheels=True)),
        ({"uv.lock": 'name = "seawall-more"\n'}, Code("uv.lock", wheels=True)),
    ],
)
def test_the_best_lock_that_lies_there(tmp_path: Path, files: dict[str, str], code: Code) -> None:
    assert found(tmp_path, files) == Ground({".": code})


@pytest.mark.parametrize(
    ("required", "python"), [(">=3.11", "3.13"), (">=3.11,<3.13", "3.12"), ("~=3.11.4", "3.11"), (">= 3.13", "3.13")]
)
def test_the_newest_python_that_the_project_wants(tmp_path: Path, required: str, python: str) -> None:
    files = {"requirements.txt": HASHED, "pyproject.toml": f'[project]\nrequires-python = "{required}"\n'}
    assert found(tmp_path, files).code["."].python == python


@pytest.mark.parametrize(
    ("required", "more", "wanted"),
    [
        (">=3.14", "", "3.13 or 3.12 or 3.11"),
        ("<3.13", ", minimal_images=True", "3.13"),
    ],
)
def test_a_python_that_no_image_has(tmp_path: Path, required: str, more: str, wanted: str) -> None:
    files = {"requirements.txt": HASHED, "pyproject.toml": f'[project]\nname = "a"\nrequires-python = "{required}"\n'}
    (unbuilt,) = found(tmp_path, files, more).unbuilt
    assert unbuilt.services == ("api",)
    assert unbuilt.problem.code == "SW712"
    assert unbuilt.problem.place is not None
    assert unbuilt.problem.place.line == 3
    assert unbuilt.problem.wanted == wanted


@pytest.mark.parametrize("files", [{}, {"requirements.txt": "fastapi\n"}])
def test_dependencies_that_no_file_locks(tmp_path: Path, files: dict[str, str]) -> None:
    made = found(tmp_path, files)
    assert made.code == {}
    (unbuilt,) = made.unbuilt
    assert (unbuilt.problem.code, unbuilt.services) == ("SW711", ("api",))
    assert len(str(unbuilt.problem).splitlines()) <= 8
    assert unbuilt.problem.message == "no file beside stack.py locks the dependencies of api"
    assert "--find-links" not in unbuilt.problem.fix


def test_the_fix_takes_seawall_from_the_wheel_that_lies_there(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "seawall-0.1.0-py3-none-any.whl").touch()
    (unbuilt,) = found(tmp_path, {}).unbuilt
    assert "--find-links wheels --no-emit-package seawall pyproject.toml" in unbuilt.problem.fix


def test_findings_of_scans_that_were_accepted(tmp_path: Path) -> None:
    assert found(tmp_path, {"requirements.txt": HASHED, ".trivyignore.yaml": ""}).exceptions
    (tmp_path / ".trivyignore.yaml").unlink()
    assert not found(tmp_path, {}).exceptions


def test_digests_of_public_images(tmp_path: Path) -> None:
    lock = f"# seen in May\ncaddy:2@{DIGEST}\nghcr.io/astral-sh/uv:0.13@{DIGEST}\nnot one\n"
    made = found(tmp_path, {"requirements.txt": HASHED, "images.lock": lock})
    assert made.digests == {"caddy:2": DIGEST, "ghcr.io/astral-sh/uv:0.13": DIGEST}
