"""Enqueueing one job, awaited or blocking, typed by the parameters of its function."""

from datetime import datetime
from typing import Final, Generic, ParamSpec

from seawall.jobs.arguments import Parameters
from seawall.jobs.options import Options, Sending
from seawall.jobs.outbox import Outbox
from seawall.jobs.store import Message
from seawall.runtime import traces

Args = ParamSpec("Args")

AS_DECLARED: Final = Sending()


class Enqueuer(Generic[Args]):
    """Enqueues one job, as it is declared but for what `sending` says. May be used many times."""

    def __init__(self, declared: Options, parameters: Parameters, outbox: Outbox, sending: Sending) -> None:
        self.declared = declared
        self.parameters = parameters
        self._outbox = outbox
        self._sending = sending
        self._priority = declared.priority if sending.priority is None else sending.priority
        self._wait = sending.wait

    async def enqueue(self, *args: Args.args, **kwargs: Args.kwargs) -> int:
        """Have a worker call the function with these arguments; returns the job's id once that is certain.

        Raises:
            SeawallError: SW602, SW603 or SW604 for arguments that do not fit or cannot be stored; SW502 or SW509 for a
                database that cannot be reached or does not know jobs yet.
            TypeError: the connection is none that is known, or one that blocks.
        """
        own = self._sending
        with traces.enqueue(self.declared.name, self.declared.queue):
            (job,) = await self._outbox.send([self.message(*args, **kwargs)], own.connection, wake=own.wake)
        return job

    def enqueue_sync(self, *args: Args.args, **kwargs: Args.kwargs) -> int:
        """`enqueue` for code that does not await: returns when it is done.

        Raises:
            SeawallError: as `enqueue`.
            RuntimeError: called without a connection where an event loop runs, which would stand still.
            TypeError: the connection is none that is known, or one that does not block.
        """
        own = self._sending
        with traces.enqueue(self.declared.name, self.declared.queue):
            (job,) = self._outbox.send_sync([self.message(*args, **kwargs)], own.connection, wake=own.wake)
        return job

    def message(self, *args: Args.args, **kwargs: Args.kwargs) -> Message:
        """One of many for `Jobs.enqueue_many`, which is where the connection is said. Nothing is sent yet.

        Raises:
            SeawallError: SW602, SW603 or SW604, as `enqueue`.
        """
        return self.encoded(self.parameters.encode(args, kwargs))

    def encoded(self, args: str, tick: datetime | None = None) -> Message:
        """`message` of arguments that are encoded; a cron job's `tick` is the moment that it stands for."""
        declared = self.declared
        return Message(
            declared.queue,
            declared.name,
            args,
            declared.max_attempts,
            self._priority,
            self._sending.key,
            self._sending.run_at,
            self._wait,
            declared.skip_dead,
            self._outbox.release,
            tick,
            traces.current(),
        )
