"""What a full or closed disk is to a person: one problem, not a traceback."""

import errno
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from seawall.errors import Problem, SeawallError

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_CLOSED: Final = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def writing(folder: Path) -> Generator[None]:
    """For a block that writes in `folder`.

    Raises:
        SeawallError: SW318, the disk is full, or the folder may not be written.
    """
    try:
        yield
    except OSError as error:
        first = _first(error)
        if first.errno not in (*_FULL, *_CLOSED):
            raise
        where = folder if first.errno in _FULL or not error.filename else error.filename
        fix = f"df -h {where}, and make room" if first.errno in _FULL else f"ls -ld {where}"
        raise SeawallError(Problem("SW318", f"{where} cannot be written", saw=first.strerror or "", fix=fix)) from error


def _first(error: OSError) -> OSError:
    """Of the copy of a tree, what stopped its first file: `shutil.Error` holds only the text of each."""
    if not isinstance(error, shutil.Error):
        return error
    text = str(error.args[0][0][2]) if error.args and error.args[0] else ""
    found = next((number for number in (*_FULL, *_CLOSED) if f"[Errno {number}]" in text), 0)
    return OSError(found, text.partition("] ")[2].partition(":")[0]) if found else error
