"""What is known against the packages that the examples lock, as PyPI tells it: the second opinion beside Trivy's."""

import subprocess
from pathlib import Path

import httpx
import pytest

from tests.platform.scanners import PIP_AUDIT
from tests.support.systems import EXAMPLES

# A release that advisories name, and always will: who does not tell of it tells of none.
KNOWN = "https://pypi.org/pypi/jinja2/2.4.1/json"
LOCKS = sorted(EXAMPLES.glob("*/requirements.txt"))
pytestmark = [pytest.mark.platform, pytest.mark.timeout(600)]


@pytest.fixture(scope="module", autouse=True)
def _told() -> None:
    if not PIP_AUDIT.exists():
        pytest.skip("tests/platform/checkers.sh has not been run")
    try:
        answer = httpx.get(KNOWN, timeout=20, follow_redirects=True)
        is_told = answer.status_code == 200 and bool(answer.json().get("vulnerabilities"))
    except (httpx.TransportError, ValueError):
        is_told = False
    if not is_told:
        pytest.skip(f"no advisories from {KNOWN}")


@pytest.mark.parametrize("lock", LOCKS, ids=[each.parent.name for each in LOCKS])
def test_no_advisory_names_what_an_example_locks(lock: Path) -> None:
    # Without --strict, a package that nobody knows passes for one that nothing is known against.
    words = (str(PIP_AUDIT), "--strict", "--disable-pip", "--require-hashes", "--requirement", str(lock))
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
