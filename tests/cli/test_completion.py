import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from seawall.cli.completion import described
from seawall.cli.main import COMMANDS, build_parser, main

STACK = """
from seawall.stack import Api, Environment, Postgres, stack
@stack("s", environments=[Environment("dev"), Environment("prod")])
def s(env):
    db = Postgres("db")
    return [db, Api(
        "api-service", app="a:b", uses=[db])]
"""
ASK = """
source "$1"
COMP_WORDS=("${@:2}"); COMP_CWORD=$(($# - 2))
_seawall
printf '%s\\n' "${COMPREPLY[@]}"
"""


def all_commands() -> Any:
    return next(action for action in build_parser()._actions if action.dest == "command")


@pytest.fixture
def bash_script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["completion", "bash"]) == 0
    (tmp_path / "stack.py").write_text(STACK)
    (tmp_path / "below").mkdir()
    script = tmp_path / "seawall.bash"
    script.write_text(capsys.readouterr().out)
    return script


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["seawall", "sta"], ["status"]),
        (["seawall", "do"], ["down", "doctor"]),
        (["seawall", "up", "--o"], ["--only"]),
        (["seawall", "up", "--env", ""], ["dev", "prod"]),
        (["seawall", "up", "--only", "d"], ["db"]),
        (["seawall", "--json", "logs", "a"], ["api-service"]),
        (["seawall", "logs", "--level", "e"], ["error"]),
        (["seawall", "run", "api"], ["api-service"]),
        (["seawall", "completion", "z"], ["zsh"]),
        (["seawall", "up", "--file", "sta"], []),
        (["seawall", "nothing", "x"], []),
    ],
)
def test_bash_offers_commands_options_services_and_environments(
    words: list[str], offered: list[str], bash_script: Path
) -> None:
    asked = ["bash", "-c", ASK, "bash", str(bash_script), *words]
    done = subprocess.run(asked, cwd=bash_script.parent / "below", capture_output=True, text=True, check=True)
    assert done.stdout.split() == offered
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_script_names_every_command_and_is_read_by_its_shell(
    shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell, "--json"]) == 0
    script = json.loads(capsys.readouterr().out)["script"]
    for command in described(all_commands()):
        assert command.name in script
    if shutil.which(shell):
        file = tmp_path / "script"
        file.write_text(script)
        subprocess.run([shell, "-n", str(file)], check=True)


def test_the_description_has_every_command_with_its_options() -> None:
    commands = {command.name: command for command in described(all_commands())}
    assert len(commands) == len(COMMANDS)
    assert "--env" in commands["up"].flags()
    assert "--background" not in commands["up"].flags()
    assert commands["run"].arguments == ("SERVICE", "COMMAND")
    assert commands["completion"].words() == ["bash", "zsh", "fish"]


def test_another_shell_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert "SW001" in capsys.readouterr().err
