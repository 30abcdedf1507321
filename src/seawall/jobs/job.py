"""What a job's function is given of the job that it runs."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seawall import contract

if TYPE_CHECKING:
    from asyncpg import Connection

Completing = Callable[[], "AbstractAsyncContextManager[Connection]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job under way. `attempt` counts its starts from 1; `tick` is the moment that a run of a cron job stands for.

    Tests that call a job's function make one themselves: every field has a default.
    """

    id: int = 0
    name: str = ""
    queue: str = contract.DEFAULT_QUEUE
    key: str | None = None
    claim: int = 1
    attempt: int = 1
    max_attempts: int = contract.MAX_ATTEMPTS
    enqueued_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    tick: datetime | None = None
    completing: Completing | None = field(default=None, repr=False, compare=False)

    def complete_in_transaction(self) -> "AbstractAsyncContextManager[Connection]":
        """``async with job.complete_in_transaction() as db``: what the block writes and the completion commit together.

        Effects in this database therefore happen exactly once. An exception in the block rolls back, and the attempt
        has failed; after the block the job is done, whatever follows. Outside of a worker there is nothing to complete:
        the block is a transaction on a connection of the process' pool.

        Raises:
            LeaseLost: at the end of the block, where another worker may have the job by now. All is rolled back.
        """
        return (self.completing or _transaction)()


@asynccontextmanager
async def _transaction() -> "AsyncGenerator[Connection, None]":
    from seawall.runtime.database import database  # noqa: PLC0415 - a worker never comes here; asyncpg takes 60 ms

    async with database().acquire() as connection, connection.transaction():
        yield connection
