from pathlib import Path

import pytest

from seawall.errors import Problem, SeawallError
from seawall.runtime import migrations
from seawall.runtime.migrations import Migration


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "migrations").mkdir()
    return tmp_path


def write(project: Path, **files: str) -> None:
    for name, sql in files.items():
        (project / "migrations" / f"{name.removeprefix('n')}.sql").write_bytes(sql.encode())


def read(*sources: str) -> tuple[Migration, ...]:
    return migrations.read(sources or ("migrations",)).migrations


def problems(*sources: str) -> list[Problem]:
    with pytest.raises(SeawallError) as caught:
        migrations.read(sources or ("migrations",))
    assert {problem.code for problem in caught.value.problems} == {"SW505"}
    return list(caught.value.problems)


def test_files_come_in_the_order_of_their_numbers(project: Path) -> None:
    write(project, n0002_b="select 2", n0010_c="select 10", n0001_a="select 1", n10000_d="select 10000")
    (project / "migrations" / "README.md").write_text("not SQL")
    assert [each.version for each in read()] == [1, 2, 10, 10000]
    assert read()[0].name == "0001_a"
    assert read()[0].path == "migrations/0001_a.sql"


@pytest.mark.usefixtures("project")
def test_an_empty_folder_is_no_fault() -> None:
    assert read() == ()


def test_the_checksum_does_not_see_line_ends_or_a_mark_of_the_editor(project: Path) -> None:
    write(project, n0001_a="select 1;\nselect 2;\n", n0002_b="\ufeffselect 1;\r\nselect 2;\r\n", n0003_c="select 1;")
    first, second, third = (each.checksum for each in read())
    assert first == second != third
    assert len(first) == 64


def test_marks_stand_in_the_comments_at_the_beginning(project: Path) -> None:
    write(
        project,
        n0001_a="-- Why.\n-- seawall: compatible\n--seawall:no-transaction\n\nselect 1",
        n0002_b="select 1\n-- seawall: compatible",
    )
    first, second = read()
    assert (first.transactional, first.compatible) == (False, True)
    assert (second.transactional, second.compatible) == (True, False)


def test_a_folder_is_known_by_its_path_in_the_project(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (project / "api" / "migrations").mkdir(parents=True)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "stock"
    elsewhere.mkdir()
    known = migrations.read(["migrations", "./api/migrations/", str(elsewhere)])
    assert known.sources == ("migrations", "api/migrations", "stock")
    assert migrations.read([str(project / "migrations")]).sources == ("migrations",)


def test_a_folder_in_a_package_is_known_by_the_package(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = project / "orders_sql_pkg" / "sql"
    package.mkdir(parents=True)
    (project / "orders_sql_pkg" / "__init__.py").touch()
    (package / "0001_a.sql").write_text("select 1")
    monkeypatch.syspath_prepend(str(project))
    known = migrations.read(["orders_sql_pkg:sql"])
    assert known.sources == ("orders_sql_pkg",)
    assert [each.name for each in known.migrations] == ["0001_a"]


def test_all_faults_come_at_once(project: Path) -> None:
    write(project, first="select 1", n0001_A="select 1", n0002_a="select 1", n0002_b="select 1", n0003_c="commit")
    write(project, n0004_d="-- seawall: compatibel\nselect 1")
    (project / "migrations" / "0005_e.sql").write_bytes(b"select '\xff'")
    found = problems("migrations", "absent", "no.such.package:sql", "orders:nowhere")
    text = "\n".join(str(problem) for problem in found)
    assert len(found) == 9
    for part in (
        "first.sql is not the name of a migration",
        "0001_A.sql is not the name",
        "2 migrations have the number 0002",
        "0003_c has COMMIT",
        "no mark 'compatibel'",
        "0005_e.sql is not UTF-8",
        "'absent'",
        "'no.such.package:sql'",
        "'orders:nowhere'",
    ):
        assert part in text


@pytest.mark.usefixtures("project")
def test_sources_of_one_name_are_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "migrations"
    other.mkdir()
    (found,) = problems("migrations", str(other))
    assert found.message == "2 sources are named 'migrations'"


@pytest.mark.parametrize(
    "sql", ["begin; select 1", "select 1;\nCOMMIT", "rollback", "start transaction", "end", "abort"]
)
def test_a_file_must_not_end_its_own_transaction(project: Path, sql: str) -> None:
    write(project, n0001_a=sql)
    (found,) = problems()
    assert found.place is not None
    assert found.place.line == len(sql.splitlines())


@pytest.mark.parametrize(
    "sql",
    [
        "savepoint a; rollback to a; rollback to savepoint a",
        "do $$ begin commit; end $$",
        "-- seawall: no-transaction\nbegin; select 1; commit",
        "copy t from '/file'",
    ],
)
def test_what_only_looks_like_it_is_taken(project: Path, sql: str) -> None:
    write(project, n0001_a=sql)
    assert len(read()) == 1


@pytest.mark.parametrize("sql", ["copy t from stdin", "COPY t (a) TO STDOUT with csv"])
def test_a_file_has_no_data_for_the_client_to_send(project: Path, sql: str) -> None:
    write(project, n0001_a=sql)
    assert "INSERT" in problems()[0].fix
