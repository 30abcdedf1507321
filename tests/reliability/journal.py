"""The journal of a process: each line is one write, so that a process that is killed leaves all that it had said."""

import os
import time
from pathlib import Path

import orjson

FOLDER = "JOURNALS"
NAME = "JOURNAL"


class Journal:
    """Appends events to the file `path`."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, kind: str, **data: object) -> None:
        os.write(self._file, orjson.dumps({"at": time.monotonic(), "kind": kind, **data}, default=str) + b"\n")


def named(folder: Path, name: str) -> Journal:
    """One of those of which a history is made."""
    return Journal(folder / f"{name}.jsonl", name)


def own() -> Journal:
    """That of this process, as its variables say; outside of a run nobody reads it."""
    name = os.environ.get(NAME, "")
    return named(Path(os.environ[FOLDER]), name) if name else Journal(Path(os.devnull), name)
