"""What asyncpg raises when the store cannot be used, and how that is said."""

from typing import Final

import asyncpg

from seawall.runtime.database import DatabaseUnavailable, outage_of

TROUBLE: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, DatabaseUnavailable)


def reason(error: BaseException) -> str:
    """One of `TROUBLE` in a line for a log."""
    outage = outage_of(error)
    return outage.text if outage else f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
