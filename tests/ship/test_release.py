import subprocess
from pathlib import Path

from seawall.ship import release


def git(folder: Path, *words: str) -> str:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *settings, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_it_is_the_commit_unless_something_differs_from_it(tmp_path: Path) -> None:
    assert release.of(tmp_path) == ""
    git(tmp_path, "init", "--quiet")
    assert release.of(tmp_path) == ""
    project = tmp_path / "bakery"
    (project / "deploy").mkdir(parents=True)
    (project / "app.py").write_text("")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "elsewhere").write_text("")
    (project / "deploy" / "a.yaml").write_text("")
    assert release.of(project, ("deploy", "wheels")) == commit
    assert release.of(project) == f"{commit}-changed"
    (project / "app.py").write_text("1")
    assert release.of(project, ("deploy",)) == f"{commit}-changed"
