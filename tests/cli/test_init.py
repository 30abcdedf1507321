import json
import re
from pathlib import Path

import pytest

from seawall.cli.init import TEMPLATE
from seawall.cli.load import load
from seawall.cli.main import main


def made(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    assert main(["init", str(folder), "--json"]) == 0
    answer: dict[str, object] = json.loads(capsys.readouterr().out)
    return answer


def test_a_new_project_has_every_file_and_a_stack_that_is_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = made(tmp_path / "shop", capsys)
    files = sorted(
        str(path.relative_to(tmp_path / "shop")) for path in (tmp_path / "shop").rglob("*") if path.is_file()
    )
    assert answer["files"] == files
    for name in ("stack.py", "README.md", ".gitignore", ".env.example", "pyproject.toml", "migrations/0001_notes.sql"):
        assert name in files
    loaded = load(str(tmp_path / "shop"))
    assert loaded.stack.name == "shop"
    for environment in loaded.stack.environments:
        loaded.resolve(environment.name)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("shop", "shop"),
        ("My_Shop 2", "my-shop-2"),
        ("2fast", "fast"),
        ("--x--", "x"),
        ("---", "my-project"),
        ("n" * 60, "n" * 40),
    ],
)
def test_the_project_is_named_after_its_folder(
    folder: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / folder)
    assert main(["init", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == name
    assert load().stack.name == name
    assert load().resolve().stack.name == name
    texts = [path.read_text() for path in (tmp_path / folder).rglob("*") if path.is_file()]
    if name != "my-project":
        assert not any(re.search("my.project", text) for text in texts)


def test_nothing_is_overwritten_and_nothing_is_written_beside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text("mine")
    (tmp_path / "README.md").write_text("mine")
    assert main(["init", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error[SW317]: ")
    assert "saw: README.md, app/main.py" in error
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["README.md", "app", "main.py"]


def test_a_file_in_the_place_of_the_folder_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shop").write_text("")
    assert main(["init", str(tmp_path / "shop")]) == 2
    assert "is a file" in capsys.readouterr().err


def test_other_files_do_not_matter_and_the_next_commands_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    assert main(["init", "shop"]) == 0
    assert [line.strip() for line in capsys.readouterr().out.splitlines()[-3:]] == ["cd shop", "seawall up", "pytest"]


def test_what_tools_leave_in_the_template_is_not_copied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "template"
    for name in ("stack.py", "app/main.py", "app/__pycache__/main.pyc", ".mypy_cache/x.json"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text((TEMPLATE / "stack.py").read_text())
    monkeypatch.setattr("seawall.cli.init.TEMPLATE", copy)
    assert made(tmp_path / "shop", capsys)["files"] == ["app/main.py", "stack.py"]
