"""What a release is called: the commit that is checked out, and whether the files are those of it."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_QUICK: Final = 20.0  # seconds that git may take
_COMMIT: Final = "# branch.oid "
_NONE_YET: Final = "(initial)"
CHANGED: Final = "-changed"  # behind the commit that files were changed after


def of(folder: Path, apart: Iterable[str] = ()) -> str:
    """The commit of `folder`, in full, with ``-changed`` where its files differ from it; empty without git.

    What lies below the paths in `apart`, relative to `folder`, may differ: it is in no image.
    """
    paths = (".", *(f":(exclude){path}" for path in apart))
    words = ("git", "status", "--porcelain=v2", "--branch", "--", *paths)
    try:
        done = subprocess.run(  # noqa: S603 - git from the user's PATH is meant
            words, cwd=folder, check=False, capture_output=True, text=True, timeout=_QUICK
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = done.stdout.splitlines() if done.returncode == 0 else []
    commit = next((line.removeprefix(_COMMIT) for line in lines if line.startswith(_COMMIT)), "")
    if not commit or commit == _NONE_YET:
        return ""
    return commit + (CHANGED if any(not line.startswith("#") for line in lines) else "")
