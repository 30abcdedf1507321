"""The beats of a worker on PostgreSQL, on a connection of their own."""

from typing import TYPE_CHECKING
from uuid import UUID

from seawall import contract
from seawall.jobs.store import StoreUnavailable
from seawall.jobs.stores.queries import QUERIES
from seawall.jobs.stores.trouble import TROUBLE, reason
from seawall.runtime.connect import Limits, connect, is_pooled
from seawall.runtime.transaction import transaction

if TYPE_CHECKING:
    from asyncpg import Connection


class PostgresHeart:
    """See `seawall.jobs.store.Heart`; connects to `url` when it is first needed, and again after trouble."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None

    async def beat(self, worker: UUID) -> bool:
        """See `Heart`."""
        try:
            if self._connection is None:
                limits = Limits(statement=contract.DATABASE_CONNECT_SECONDS, lock=contract.DATABASE_CONNECT_SECONDS)
                self._connection = await connect(self._url, name="seawall beat", limits=limits)
            if is_pooled(self._connection):
                async with transaction(self._connection):
                    return bool(await self._connection.fetchval(QUERIES["beat"], worker))
            return bool(await self._connection.fetchval(QUERIES["beat"], worker))
        except BaseException as error:
            await self.close()
            if isinstance(error, TROUBLE):
                raise StoreUnavailable(reason(error)) from error
            raise

    async def close(self) -> None:
        """See `Heart`."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()  # not a word to a server that may not answer
