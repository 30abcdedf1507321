"""What asyncpg raises when the store cannot be used, and how that is said."""

from typing import Final

from seawall.runtime.outage import OF_THE_DRIVER, DatabaseUnavailable, outage_of

TROUBLE: Final = (*OF_THE_DRIVER, DatabaseUnavailable)


def reason(error: BaseException) -> str:
    """One of `TROUBLE` in a line for a log."""
    outage = outage_of(error)
    return outage.text if outage else f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
