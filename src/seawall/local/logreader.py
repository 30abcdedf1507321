"""Reading the log files of a stack, all of them in the order of time, and what is added to them."""

import heapq
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from seawall.local.logfile import FOLDER, OLD, SUFFIX, Entry, decode


def names(state: Path) -> list[str]:
    """Whose logs there are, in the folder ``.seawall``."""
    return sorted(file.name.removesuffix(SUFFIX) for file in (state / FOLDER).glob(f"*{SUFFIX}"))


class LogReader:
    """Reads one child's log from its beginning, and goes on where it stopped. A file that was rotated is read out."""

    def __init__(self, state: Path, name: str) -> None:
        self._name = name
        self._path = state / FOLDER / f"{name}{SUFFIX}"
        self._file: BinaryIO | None = None
        self._rest = b""
        self._first = True

    def read(self) -> Iterator[Entry]:
        """Every entry that was added since the last call; a line that is not whole yet is kept for the next one."""
        if self._first:
            self._first = False
            self._file = _open(self._path.with_name(self._path.name + OLD))
        while True:
            if self._file is not None:
                yield from self._lines(self._file)
                if _is(self._file, self._path):
                    return
                yield from self._lines(self._file)  # what came between the last line and the rotation
                self._file.close()
            self._file = _open(self._path)
            self._rest = b""
            if self._file is None:
                return

    def close(self) -> None:
        """Close the file, if it is open."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _lines(self, file: BinaryIO) -> Iterator[Entry]:
        for piece in iter(file.readline, b""):
            self._rest += piece
            if self._rest.endswith(b"\n"):
                line, self._rest = self._rest[:-1], b""
                if (entry := decode(self._name, line)) is not None:
                    yield entry


def merged(readers: Iterable[LogReader]) -> Iterator[Entry]:
    """What is new in all of them, by time."""
    return heapq.merge(*(reader.read() for reader in readers), key=lambda entry: entry.time)


def _open(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None


def _is(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:  # between two files: the new one comes with its first line
        return True
