import os
from pathlib import Path

import pytest

from seawall.local.preflight import missing
from seawall.stack import Api, Postgres, Program, Site
from tests.support.systems import system


def test_a_system_whose_folders_and_commands_exist_has_no_problem(tmp_path: Path) -> None:
    for name in ("migrations", "web", "api"):
        (tmp_path / name).mkdir()
    described = system(
        Postgres("db", migrations="migrations"),
        Site("web", root="web"),
        Api("api", app="a:app", source="api"),
        Program("shell", command=["sh"], port=7000),
    )
    assert list(missing(described, tmp_path)) == []


def test_every_folder_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    described = system(
        Postgres("db", migrations="nowhere"), Site("web", root="web/dist"), Api("api", app="a:app", source="api")
    )
    problems = list(missing(described, tmp_path))
    assert [problem.code for problem in problems] == ["SW310"] * 3
    assert "db: migrations='nowhere' is not a folder" in problems[0].message
    assert problems[0].place == described.services[0].place
    assert problems[1].fix == f"mkdir -p {tmp_path / 'web/dist'}"


def test_a_command_that_is_not_on_path_is_said_with_the_nearest_that_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "meilisearch"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    (problem,) = missing(system(Program("search", command=["meilisearchh"], port=7700)), tmp_path)
    assert problem.code == "SW305"
    assert problem.message == "search: 'meilisearchh' is not on PATH; did you mean 'meilisearch'?"


def test_a_program_that_is_only_an_image_cannot_run_here(tmp_path: Path) -> None:
    (problem,) = missing(system(Program("search", image="getmeili/meilisearch", port=7700)), tmp_path)
    assert problem.code == "SW311"
