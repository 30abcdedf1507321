"""Secrets that are files: ``NAME_FILE`` names the file that holds the value of ``NAME``.

A launcher loads them into ``os.environ`` before it imports the application: ordinary code reads them there, and
``/proc/PID/environ`` does not show them. What counts as such a file is one rule, in `seawall.contract`: an absolute
path below a folder for secrets. `SSL_CERT_FILE` and its like point elsewhere and keep their meaning.
"""

import os
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Final

from seawall import contract
from seawall.errors import Problem, raise_all
from seawall.runtime import postgres_url

_USER, _PASSWORD, _DATABASE, _HOST, _PORT = contract.POSTGRES_PARTS
_REQUIRED_PARTS: Final = (_USER, _PASSWORD, _DATABASE)


def load_secrets(environ: MutableMapping[str, str]) -> None:
    """Set ``NAME`` from each secret file, then ``DATABASE_URL`` from ``POSTGRES_*`` where only those are there.

    So is ``ORDERS_DATABASE_URL`` from ``ORDERS_POSTGRES_*``. A ``NAME`` that is set already wins over its file. One
    line break at the end of a file is not part of the value.

    Raises:
        SeawallError: SW404 for each file or part that is missing, SW405 for each file that is no text; all at once, and
            `environ` is unchanged.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    files = _files(environ)
    for name, path in files.items():
        value = _read(name, path)
        if isinstance(value, Problem):
            problems.append(value)
        else:
            found[name] = value
    unread = files.keys() - found.keys()  # each is a problem already
    known = {**dict.fromkeys(unread, ""), **found, **environ}
    for prefix in _logins(known):
        parts = {part: known.get(prefix + part, "") for part in contract.POSTGRES_PARTS}
        url = prefix + contract.DATABASE_URL
        missing = [prefix + part for part in _REQUIRED_PARTS if not parts[part]]
        problems += [_part_missing(name, url) for name in missing if name not in unread]
        found[url] = postgres_url.from_parts(parts)
    raise_all(problems)
    environ.update(found)


def _logins(known: Mapping[str, str]) -> Iterator[str]:
    """What stands before the parts of each login whose URL is not there: nothing, or ``NAME_``.

    The host decides: it alone is what an image of Postgres itself, or a part of somebody's own code, does not read.
    With another name before it, it may be somebody's own all the same, so that the whole login must be named.
    """
    for variable in sorted(known):
        prefix = variable.removesuffix(_HOST)
        if not known[variable] or variable == prefix or prefix + contract.DATABASE_URL in known:
            continue
        if not prefix or (prefix.endswith("_") and all(prefix + part in known for part in _REQUIRED_PARTS)):
            yield prefix


def _files(environ: Mapping[str, str]) -> dict[str, Path]:
    """The secret file of each name that is not set itself."""
    folders = [Path(folder) for folder in environ.get(contract.SECRETS, "").split(":") if folder]
    folders = folders or [Path(folder) for folder in contract.SECRET_FOLDERS]
    files: dict[str, Path] = {}
    for variable in sorted(environ):
        name = variable.removesuffix(contract.SECRET_FILE_SUFFIX)
        path = Path(os.path.normpath(environ[variable]))
        # Links are not resolved: where /var/run leads to /run, a token of the cluster's own stays where it is.
        if name not in {"", variable, *environ} and any(folder in path.parents for folder in folders):
            files[name] = path
    return files


def _read(name: str, path: Path) -> str | Problem:
    variable = name + contract.SECRET_FILE_SUFFIX
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        return Problem("SW405", f"the file of {variable} is not UTF-8 text", saw=str(path))
    except OSError as error:
        return Problem("SW404", f"{name} is not set: its file cannot be read", saw=f"{path}: {error.strerror}")
    if "\0" in text:
        return Problem("SW405", f"the file of {variable} holds a zero byte", saw=str(path))
    return text.removesuffix("\n").removesuffix("\r")


def _part_missing(name: str, url: str) -> Problem:
    return Problem("SW404", f"{name} is not set: {url} cannot be made of its parts without it")
