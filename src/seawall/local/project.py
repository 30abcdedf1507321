"""The user's project on this machine: its interpreter, release and secrets, and the variables a child may inherit."""

import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from seawall import contract
from seawall.errors import Problem, SeawallError, raise_all
from seawall.stack import System
from seawall.stack.services import Workload

# A container inherits nothing; a process on a laptop gets what programs need to find themselves, and nothing else:
# a variable that is only in a person's shell must not make a service work here that fails in a cluster.
_INHERITED: Final = frozenset({
    "HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "SSL_CERT_DIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE",
})  # fmt: skip
_INHERITED_PREFIXES: Final = ("LC_", "XDG_")
_OF_ONE_SERVICE: Final = frozenset({"OTEL_SERVICE_NAME"})
DOTENV: Final = ".env"  # beside stack.py
EXAMPLE: Final = ".env.example"  # the same without values, for the repository
_QUICK: Final = 10.0  # seconds that a question to git or an interpreter may take


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of this shell that every child gets."""
    return {k: v for k, v in environ.items() if k in _INHERITED or k.startswith(_INHERITED_PREFIXES)}


def interpreter(folder: Path, environ: Mapping[str, str]) -> str:
    """The Python that runs the services: the nearest ``.venv`` above `folder`, else the active one, else this one.

    Raises:
        SeawallError: SW309 where that Python does not have `seawall`.
    """
    candidates = [parent / ".venv" / "bin" / "python" for parent in (folder, *folder.parents)]
    if "VIRTUAL_ENV" in environ:
        candidates.append(Path(environ["VIRTUAL_ENV"]) / "bin" / "python")
    python = next((candidate for candidate in candidates if candidate.exists()), Path(sys.executable))
    # Compared unresolved: a virtual environment's python is a link to its base.
    if python != Path(sys.executable) and not _has_seawall(python):
        message = f"{python} cannot run the services: it does not have the package 'seawall'"
        raise SeawallError(Problem("SW309", message, fix=f"{python} -m pip install seawall"))
    return str(python)


def _has_seawall(python: Path) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - the project's own interpreter
            [str(python), "-c", "import seawall.contract"], check=False, capture_output=True, timeout=_QUICK
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def release(folder: Path) -> str:
    """The commit that is checked out in `folder`, in full; empty where there is no git."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--verify", "--quiet", "HEAD"],  # noqa: S607 - git from the user's PATH is meant
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
            timeout=_QUICK,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def secrets(system: System, folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The value of each secret that the stack names: from the environment, then from ``.env`` beside ``stack.py``.

    Raises:
        SeawallError: SW304 for every secret that is set in neither; values are never shown.
    """
    known = {**dotenv(folder), **environ}
    needed: dict[str, list[Workload]] = {}
    for workload in (service for service in system.services if isinstance(service, Workload)):
        for secret in workload.secrets:
            needed.setdefault(secret.name, []).append(workload)
    see = f" (see {EXAMPLE})" if (folder / EXAMPLE).is_file() else ""
    raise_all(_missing(name, users, see) for name, users in needed.items() if name not in known)
    return {name: known[name] for name in needed}


def telemetry(system: System, folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """OpenTelemetry's variables, where a service is traced: from the environment, then from ``.env``.

    They say where spans go, which changes nothing of what a service does. Its name is the service's own.
    """
    if not any(getattr(service, "traced", False) for service in system.services):
        return {}
    known = {**dotenv(folder), **environ}
    return {k: v for k, v in known.items() if k.startswith(contract.OTEL_PREFIX) and k not in _OF_ONE_SERVICE}


def dotenv(folder: Path) -> dict[str, str]:
    """What stands in the file ``.env`` of a project; empty where there is none."""
    file = folder / DOTENV
    if not file.exists():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 - only projects with secrets pay for the import

    return {name: value for name, value in dotenv_values(file, interpolate=False).items() if value is not None}


def _missing(name: str, users: Iterable[Workload], see: str) -> Problem:
    first, *others = users
    names = ", ".join(user.name for user in (first, *others))
    place = next((secret.place for secret in first.secrets if secret.name == name), first.place)
    return Problem("SW304", f"{name} needed by {names} is not set", place, fix=f"add {name}=... to {DOTENV}{see}")
