from pathlib import Path

import pytest

from seawall.cli.main import main
from tests.render.stacks import text

BODY = 'return [Api("api", app="a:b", port=8001), Worker("worker", jobs="a:b", uses=[db], source="jobs"), db]'
LOCK = "seawall==1 \\\n    --hash=sha256:00\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a lock, without git and without any engine."""
    (tmp_path / "jobs").mkdir()
    written(tmp_path)
    (tmp_path / "requirements.txt").write_text(LOCK)
    (tmp_path / "jobs" / "requirements.txt").write_text(LOCK)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path


def written(folder: Path, old: str = "", new: str = "") -> None:
    whole = text(body=f'db = Postgres("db")\n    {BODY}')
    assert old in whole
    (folder / "stack.py").write_text(whole.replace(old, new) if old else whole)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What is said when nothing is built; nothing is written either."""
    assert main(["build", *words]) in {1, 2}
    assert not Path("deploy").exists()
    said = capsys.readouterr().err
    assert all(len(each.splitlines()) <= 8 for each in said.split("error[")[1:])
    return said


def test_every_folder_without_a_lock_is_named_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    Path("requirements.txt").unlink()
    Path("jobs/requirements.txt").write_text("fastapi\n")
    said = refused(capsys, "--release", "1")
    assert said.count("error[SW711]") == 2
    assert "dependencies of worker" in said


def test_only_what_is_asked_for_needs_a_lock(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("jobs/requirements.txt").unlink()
    monkeypatch.setenv("PATH", "/nowhere")
    assert "error[SW801]: no docker or podman" in refused(capsys, "--only", "api", "--release", "1")


def test_a_wheel_that_the_lock_counts_on(capsys: pytest.CaptureFixture[str]) -> None:
    Path("jobs/requirements.txt").write_text(LOCK.replace("seawall", "fastapi"))
    said = refused(capsys, "--release", "1")
    assert "error[SW802]: no wheel of seawall in jobs/wheels" in said
    assert "pip wheel --no-deps" in said


def test_a_push_needs_a_registry(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    written(folder, 'registry="ghcr.io/acme", ')
    said = refused(capsys, "--push", "--release", "1")
    assert "error[SW805]: stack bakery has no registry to push api, worker to" in said


def test_a_release_is_named_after_a_commit_or_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    assert "error[SW806]" in refused(capsys)
    assert "error[SW806]" in refused(capsys, "--release", "no tag at all")


def test_an_image_that_the_stack_does_not_have(capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "--only", "apy", "--release", "1")
    assert "error[SW315]" in said
    assert "api" in said


def test_a_scan_needs_a_scanner_before_anything_is_built(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    said = refused(capsys, "--scan", "--release", "1")
    assert "error[SW807]: no trivy on PATH" in said
    assert "SW801" not in said
