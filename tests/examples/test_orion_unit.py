"""The example's own tests, run as its README says: in its folder, with nothing but DATABASE_URL."""

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "examples" / "orion"


def test_the_example_s_own_tests_pass(postgres_server: str) -> None:
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": f"{postgres_server}/postgres"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    run = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
