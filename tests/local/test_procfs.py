import os
import subprocess
import sys
from pathlib import Path

import pytest

from seawall.local import procfs

PARENT = "import subprocess, sys; child = subprocess.Popen(['sleep', '60']); print(child.pid, flush=True); child.wait()"


def test_who_works_in_a_folder_is_known_by_the_working_directory(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"], cwd=tmp_path) as process:
        assert procfs.working_in(str(tmp_path)) == [process.pid]
        process.kill()


def test_where_that_may_not_be_seen_the_command_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> str:
        raise PermissionError(path)

    monkeypatch.setattr(os, "readlink", refuse)
    folder = str(tmp_path / "data")
    with subprocess.Popen([sys.executable, "-c", PARENT, "-D", folder], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert procfs.working_in(folder) == [process.pid, child]
        assert procfs.working_in(str(tmp_path)) == []
        os.kill(child, 9)


def test_a_process_that_has_ended_works_nowhere(tmp_path: Path) -> None:
    with subprocess.Popen(["true"], cwd=tmp_path) as process:
        process.wait()
    assert procfs.working_in(str(tmp_path)) == []
