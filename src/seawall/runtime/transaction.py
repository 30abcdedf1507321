"""A transaction for one block, out of which comes what the block raised, whatever becomes of the rollback.

asyncpg's own lets the error of a rollback that fails take the place of what the block raised. Where that was a
cancellation it is lost: whoever tries again after every outage then goes on for ever.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg

from seawall.runtime.outage import OF_THE_DRIVER


@asynccontextmanager
async def transaction(connection: asyncpg.Connection) -> AsyncGenerator[None, None]:
    """Commit at the end of the block, or roll back if it raises.

    Within another it is a savepoint, as `connection.transaction()` is. Raises what asyncpg does where it cannot begin
    or commit.
    """
    raised: BaseException | None = None
    try:
        async with connection.transaction():
            try:
                yield
            except BaseException as error:
                raised = error
                raise
    except OF_THE_DRIVER:
        if raised is not None:
            raise raised  # noqa: B904 - it is the first error, and has come before this one
        raise
