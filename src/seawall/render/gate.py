"""What an image must pass before it is released, as a configuration of Trivy: one rule for `seawall build` and for CI.

https://trivy.dev/docs/latest/references/configuration/config-file/ says what each key means.
"""

from collections.abc import Iterator
from typing import Any, Final

from seawall.render.file import File
from seawall.render.yaml import dump

PATH: Final = "images/trivy.yaml"  # in the folder of all that is rendered
EXCEPTIONS: Final = ".trivyignore.yaml"  # beside stack.py: findings that were accepted, with reason and date
SEVERITIES: Final = ("CRITICAL", "HIGH")
_FAILED: Final = 1


def files(about: str, *, exceptions: bool) -> Iterator[File]:
    """The file; `about` is its first line. `exceptions` says that findings were accepted beside ``stack.py``."""
    yield File(PATH, f"{about}\n{dump(_tree(exceptions=exceptions))}")


def _tree(*, exceptions: bool) -> dict[str, Any]:
    scanned = ["misconfig", "secret"]
    found: dict[str, Any] = {
        "exit-code": _FAILED,
        "severity": list(SEVERITIES),
        # What Debian or a package has not mended yet, nobody can mend by building again.
        "vulnerability": {"ignore-unfixed": True},
        "scan": {"scanners": ["vuln", *scanned]},
        # The layers of an image, and what its configuration says: variables, user, health check.
        "image": {"image-config-scanners": scanned},
    }
    return {**found, "ignorefile": EXCEPTIONS} if exceptions else found
