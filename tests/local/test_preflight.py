import os
from pathlib import Path

import pytest

from seawall.local import container
from seawall.local.plan import Engine
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


def test_every_folder_that_is_missing_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    described = system(
        Postgres("db", migrations="nowhere"), Site("web", root="web/dist"), Api("api", app="a:app", source="api")
    )
    problems = list(missing(described, tmp_path))
    assert [problem.code for problem in problems] == ["SW310"] * 3
    assert "db: migrations='nowhere' is not a folder" in problems[0].message
    assert problems[0].place == described.services[0].place
    assert [problem.fix for problem in problems] == ["mkdir -p nowhere", "mkdir -p web/dist", "mkdir -p api"]


def test_a_folder_is_made_from_where_the_reader_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop" / "app").mkdir(parents=True)
    for here, fix in (
        ("shop/app", "mkdir -p '../my site'"),
        ("shop", "mkdir -p 'my site'"),
        (".", "mkdir -p 'shop/my site'"),
        ("/", f"mkdir -p '{tmp_path.relative_to('/')}/shop/my site'"),
    ):
        monkeypatch.chdir(tmp_path / here)
        (problem,) = missing(system(Site("web", root="my site")), tmp_path / "shop")
        assert problem.fix == fix


@pytest.mark.parametrize(
    ("there", "wanted", "near"),
    [
        ("migrations", "migration", "migrations"),
        ("db/migrations", "db/migratons", "db/migrations"),
        ("migrations", "migr", "migrations"),
    ],
)
def test_a_folder_beside_it_that_was_probably_meant(tmp_path: Path, there: str, wanted: str, near: str) -> None:
    (tmp_path / there).mkdir(parents=True)
    (problem,) = missing(system(Postgres("db", migrations=wanted)), tmp_path)
    assert problem.message.endswith(f"; did you mean '{near}'?")
    assert problem.fix == f'migrations="{near}"'


def test_neither_a_file_nor_a_hidden_folder_was_meant(tmp_path: Path) -> None:
    (tmp_path / "migrations").touch()
    (tmp_path / ".migration").mkdir()
    (problem,) = missing(system(Postgres("db", migrations="migration")), tmp_path)
    assert "did you mean" not in problem.message


def test_a_command_that_is_not_on_path_is_said_with_the_nearest_that_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "meilisearch"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    (problem,) = missing(system(Program("search", command=["meilisearchh"], port=7700)), tmp_path)
    assert problem.code == "SW305"
    assert problem.message == "search: 'meilisearchh' is not on PATH; did you mean 'meilisearch'?"


SEARCH = Program("search", image="getmeili/meilisearch", port=7700)


def engine(folder: Path, name: str, status: int) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\nexit {status}\n")
    program.chmod(0o755)


def test_an_image_needs_an_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    (problem,) = missing(system(SEARCH), tmp_path)
    assert problem.code == "SW311"
    assert problem.message == "search has an image but no command, and there is neither docker nor podman"


def test_an_engine_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    engine(tmp_path, "docker", 1)
    (problem,) = missing(system(SEARCH), tmp_path)
    assert problem.message == "search has an image but no command, and docker cannot be reached"
    assert problem.fix == "start docker"


def test_podman_serves_where_docker_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    engine(tmp_path, "docker", 1)
    engine(tmp_path, "podman", 0)
    assert list(missing(system(SEARCH), tmp_path)) == []
    found = container.find({"PATH": os.fspath(tmp_path), "DOCKER_HOST": "ssh://far", "HOME": "/root"})
    assert found == Engine(str(tmp_path / "podman"), {"DOCKER_HOST": "ssh://far"})


def test_a_container_cannot_reach_what_listens_on_this_machine_only(tmp_path: Path) -> None:
    db = Postgres("db")
    (problem,) = missing(system(db, Program("search", image="search", port=7700, uses=[db])), tmp_path)
    assert problem.code == "SW311"
    assert "cannot reach what it uses" in problem.message


def test_a_site_with_a_server_of_its_own_needs_its_command_and_not_yet_its_files(tmp_path: Path) -> None:
    assert list(missing(system(Site("web", root="dist", dev=["sh"])), tmp_path)) == []
    (problem,) = missing(system(Site("web", root="dist", dev=["vitee"])), tmp_path)
    assert problem.code == "SW305"
