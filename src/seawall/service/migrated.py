"""The check `migrations`: a service is not ready until its database holds what its code needs."""

import logging
from typing import Final

from seawall.errors import SeawallError
from seawall.runtime import migrator

logger: Final = logging.getLogger(__name__)


class Migrated:
    """Asks until the migrations in `folder` are applied to the database behind `url`; never again after that.

    It changes nothing: `python -m seawall.runtime.migrate` does. Raises what `migrator.check` raises, such as SW509.
    """

    def __init__(self, url: str, folder: str, name: str) -> None:
        self._url = url
        self._folder = folder
        self._name = name
        self._done = False
        self._said = ""

    async def __call__(self) -> None:
        """Raise a `SeawallError` as long as something is pending, or the database belongs to a newer release."""
        if self._done:
            return
        try:
            await migrator.check(self._url, [self._folder], pauses=(), name=self._name)
        except SeawallError as error:
            said = " ".join(f"{each.message} ({each.fix})" if each.fix else each.message for each in error.problems)
            if said != self._said:
                logger.warning("not ready: %s", said)
                self._said = said
            raise
        self._done = True
