"""The examples as somebody has them who builds images: rendered, and with Seawall's wheel beside the code."""

import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from seawall.cli.main import main
from tests.e2e.conftest import copy
from tests.support.systems import EXAMPLES

ROOT: Final = EXAMPLES.parent
WHEELS: Final = "wheels"


def project(name: str, folder: Path) -> Path:
    """A copy of an example in `folder`, rendered for images that hold this checkout."""
    found = copy(EXAMPLES / name, folder / name)
    shutil.rmtree(found / "deploy", ignore_errors=True)
    (found / WHEELS).mkdir()
    shutil.copy(_wheel(), found / WHEELS)
    assert main(["render", "--file", str(found / "stack.py")]) == 0
    return found


@cache
def _wheel() -> Path:
    """This checkout as a wheel; made of a copy, as a build leaves a folder behind."""
    folder = Path(tempfile.mkdtemp(prefix="seawall-wheel-"))
    for name in ("src", "pyproject.toml", "README.md", "LICENSE"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, folder / name)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", "."]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (found,) = (folder / "dist").glob("*.whl")
    return found
