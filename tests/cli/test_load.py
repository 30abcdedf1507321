import sys
from pathlib import Path

import pytest

from seawall.cli.load import load
from seawall.errors import Problem, SeawallError, UsageError
from seawall.stack import Api

STACK = """
from seawall.stack import Environment, Postgres, stack

@stack("{name}", environments=[Environment("dev"), Environment("prod")])
def {name}(env):
    return [Postgres("db")]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = tmp_path / "orders"
    project.mkdir()
    monkeypatch.chdir(project)
    return project


def refused(text: str) -> Problem:
    """The one fault for which a text cannot be loaded or resolved."""
    Path("stack.py").write_text(text)
    with pytest.raises(SeawallError) as caught:
        load().resolve()
    (problem,) = caught.value.problems
    assert len(str(problem).splitlines()) <= 8
    return problem


def test_the_stack_of_this_folder(folder: Path) -> None:
    Path("stack.py").write_text(STACK.format(name="orders"))
    loaded = load()
    assert (loaded.stack.name, loaded.file, loaded.folder) == ("orders", folder / "stack.py", folder)
    assert str(loaded.resolve("prod").services[0].place) == "stack.py:6:13"


def test_the_nearest_stack_upward(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("stack.py").write_text(STACK.format(name="orders"))
    (folder / "app" / "api").mkdir(parents=True)
    monkeypatch.chdir(folder / "app" / "api")
    loaded = load()
    assert (loaded.stack.name, loaded.folder) == ("orders", folder)
    assert str(loaded.resolve().services[0].place) == "../../stack.py:6:13"


@pytest.mark.parametrize("given", ["elsewhere", "elsewhere/stack.py", "elsewhere/other.py"])
def test_a_stack_that_is_named(given: str, folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    for name in ("stack.py", "other.py"):
        (elsewhere / name).write_text(STACK.format(name="orders"))
    loaded = load(given)
    assert loaded.folder == elsewhere
    assert loaded.resolve().services[0].place.file == (given if given.endswith(".py") else f"{given}/stack.py")


def test_a_stack_far_away_is_shown_by_its_whole_path(tmp_path: Path) -> None:
    far = tmp_path / "far"
    far.mkdir()
    (far / "stack.py").write_text(STACK.format(name="orders"))
    assert load("../far").resolve().services[0].place.file == str(far / "stack.py")


def test_no_stack_file() -> None:
    with pytest.raises(UsageError) as caught:
        load()
    (problem,) = caught.value.problems
    assert problem.message == "no stack.py in orders/ or its parents"
    assert problem.fix == "seawall init, or pass --file PATH"


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(UsageError) as caught:
        load("nowhere.py")
    assert str(caught.value) == "error[SW101]: no file nowhere.py\n  fix: --file PATH/stack.py"


def test_a_syntax_error() -> None:
    assert str(refused("import os\n\ndef orders(env:\n    pass\n")) == (
        "error[SW102]: SyntaxError: '(' was never closed\n  --> stack.py:3:11\n  | def orders(env:\n  |           ^"
    )


def test_indentation_that_does_not_fit() -> None:
    problem = refused("if True:\npass\n")
    assert (problem.code, str(problem.place)) == ("SW102", "stack.py:2:1")
    assert problem.message.startswith("IndentationError: expected an indented block")


def test_a_file_that_is_no_text() -> None:
    Path("stack.py").write_bytes(b"\0\xff")
    with pytest.raises(SeawallError, match=r"error\[SW102\]"):
        load()


def test_a_file_in_another_encoding() -> None:
    text = "# -*- coding: latin-1 -*-\n" + STACK.format(name="orders").replace('"db"', '"dé"', 1)
    Path("stack.py").write_bytes(text.encode("latin-1"))
    with pytest.raises(SeawallError) as caught:
        load().resolve()
    assert str(caught.value.problems[0].place) == "stack.py:7:22"


def test_an_exception_while_it_runs() -> None:
    assert str(refused("import os\n\nHOST = [os.environ['NO_SUCH_VARIABLE']]\n")) == (
        "error[SW102]: KeyError: 'NO_SUCH_VARIABLE'\n"
        "  --> stack.py:3:9\n"
        "  | HOST = [os.environ['NO_SUCH_VARIABLE']]\n"
        "  |         ^"
    )


def test_a_module_that_is_not_there() -> None:
    problem = refused("import no_such_module\n")
    assert (str(problem.place), problem.message) == (
        "stack.py:1:1",
        "ModuleNotFoundError: No module named 'no_such_module'",
    )


def test_a_file_that_exits() -> None:
    assert refused("import sys\nsys.exit('no')\n").message == "SystemExit: no"


def test_an_exception_in_a_module_of_the_project() -> None:
    Path("common.py").write_text("def limit(name):\n    return {}[name]\n")
    problem = refused("from common import limit\n\nlimit('api')\n")
    assert (str(problem.place), problem.message, problem.excerpt[0]) == (
        "common.py:2:12",
        "KeyError: 'api'",
        "return {}[name]",
    )


def test_a_syntax_error_in_a_module_of_the_project() -> None:
    Path("common.py").write_text("x = = 1\n")
    problem = refused("import common\n")
    assert (str(problem.place), problem.message) == ("common.py:1:5", "SyntaxError: invalid syntax")


def test_an_unknown_argument() -> None:
    text = STACK.format(name="orders").replace('Environment("dev")', '\n    Environment("dev", hots="x")')
    problem = refused(text)
    assert (problem.code, str(problem.place)) == ("SW105", "stack.py:5:24")
    assert problem.message == "Environment has no argument 'hots'; did you mean 'host'?"


def test_an_unknown_argument_of_the_decorator() -> None:
    problem = refused(STACK.format(name="orders").replace("environments=", "enviroments="))
    assert (problem.code, problem.message) == (
        "SW105",
        "stack has no argument 'enviroments'; did you mean 'environments'?",
    )


def test_a_decorator_without_its_arguments() -> None:
    problem = refused("from seawall.stack import stack\n@stack\ndef orders(env): ...\n")
    assert (problem.code, problem.message) == ("SW105", "stack needs 'environments'")
    assert problem.fix == 'environments=[Environment("dev")]'


def test_no_stack_in_the_file() -> None:
    problem = refused("def orders(env): ...\n")
    assert (problem.code, problem.message) == ("SW103", "stack.py holds no stack")


def test_two_stacks_in_the_file() -> None:
    problem = refused(STACK.format(name="one") + STACK.format(name="two"))
    assert (problem.code, problem.message) == (
        "SW103",
        "stack.py holds 2 stacks: one (stack.py:4:2) and two (stack.py:10:2)",
    )


def test_one_stack_under_two_names_is_one() -> None:
    Path("stack.py").write_text(STACK.format(name="orders") + "again = orders\n")
    assert load().stack.name == "orders"


def test_faults_are_found_at_their_arguments() -> None:
    problem = refused(STACK.format(name="orders").replace('"db"', '\n        "db",\n        version="18",\n    '))
    assert str(problem.place) == "stack.py:8:9"


def test_a_fault_in_a_module_of_the_project() -> None:
    Path("common.py").write_text("from seawall.stack import Environment\nDEV = Environment('dev', host='?')\n")
    problem = refused("from common import DEV\n" + STACK.format(name="orders").replace('Environment("dev")', "DEV"))
    assert str(problem.place) == "common.py:2:26"


def test_two_stacks_in_one_process_each_with_its_own_modules(tmp_path: Path) -> None:
    text = STACK.format(name="orders").replace('Postgres("db")', 'Api("api", app="a:b", port=late.PORT)')
    text = text.replace("Postgres", "Api").replace("    return", "    import late\n    return")
    for name, port in (("one", 1111), ("two", 2222)):
        project = tmp_path / name
        (project / "common").mkdir(parents=True)
        (project / "common" / "__init__.py").write_text(f"PORT = {port}\n")
        (project / "late.py").write_text("from common import PORT\n")
        (project / "stack.py").write_text("from common import PORT\n" + text)
    before = set(sys.modules), list(sys.path)
    loaded = [load(str(tmp_path / name)) for name in ("one", "two")]
    ports = [service.port for each in loaded for service in each.resolve().services if isinstance(service, Api)]
    assert ports == [1111, 2222]
    assert (set(sys.modules), list(sys.path)) == before
    assert list(tmp_path.rglob("__pycache__")) == []


def test_a_module_keeps_its_state_between_loading_and_resolving() -> None:
    Path("common.py").write_text("SEEN = []\n")
    text = STACK.format(name="orders").replace(
        "    return", "    import common\n    common.SEEN.append(env.name)\n    return"
    )
    Path("stack.py").write_text("import common\n" + text)
    loaded = load()
    loaded.resolve()
    assert loaded.modules["common"].SEEN[:2] == ["dev", "prod"]


def test_a_file_that_changed_is_loaded_anew() -> None:
    for name in ("before", "after"):
        Path("stack.py").write_text(STACK.format(name=name))
        assert load().stack.name == name
