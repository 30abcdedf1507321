"""Beginning anew: a stack's databases are deleted before it starts."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from seawall.local.lock import lock


def found(state: Path, names: Iterable[str]) -> list[str]:
    """Of these databases, those of which there is data in the folder ``.seawall``."""
    return [name for name in names if any(path.exists() for path in _paths(state, name))]


def delete(state: Path, names: Iterable[str]) -> None:
    """Delete the data and the passwords of these databases.

    Raises:
        SeawallError: SW306, the stack is up.
    """
    with lock(state):
        for path in (each for name in names for each in _paths(state, name)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _paths(state: Path, name: str) -> Iterator[Path]:
    yield state / "postgres" / name
    yield state / "postgres" / f"{name}.password"
