import os
from pathlib import Path

import pytest

from seawall.errors import SeawallError
from seawall.local import account

TRUE = Path("/bin/true")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root must become somebody else")


def test_an_ordinary_user_runs_it_as_he_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getegid", lambda: 1001)
    assert account.choose(TRUE, tmp_path) == account.Account((), 1000, 1001)


@as_root
def test_data_of_an_ordinary_user_is_run_as_that_user(tmp_path: Path) -> None:
    chosen = account.choose(TRUE, tmp_path, owner=(4321, 4322))
    assert chosen.prefix[1:4] == ("--reuid=4321", "--regid=4322", "--clear-groups")
    assert (chosen.uid, chosen.gid) == (4321, 4322)


@as_root
def test_without_the_programs_that_change_the_user_there_is_no_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SeawallError, match="refuses to run as root") as caught:
        account.choose(TRUE, tmp_path)
    assert caught.value.problems[0].fix == "run seawall as an ordinary user"


@as_root
def test_a_program_that_does_not_run_is_the_reason(tmp_path: Path) -> None:
    with pytest.raises(SeawallError, match="No such file"):
        account.choose(Path("/nowhere/postgres"), tmp_path)


@as_root
def test_a_program_in_a_closed_folder_may_look_at_itself(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    program = closed / "program"
    program.write_text('#!/bin/sh\nexec env test -x "$0"\n')  # access(2), as PostgreSQL asks for its own file
    program.chmod(0o755)
    assert account.choose(program, tmp_path, ways=("user",)).uid != 0
