"""One line when the store goes away and one when it is back, whatever number of loops notices."""

import logging
import time
from typing import Final

logger: Final = logging.getLogger(__name__)


class OutageLog:
    """The state of the store as it was last seen."""

    def __init__(self) -> None:
        self._since: float | None = None

    def note(self, reason: str) -> None:
        """The store cannot be used, because of `reason`."""
        if self._since is None:
            self._since = time.monotonic()
            logger.warning("jobs wait for the database: %s", reason)

    def over(self) -> None:
        """The store has answered."""
        if self._since is not None:
            logger.warning("the database is back after %.1f s", time.monotonic() - self._since)
            self._since = None
