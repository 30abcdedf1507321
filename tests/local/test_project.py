import subprocess
import sys
from pathlib import Path

import pytest

from seawall.errors import SeawallError
from seawall.local import project
from seawall.stack import Api, Secret, Worker
from tests.support.systems import system


def test_children_inherit_what_programs_need_and_nothing_else() -> None:
    shell = {
        "PATH": "/bin",
        "LC_ALL": "C.UTF-8",
        "HTTPS_PROXY": "http://proxy",
        "AWS_SECRET_ACCESS_KEY": "canary",
        "TZ": "CET",
    }
    assert project.inherited(shell) == {"PATH": "/bin", "LC_ALL": "C.UTF-8", "HTTPS_PROXY": "http://proxy"}


def test_the_nearest_virtual_environment_runs_the_services(tmp_path: Path) -> None:
    project_python = tmp_path / ".venv" / "bin" / "python"
    project_python.parent.mkdir(parents=True)
    project_python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    project_python.chmod(0o755)
    folder = tmp_path / "services" / "shop"
    folder.mkdir(parents=True)
    assert project.interpreter(folder, {"VIRTUAL_ENV": "/elsewhere"}) == str(project_python)


def test_without_any_virtual_environment_this_interpreter_runs_them(tmp_path: Path) -> None:
    assert project.interpreter(tmp_path, {}) == sys.executable


def test_an_interpreter_without_seawall_is_refused_with_the_line_that_installs_it(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(SeawallError) as caught:
        project.interpreter(tmp_path, {})
    assert caught.value.problems[0].code == "SW309"
    assert caught.value.problems[0].fix == f"{python} -m pip install seawall"


def test_the_release_is_the_commit_that_is_checked_out(tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    assert project.release(tmp_path) == ""
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    assert project.release(tmp_path) == head.stdout.strip()


def test_a_folder_outside_git_has_no_release(tmp_path: Path) -> None:
    assert project.release(tmp_path) == ""


def test_secrets_come_from_the_environment_then_from_dotenv(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# local\nexport ONE='from file'\nTWO=\"two words\"\nTHREE=a#b\n")
    api = Api("api", app="a:app", secrets=[Secret("ONE"), Secret("TWO"), Secret("THREE")])
    found = project.secrets(system(api), tmp_path, {"ONE": "from shell", "OTHER": "x"})
    assert found == {"ONE": "from shell", "TWO": "two words", "THREE": "a#b"}


def test_all_missing_secrets_are_said_at_once_and_no_value_is_shown(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SET=canary\n")
    api = Api("api", app="a:app", secrets=[Secret("SET"), Secret("STRIPE_KEY")])
    worker = Worker("worker", jobs="a:jobs", secrets=[Secret("STRIPE_KEY"), Secret("MAIL_KEY")])
    with pytest.raises(SeawallError) as caught:
        project.secrets(system(api, worker), tmp_path, {})
    assert [problem.message for problem in caught.value.problems] == [
        "STRIPE_KEY needed by api, worker is not set",
        "MAIL_KEY needed by worker is not set",
    ]
    assert all(problem.code == "SW304" and problem.place is not None for problem in caught.value.problems)
    assert "canary" not in str(caught.value)


def test_the_example_is_named_only_where_there_is_one(tmp_path: Path) -> None:
    described = system(Api("api", app="a:app", secrets=[Secret("KEY")]))
    fixes: list[str] = []
    for _ in range(2):
        with pytest.raises(SeawallError) as caught:
            project.secrets(described, tmp_path, {})
        fixes.append(caught.value.problems[0].fix)
        (tmp_path / ".env.example").write_text("KEY=\n")
    assert fixes == ["add KEY=... to .env", "add KEY=... to .env (see .env.example)"]


def test_opentelemetry_s_variables_are_for_what_is_traced(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OTEL_EXPORTER_OTLP_HEADERS=key=1\nOTEL_TRACES_SAMPLER=always_on\nOTHER=1\n")
    shell = {"OTEL_TRACES_SAMPLER": "always_off", "OTEL_SERVICE_NAME": "shell", "PATH": "/bin"}
    traced = system(Api("api", app="a:b", traced=True))
    found = project.telemetry(traced, tmp_path, shell)
    assert found == {"OTEL_EXPORTER_OTLP_HEADERS": "key=1", "OTEL_TRACES_SAMPLER": "always_off"}
    assert project.telemetry(system(Api("api", app="a:b")), tmp_path, shell) == {}
