"""Migrations as files: ``NNNN_name.sql`` in a folder, in the order of their numbers; gaps are allowed.

A file may begin with comments that say how it is to be taken:

``-- seawall: no-transaction``
    Its statements run one by one, each for itself, as ``create index concurrently`` wants it.
``-- seawall: compatible``
    The release before this file works with it too: an older release may start after it.
"""

import hashlib
import importlib.util
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seawall.errors import Place, Problem, raise_all
from seawall.runtime import statements
from seawall.runtime.statements import Statement

_NAME: Final = re.compile(r"([0-9]{4,9})_[a-z0-9][a-z0-9_-]*\.sql")
_MARK: Final = re.compile(r"--\s*seawall:\s*(.*?)\s*")
NO_TRANSACTION: Final = "no-transaction"
COMPATIBLE: Final = "compatible"
_MARKS: Final = (NO_TRANSACTION, COMPATIBLE)
_ENDS_TRANSACTION: Final = frozenset({"begin", "start", "commit", "end", "rollback", "abort"})


@dataclass(frozen=True, slots=True)
class Source:
    """A folder of migrations: `name` stands in the database, `folder` on this machine."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: `name` is the file's without ``.sql``, `checksum` the SHA-256 of its text with line feeds alone."""

    source: str
    version: int
    name: str
    path: str
    sql: str
    checksum: str
    transactional: bool
    compatible: bool

    @property
    def statements(self) -> list[Statement]:
        """What the file does, statement by statement."""
        return statements.split(self.sql)


@dataclass(frozen=True, slots=True)
class Known:
    """What the code knows: the names of the sources, and their migrations in the order in which they are applied."""

    sources: tuple[str, ...]
    migrations: tuple[Migration, ...]


def read(written: Sequence[str]) -> Known:
    """The migrations of all sources, in the order of the sources and then of their numbers.

    A source is `written` as a folder, or as ``package:folder`` for one inside of a package.

    Raises:
        SeawallError: SW505 for each file or folder that cannot be used, all at once.
    """
    problems: list[Problem] = []
    migrations: list[Migration] = []
    located = [_locate(each) for each in written]
    sources = [each for each in located if isinstance(each, Source)]
    problems += [each for each in located if isinstance(each, Problem)]
    problems += _one_name(sources)
    for source in sources:
        found = [_read(source, path) for path in sorted(source.folder.glob("*.sql"))]
        usable = [each for each in found if isinstance(each, Migration)]
        problems += [each for each in found if isinstance(each, Problem)]
        problems += _duplicates(usable)
        problems += [problem for each in usable for problem in _unusable_statements(each)]
        migrations += sorted(usable, key=lambda each: each.version)
    raise_all(problems)
    return Known(tuple(each.name for each in sources), tuple(migrations))


def _locate(written: str) -> Source | Problem:
    """The folder that a source on the command line means.

    A folder below the current one is known to the database by its path from there, any other by its last name; a folder
    in a package by the package, so that it may move inside of it.
    """
    package, separator, below = written.partition(":")
    if separator and not Path(written).is_dir():
        try:
            spec = importlib.util.find_spec(package)
        except (ImportError, ValueError):
            spec = None
        places = (spec.submodule_search_locations if spec else None) or []
        source = next(
            (Source(package, Path(place) / below) for place in places if (Path(place) / below).is_dir()), None
        )
    else:
        folder = Path(written).resolve()
        here = Path.cwd()
        name = folder.relative_to(here).as_posix() if here in folder.parents else folder.name
        source = Source(name, folder) if folder.is_dir() else None
    return source or Problem(
        "SW505", f"there is no folder {written!r} of migrations", wanted="FOLDER or PACKAGE:FOLDER"
    )


def _one_name(sources: list[Source]) -> list[Problem]:
    """The ledger would take two sources of one name for one."""
    counts = Counter(source.name for source in sources)
    return [Problem("SW505", f"{count} sources are named {name!r}") for name, count in counts.items() if count > 1]


def _read(source: Source, path: Path) -> Migration | Problem:
    shown = str(path.relative_to(Path.cwd()) if Path.cwd() in path.parents else path)
    place = Place(shown, 1)
    matched = _NAME.fullmatch(path.name)
    if matched is None:
        wanted = "NNNN_name.sql in small letters, such as 0001_orders.sql"
        return Problem("SW505", f"{path.name} is not the name of a migration", place=place, wanted=wanted)
    try:
        sql = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        return Problem("SW505", f"{path.name} cannot be read", place=place, saw=error.strerror or "")
    except UnicodeDecodeError as error:
        return Problem("SW505", f"{path.name} is not UTF-8 text", place=place, saw=f"byte {error.start}")
    marks = _marks(sql)
    if unknown := [mark for mark in marks if mark not in _MARKS]:
        return Problem("SW505", f"{path.name}: no mark {unknown[0]!r}", place=place, wanted=" or ".join(_MARKS))
    return Migration(
        source=source.name,
        version=int(matched[1]),
        name=path.stem,
        path=shown,
        sql=sql,
        checksum=hashlib.sha256(sql.encode()).hexdigest(),
        transactional=NO_TRANSACTION not in marks,
        compatible=COMPATIBLE in marks,
    )


def _marks(sql: str) -> list[str]:
    """The marks in the comments with which the file begins."""
    marks: list[str] = []
    for line in sql.splitlines():
        if line.strip() and not line.startswith("--"):
            break
        if matched := _MARK.fullmatch(line):
            marks.append(matched[1])
    return marks


def _duplicates(migrations: list[Migration]) -> list[Problem]:
    counts = Counter(each.version for each in migrations)
    return [
        Problem(
            "SW505",
            f"{count} migrations have the number {version:04}",
            place=Place(next(each.path for each in reversed(migrations) if each.version == version), 1),
            saw=", ".join(each.name for each in migrations if each.version == version),
            fix="give the newer one the next free number",
        )
        for version, count in counts.items()
        if count > 1
    ]


def _unusable_statements(migration: Migration) -> Iterator[Problem]:
    for each in migration.statements:
        place = Place(migration.path, each.line(migration.sql))
        first, *more = each.words or ("",)
        if first == "copy" and {"stdin", "stdout"} & set(more):
            yield Problem(
                "SW505",
                f"{migration.name} copies from or to the client: a migration has no data beside its SQL",
                place=place,
                fix="write INSERT with VALUES",
            )
        # Half of the file could stay. Going back to a savepoint does no harm.
        elif migration.transactional and first in _ENDS_TRANSACTION and "to" not in more[:3]:
            yield Problem(
                "SW505",
                f"{migration.name} has {first.upper()}: a migration runs in a transaction of its own",
                place=place,
                fix=f"delete it, or begin the file with '-- seawall: {NO_TRANSACTION}'",
            )
