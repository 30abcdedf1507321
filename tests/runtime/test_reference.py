import gc
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from seawall.errors import Place, Problem, SeawallError
from seawall.runtime.reference import load_reference


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty project as the current folder; what is imported from it is forgotten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


def problem(reference: str) -> Problem:
    with pytest.raises(SeawallError) as caught:
        load_reference(reference)
    (found,) = caught.value.problems
    return found


def test_the_current_folder_is_searched(project: Path) -> None:
    (project / "shop_app.py").write_text("class holder:\n    app = 42\n")
    assert load_reference("shop_app:holder.app") == 42


def test_a_package_of_the_current_folder_is_searched(project: Path) -> None:
    (project / "orders_pkg").mkdir()
    (project / "orders_pkg" / "api.py").write_text("app = 'it'\n")
    assert load_reference("orders_pkg.api:app") == "it"


@pytest.mark.parametrize("reference", ["shop", "shop:", ":app", ""])
def test_a_reference_has_two_parts(reference: str) -> None:
    assert problem(reference).code == "SW402"


def test_a_missing_module_is_no_fault_of_the_code(project: Path) -> None:
    (project / "orders_pkg").mkdir()
    (project / "orders_pkg" / "__init__.py").touch()
    assert problem("orders_pkg.apy:app").message == "orders_pkg.apy:app: there is no module 'orders_pkg.apy'"
    assert problem("absent_pkg.api:app").code == "SW402"


def test_a_missing_name_is_helped_along(project: Path) -> None:
    (project / "shop_app.py").write_text("application = 1\n")
    found = problem("shop_app:aplication")
    assert (found.code, found.fix) == ("SW402", "did you mean 'application'?")


def test_a_failing_import_is_shown_at_the_users_line(project: Path) -> None:
    (project / "shop_app.py").write_text("import json\n\nimport helper_module\napp = 1\n")
    (project / "helper_module.py").write_text(
        "import json\n\n\ndef parse():\n    return json.loads('{')\n\n\nparse()\n"
    )
    found = problem("shop_app:app")
    assert found.code == "SW401"
    assert found.message.startswith("shop_app:app: JSONDecodeError: ")
    assert found.place == Place("helper_module.py", 5)


def test_a_missing_dependency_is_shown_where_it_is_imported(project: Path) -> None:
    (project / "shop_app.py").write_text("\nimport not_installed_at_all\n")
    found = problem("shop_app:app")
    assert found.message == "shop_app:app: ModuleNotFoundError: No module named 'not_installed_at_all'"
    assert found.place == Place("shop_app.py", 2)


def test_a_syntax_error_has_line_and_column(project: Path) -> None:
    (project / "shop_app.py").write_text("a = 1\nb = (\n")
    found = problem("shop_app:app")
    assert (found.code, found.place) == ("SW401", Place("shop_app.py", 2, 5))


def test_a_module_that_ends_the_process_is_told_from_one_that_runs(project: Path) -> None:
    (project / "shop_app.py").write_text("import sys\nsys.exit(0)\n")
    assert problem("shop_app:app").message == "shop_app:app: SystemExit: 0"


def test_the_users_own_problems_pass_unchanged(project: Path) -> None:
    (project / "shop_app.py").write_text(
        "from seawall.errors import Problem, SeawallError\nraise SeawallError(Problem('SW605', 'bad cron'))\n"
    )
    assert problem("shop_app:app").code == "SW605"


def test_no_password_is_shown(project: Path) -> None:
    (project / "shop_app.py").write_text("raise RuntimeError('cannot reach postgresql://u:canary@h/d')\n")
    assert "canary" not in str(problem("shop_app:app"))


@pytest.mark.parametrize("text", ["import gc\napp = gc.isenabled()\n", "app = False\nimport no_such_module\n"])
def test_the_garbage_collector_rests_while_the_application_is_imported(text: str, project: Path) -> None:
    (project / "shop_app.py").write_text(text)
    assert gc.isenabled()
    with suppress(SeawallError):
        assert load_reference("shop_app:app") is False
    assert gc.isenabled()
