import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from seawall.cli.deploy_folder import _entries
from seawall.cli.main import main
from tests.render.stacks import text

BODY = 'db = Postgres("db"); return [db, Api("api", app="a:b", uses=[db], port=8001)]'
PROD = Path("deploy/kubernetes/prod")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = tmp_path / "bakery"
    project.mkdir()
    monkeypatch.chdir(project)
    Path("stack.py").write_text(text(body=BODY))
    return project


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()}


def test_it_writes_every_environment_and_then_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render"]) == 0
    first = bytes_below(Path("deploy"))
    assert {"deploy/README.md", "deploy/kubernetes/prod/deployment-api.yaml"} <= first.keys()
    assert "add " in capsys.readouterr().out
    modified = Path("deploy/README.md").stat().st_mtime_ns
    assert main(["render"]) == 0
    assert "none changed" in capsys.readouterr().out
    assert bytes_below(Path("deploy")) == first
    assert Path("deploy/README.md").stat().st_mtime_ns == modified
    assert main(["render", "--check"]) == 0


def test_two_processes_with_other_hashes_write_the_same_bytes(folder: Path) -> None:
    for seed in ("1", "2"):
        script = "import sys; from seawall.cli.main import main; sys.exit(main(sys.argv[1:]))"
        command = [sys.executable, "-c", script, "render", "--to", seed]
        subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True)
    there = [{path.removeprefix(seed): each for path, each in bytes_below(Path(seed)).items()} for seed in ("1", "2")]
    assert there[0] == there[1]


def test_what_is_not_up_to_date_fails_the_check_and_is_shown_by_diff(capsys: pytest.CaptureFixture[str]) -> None:
    main(["render"])
    before = bytes_below(Path("deploy"))
    Path("stack.py").write_text(text(body=BODY.replace("8001", "8002")))
    capsys.readouterr()
    assert main(["render", "--check"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error[SW705]: ")
    assert "kubernetes/dev/deployment-api.yaml" in said
    assert main(["render", "--diff"]) == 0
    shown = capsys.readouterr().out
    assert "--- a/kubernetes/prod/deployment-api.yaml" in shown
    assert "+        - containerPort: 8002" in shown or "containerPort: 8002" in shown
    assert bytes_below(Path("deploy")) == before
    assert main(["render", "--check", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["errors"][0]["code"] == "SW705"


def test_only_a_part_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "--only", "kubernetes/prod"]) == 0
    assert [each.name for each in Path("deploy/kubernetes").iterdir()] == ["prod"]
    assert not Path("deploy/README.md").exists()
    assert main(["render", "--only", "kubernetes/prd"]) == 2
    assert "kubernetes/dev, " in capsys.readouterr().err


def test_files_that_are_no_longer_rendered_are_removed_and_others_stay() -> None:
    main(["render"])
    mine = Path("deploy/kubernetes/prod/notes.yaml")
    mine.write_text("a: b\n")
    Path("stack.py").write_text(text(body='return [Api("web", app="a:b")]'))
    main(["render"])
    assert not (PROD / "deployment-api.yaml").exists()
    assert (PROD / "deployment-web.yaml").exists()
    assert mine.read_text() == "a: b\n"


def test_an_environment_that_is_gone_leaves_no_folder() -> None:
    main(["render"])
    Path("stack.py").write_text(text(body=BODY).replace(', Environment("prod")', ""))
    main(["render"])
    assert not PROD.exists()
    assert main(["render", "--check"]) == 0


def test_a_file_of_somebody_else_is_not_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    PROD.mkdir(parents=True)
    (PROD / "deployment-api.yaml").write_text("kind: Deployment\n")
    assert main(["render"]) == 1
    assert capsys.readouterr().err.startswith("error[SW707]: ")
    assert [each.name for each in PROD.iterdir()] == ["deployment-api.yaml"]
    assert not Path("deploy/README.md").exists()


def test_images_that_a_build_wrote_are_kept_in_whatever_layout() -> None:
    main(["render"])
    path = PROD / "kustomization.yaml"
    written = yaml.safe_load(path.read_text())
    written["images"][0] = {"digest": f"sha256:{'1' * 64}", "name": "api", "newName": "ghcr.io/acme/api"}
    head = path.read_text().partition("\n")[0]
    path.write_text(f"{head}\n{yaml.safe_dump(written)}")
    assert main(["render", "--check"]) == 0
    Path("stack.py").write_text(text(body=BODY.replace('"a:b"', '"a:b", config={"A": "1"}')))
    main(["render"])
    assert yaml.safe_load(path.read_text())["images"][0] == written["images"][0]
    assert "Made by 'seawall render'" in path.read_text()


@pytest.mark.parametrize("content", ["[", "- a", "db-secret: text", "db-secret: {POSTGRES_USER: 3}"])
def test_a_file_of_sealed_secrets_that_cannot_be_read(content: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("secrets").mkdir()
    Path("secrets/prod.yaml").write_text(content)
    assert main(["render"]) == 1
    assert capsys.readouterr().err.startswith("error[SW708]: ")
    assert not Path("deploy").exists()


def test_explain_prints_a_line_for_each_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "Deployment/api", "--env", "prod"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (port,) = [line for line in lines if "[http].containerPort" in line]
    assert "8001" in port
    assert "stack.py:" in port
    assert "Api.port" in port
    assert main(["explain", "statefulset/db", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["object"] == "StatefulSet/db"
    assert answer["environment"] == "dev"
    assert {each["origin"] for each in answer["values"]} == {"stack", "default", "rule"}


@pytest.mark.parametrize("words", [["deployment/apy"], ["deployment"], ["secret/api"]])
def test_explain_of_what_is_not_rendered(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *words, "--env", "prod"]) == 2
    assert capsys.readouterr().err.startswith("error[SW706]: ")


@pytest.mark.parametrize(
    ("block", "entries"),
    [
        ('- name: api\n  newName: ghcr.io/acme/api\n  newTag: "18"\n', [("api", "18")]),
        ("- digest: sha256:1a\n  name: api\n  newTag: v1.2\n- name: db\n  newTag: x\n", [("api", "v1.2"), ("db", "x")]),
        ("- name: api\n  newTag: 1.20\n", None),  # a number: a YAML library decides
        ("- name: api\n  newTag: no # not built\n", None),
        ("- name: api\n  newTag: no\n", None),
        ("- {name: api}\n", None),
        ("  name: api\n", None),
        ("- name: api\nnamespace: other\n", None),
        ("", []),
    ],
)
def test_images_are_read_without_a_library_where_they_are_laid_out_as_rendered(
    block: str, entries: list[tuple[str, str]] | None
) -> None:
    found = _entries(block)
    said = None if found is None else [(each["name"], each["newTag"]) for each in found]
    assert said == entries
    if found:
        assert yaml.safe_load(block) == found


def test_files_of_every_kind_are_known_again_and_removed_when_they_are_no_longer_rendered() -> None:
    site = BODY.replace("return [db,", 'return [db, Site("pages", root="pages", path="/"),')
    Path("stack.py").write_text(text(body=site))
    Path("pages").mkdir()
    assert main(["render"]) == 0
    assert main(["render", "--check"]) == 0
    made = {path.removeprefix("deploy/") for path in bytes_below(Path("deploy"))}
    assert {"compose/pages.json", "compose/secrets/.gitignore", "compose/compose.yaml"} <= made
    Path("deploy/compose/secrets/db-password").write_text("a person's own")
    Path("stack.py").write_text(text(body=BODY))
    assert main(["render"]) == 0
    assert not Path("deploy/compose/pages.json").exists()
    assert Path("deploy/compose/secrets/db-password").exists()
