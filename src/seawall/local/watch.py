"""Which source files of a project have changed, found by looking again and again.

Looking is simpler than being told, and sound on every file system: libraries that are told watch whole trees, also
those that are left out here, and PostgreSQL's data in ``.seawall`` changes all the time. Measured: 1,000 files, 9 ms.
"""

import asyncio
import os
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOOK_SECONDS: Final = 0.25  # between two looks; files that change together are told together
_SHARE: Final = 20  # looking takes at most one part in so many of a core
_SUFFIXES: Final = (".py", ".sql")
_LEFT_OUT: Final = frozenset({"__pycache__", "node_modules", "tests", "test"})
_ENVIRONMENT: Final = "pyvenv.cfg"  # PEP 405: the folder that holds it is a virtual environment

Files = dict[Path, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Scope:
    """Python and SQL files anywhere in `folders`, and the `files` by themselves; nothing in the folders `without`.

    Hidden folders, virtual environments, tests, caches and ``node_modules`` are left out too.
    """

    folders: tuple[Path, ...]
    files: tuple[Path, ...]
    without: frozenset[Path]


class Watch:
    """Remembers how the files of a scope were when it was made, and tells what has changed since."""

    def __init__(self, scope: Callable[[], Scope], interval: float = LOOK_SECONDS) -> None:
        self._ask = scope
        self._interval = interval
        self._scope = scope()
        self._seen = look(self._scope)

    async def changes(self) -> set[Path]:
        """Wait until files have changed, appeared or gone, and for one interval none did; returns them."""
        changed: set[Path] = set()
        took = 0.0
        while True:
            await asyncio.sleep(max(self._interval, took * _SHARE))
            started = time.monotonic()
            just = await self._changed()
            took = time.monotonic() - started
            changed |= just
            if changed and not just:
                return changed

    async def _changed(self) -> set[Path]:
        scope = self._ask()
        now = await asyncio.to_thread(look, scope)
        before = self._seen
        changed = {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
        if scope != self._scope:  # what only came into view, or left it, has not changed
            changed &= before.keys() & now.keys()
        self._scope, self._seen = scope, now
        return changed


def look(scope: Scope) -> Files:
    """The state of each file of a scope: whatever changes a file's content changes one of the three numbers."""
    found = {path: state for path in scope.files if (state := _state(path))}
    for folder in scope.folders:
        found.update(_within(str(folder), {str(path) for path in scope.without}))
    return found


def _state(entry: "Path | os.DirEntry[str]") -> tuple[int, int, int] | None:
    try:
        status = entry.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _within(folder: str, without: Collection[str]) -> Iterator[tuple[Path, tuple[int, int, int]]]:
    try:
        with os.scandir(folder) as scan:
            entries = list(scan)
    except OSError:  # it went away meanwhile
        return
    if any(entry.name == _ENVIRONMENT for entry in entries):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in _LEFT_OUT and not entry.name.startswith(".") and entry.path not in without:
                yield from _within(entry.path, without)
        elif entry.name.endswith(_SUFFIXES) and (state := _state(entry)):
            yield Path(entry.path), state
