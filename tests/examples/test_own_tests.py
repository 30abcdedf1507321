"""The examples' own tests, run as their READMEs say: in the example's folder, and nothing set."""

import os
import subprocess
import sys

import pytest

from tests.support.systems import EXAMPLES


@pytest.mark.parametrize("name", ["agnos", "greeter", "microstack", "orion", "shop"])
def test_the_example_s_own_tests_pass(name: str) -> None:
    environment = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    run = subprocess.run(
        command, cwd=EXAMPLES / name, env=environment, capture_output=True, text=True, timeout=150, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
