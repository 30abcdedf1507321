import subprocess
import sys
from pathlib import Path

import pytest

from seawall.errors import SeawallError
from seawall.local.lock import lock, refuse_second

HOLDER = """
import sys
from pathlib import Path
from seawall.local.lock import lock, refuse_second
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_holder_is_told_the_first_ones_pid(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(SeawallError) as caught, lock(tmp_path):
            pass
        assert caught.value.problems[0].code == "SW306"
        assert f"process {holder.pid}" in str(caught.value)
        with pytest.raises(SeawallError, match=f"process {holder.pid}"):
            refuse_second(tmp_path)
        holder.kill()
        holder.wait()
        with lock(tmp_path):  # the kernel freed it, though nobody took the id out of the file
            pass


def test_to_ask_writes_nothing_and_takes_nothing(tmp_path: Path) -> None:
    refuse_second(tmp_path / "nowhere")
    refuse_second(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with lock(tmp_path):
        pass
    before = (tmp_path / "lock").read_bytes()
    refuse_second(tmp_path)
    assert (tmp_path / "lock").read_bytes() == before
    with lock(tmp_path):
        pass


def test_the_lock_is_free_again_after_the_block(tmp_path: Path) -> None:
    for _ in range(2):
        with lock(tmp_path):
            pass


def test_a_holder_that_cannot_be_seen_is_not_named(tmp_path: Path) -> None:
    with lock(tmp_path):
        (tmp_path / "lock").write_text("1 12345678901\n")  # as from another container: the id is somebody else's here
        with pytest.raises(SeawallError, match="cannot be seen") as caught, lock(tmp_path):
            pass
    assert caught.value.problems[0].fix == ""
