"""A function that has been declared a job: still callable as it was, and enqueueable, typed by its own parameters."""

import functools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Generic, ParamSpec, TypeVar

from seawall.jobs.arguments import Parameters
from seawall.jobs.connections import AnyConnection
from seawall.jobs.enqueuer import AS_DECLARED, Enqueuer
from seawall.jobs.options import Options, Sending
from seawall.jobs.outbox import Outbox

Call = ParamSpec("Call")
Args = ParamSpec("Args")
Result = TypeVar("Result")


class JobFunction(Enqueuer[Args], Generic[Call, Args, Result]):
    """A job. Calling it calls the plain function; `enqueue` takes the same arguments without the `Job`."""

    def __init__(self, function: Callable[Call, Result], declared: Options, outbox: Outbox, *, takes_job: bool) -> None:
        super().__init__(declared, Parameters(declared.name, function, takes_job=takes_job), outbox, AS_DECLARED)
        functools.update_wrapper(self, function)
        self.function = function
        self.takes_job = takes_job

    def __call__(self, *args: Call.args, **kwargs: Call.kwargs) -> Result:
        """Call the function as it was written, here and now."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<job {self.declared.name!r}>"

    def options(  # noqa: PLR0913 - each is one thing that may be said of an enqueue
        self,
        *,
        connection: AnyConnection | None = None,
        delay: float | timedelta | None = None,
        run_at: datetime | None = None,
        priority: int | None = None,
        key: str | None = None,
        wake: bool = True,
    ) -> Enqueuer[Args]:
        """How to enqueue, differently from the declaration.

        On `connection` the job commits or rolls back with its transaction: asyncpg, psycopg 3 or SQLAlchemy (connection
        or session), to be awaited or blocking. The job runs `delay` (seconds, or a timedelta) from now, or not before
        `run_at`. Jobs with the same `key` run one after the other, in the order in which they were committed. A higher
        `priority` goes first within its queue. Not to `wake` spares the caller's transaction a NOTIFY: workers find the
        job within about a second.

        Raises:
            ValueError: both a delay and a time, a time without a zone, a priority out of range, or a key that the
                database cannot hold, such as one of more than 1 KiB.
        """
        sending = Sending(connection=connection, delay=delay, run_at=run_at, priority=priority, key=key, wake=wake)
        return Enqueuer(self.declared, self.parameters, self._outbox, sending)


AnyJob = JobFunction[Any, Any, Any]
