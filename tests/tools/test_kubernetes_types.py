import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[2] / "tools" / "kubernetes_types.py"


def test_the_types_are_what_the_schemas_say() -> None:
    done = subprocess.run([sys.executable, TOOL, "--check"], check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_change_by_hand_is_found(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "tools").mkdir(parents=True)
    (root / "tools" / TOOL.name).write_text(TOOL.read_text())
    (root / "tests" / "platform").mkdir(parents=True)
    (root / "tests" / "platform" / "schemas").symlink_to(TOOL.parents[1] / "tests" / "platform" / "schemas")
    types = root / "src" / "seawall" / "render" / "kubernetes" / "types.pyi"
    types.parent.mkdir(parents=True)
    types.write_text("class Deployment: ...\n")
    command = [sys.executable, str(root / "tools" / TOOL.name)]
    done = subprocess.run([*command, "--check"], check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "run make types" in done.stderr) == (1, True)
    assert subprocess.run(command, check=False, timeout=60).returncode == 0
    assert "class Deployment(TypedDict" in types.read_text()
