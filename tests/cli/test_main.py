import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from seawall import __version__
from seawall.cli import extras
from seawall.cli.main import main
from seawall.errors import UsageError

STACK = """
from seawall.stack import Api, Environment, stack

@stack("small", environments=[Environment("dev")])
def small(env):
    return [Api("api", app="a:app", port=%s)]
"""


def test_the_version_for_people_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"seawall {__version__}\n"
    assert main(["--version", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"version": __version__}


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "run the stack on this machine" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["upp"], ["up", "--nothing"], ["--wrong"], ["up", "--env"]])
def test_a_command_line_that_cannot_be_read_exits_2_with_one_fix(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    error = capsys.readouterr().err
    assert error.startswith("error[SW001]: ")
    assert "--help" in error


def test_json_says_the_same_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--nothing", "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.err == ""
    (problem,) = json.loads(captured.out)["errors"]
    assert problem["code"] == "SW001"


def test_an_error_of_the_stack_exits_1_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stack.py").write_text(STACK % "'eighty'")
    monkeypatch.chdir(tmp_path)
    assert main(["up", "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["errors"]
    assert problem["code"] == "SW201"
    assert problem["place"] == {"file": "stack.py", "line": 6, "column": 37}
    assert not (tmp_path / ".seawall").exists()


@pytest.mark.parametrize("option", ["80x", "api=", "=80", "nobody=80", "api=70000", "api=-1"])
def test_a_port_that_cannot_be_read_names_what_can_be_given(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stack.py").write_text(STACK % "8000")
    monkeypatch.chdir(tmp_path)
    assert main(["up", f"--port={option}"]) == 2
    assert (
        f"--port {option} cannot be read\n  wanted: PORT or SERVICE=PORT, with SERVICE one of api"
        in capsys.readouterr().err
    )


def test_a_missing_extra_exits_2_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(UsageError) as caught:
        extras.require("local", "up")
    assert caught.value.exit_status == 2
    assert caught.value.problems[0].fix == "pip install 'seawall[local]'"


def test_a_traceback_is_shown_only_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "stack.py").write_text("1/0\n")
    seawall = str(Path(sys.executable).parent / "seawall")
    quiet = subprocess.run([seawall, "up"], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=30)
    assert quiet.returncode == 1
    assert "ZeroDivisionError" in quiet.stderr
    assert "Traceback" not in quiet.stderr
    loud = subprocess.run(
        [seawall, "up", "--debug"], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=30
    )
    assert "Traceback" in loud.stderr


def test_a_reader_that_has_gone_away_does_not_show_a_traceback() -> None:
    seawall = str(Path(sys.executable).parent / "seawall")
    shell = f"'{seawall}' --help | true; '{seawall}' --version | true"
    done = subprocess.run(["sh", "-c", shell], check=False, capture_output=True, text=True, timeout=30)
    assert "Traceback" not in done.stderr
