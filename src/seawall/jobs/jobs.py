"""`Jobs`: the jobs of an application, declared with decorators. A worker runs them; any process may enqueue them."""

import difflib
import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Concatenate, Final, Literal, ParamSpec, TypeVar, overload

from seawall import contract
from seawall.errors import Place, Problem, SeawallError
from seawall.jobs import cron, timetable
from seawall.jobs.connections import AnyConnection
from seawall.jobs.function import AnyJob, JobFunction
from seawall.jobs.job import Job
from seawall.jobs.options import Ack, Options
from seawall.jobs.outbox import Outbox
from seawall.jobs.retry import Backoff, Exceptions, Policy
from seawall.jobs.setting import Setting
from seawall.jobs.store import Message, Store
from seawall.jobs.timetable import CronDeclaration, IntervalDeclaration, Timetable
from seawall.runtime.reference import shown_path

if TYPE_CHECKING:
    from seawall.runtime.health import CheckFunction

P = ParamSpec("P")
R = TypeVar("R")
Function = TypeVar("Function", bound=Callable[..., object])

_BACKOFF: Final = Backoff()
_ALL: Final = (BaseException,)
OWN_CHECKS: Final = ("database", "last_heartbeat", "queues")  # that every worker has


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A check that the application adds to its workers' health."""

    name: str
    function: "CheckFunction"
    critical: bool
    timeout: float


class Jobs:
    """The jobs of an application.

    `database` is the name of the Postgres that holds the queue, where the service uses several; `store` holds the jobs
    instead, in tests.
    """

    def __init__(self, *, database: str | None = None, store: Store | None = None) -> None:
        self.variable = contract.database_url_variable(database)
        self.functions: dict[str, AnyJob] = {}
        self.crons: list[CronDeclaration] = []
        self.intervals: list[IntervalDeclaration] = []
        self.checks: list[HealthCheck] = []
        self.outbox = Outbox(self.variable, store)

    @overload
    def job(self, function: Callable[Concatenate[Job, P], R]) -> JobFunction[Concatenate[Job, P], P, R]: ...
    @overload
    def job(self, function: Callable[P, R]) -> JobFunction[P, P, R]: ...
    @overload
    def job(
        self,
        function: None = None,
        *,
        name: str = "",
        queue: str = contract.DEFAULT_QUEUE,
        priority: int = 0,
        max_attempts: int = contract.MAX_ATTEMPTS,
        timeout: float | None = contract.WORKER_DRAIN_SECONDS,
        backoff: Backoff = _BACKOFF,
        retry_on: Exceptions = _ALL,
        discard_on: Exceptions = (),
        on_dead: Literal["block", "skip"] = "block",
        ack: Ack = "batched",
    ) -> "Declaration": ...
    def job(  # noqa: PLR0913 - each is one thing that a job may say of itself
        self,
        function: Callable[..., Any] | None = None,
        *,
        name: str = "",
        queue: str = contract.DEFAULT_QUEUE,
        priority: int = 0,
        max_attempts: int = contract.MAX_ATTEMPTS,
        timeout: float | None = contract.WORKER_DRAIN_SECONDS,
        backoff: Backoff = _BACKOFF,
        retry_on: Exceptions = _ALL,
        discard_on: Exceptions = (),
        on_dead: Literal["block", "skip"] = "block",
        ack: Ack = "batched",
    ) -> "Declaration | AnyJob":
        """Declare the decorated function a job: ``async def`` or, run in a thread, plain ``def``.

        Its first parameter may be the `Job`; all others are stored by name as JSON. `name` (the function's own) is what
        workers know it by. It is started at most `max_attempts` times, each for at most `timeout` seconds (None: no
        limit; a thread cannot be stopped and is only reported).

        After an exception of `retry_on` (all) it is tried again after its `backoff`; after one of `discard_on` it ends
        as cancelled; after any other it is dead at once. `on_dead="skip"` lets the next job of its key run when this
        one is dead. `ack="inline"` tells the store of its end at once, and not together with others: for jobs that last
        long, so that a crash just afterwards does not repeat them.

        Raises:
            SeawallError: SW608 for a second job of one name, SW602 for ``*args``.
            ValueError: an option out of its range.
        """
        options = Options(
            name=name,
            queue=queue,
            priority=priority,
            max_attempts=max_attempts,
            timeout=timeout,
            policy=Policy(backoff, retry_on, discard_on),
            skip_dead=on_dead == "skip",
            ack=ack,
        )
        return Declaration(self, options) if function is None else self.declare(function, options)

    def cron(  # noqa: PLR0913 - each is one thing that a cron job may say of itself
        self,
        expression: str | Setting,
        *,
        timezone: str | Setting = "UTC",
        missed: cron.Missed = "latest",
        name: str = "",
        queue: str = contract.DEFAULT_QUEUE,
        timeout: float | None = contract.WORKER_DRAIN_SECONDS,
        max_attempts: int = 1,
    ) -> "Declaration":
        """Declare the decorated function a job that is enqueued at each tick of a cron expression, once for all.

        After an outage `missed` says what runs of the ticks that passed: the ``latest``, ``all`` or ``none``. A failed
        run is not repeated unless `max_attempts` says so: the next tick resumes.

        Raises:
            SeawallError: as `job`; SW603 for a function that needs arguments. The expression is read when a worker
                starts.
        """
        if missed not in cron.MISSED:
            raise ValueError(f"missed must be one of {', '.join(cron.MISSED)}, saw {missed!r}")

        def register(function: AnyJob) -> None:
            function.parameters.encode((), {})
            self.crons.append(CronDeclaration(function, expression, timezone, missed))

        options = Options(name=name, queue=queue, timeout=timeout, max_attempts=max_attempts)
        return Declaration(self, options, register)

    def every(self, seconds: float | Setting, *, name: str = "") -> Callable[[Function], Function]:
        """Call the decorated function in each worker process, at its start and then every so many seconds.

        Nothing of it is stored: it is for what each process looks after itself. It never overlaps; what it raises is
        logged and counted, and the next call comes all the same.

        Raises:
            SeawallError: SW608; SW603 for a function that needs arguments.
        """

        def register(function: Function) -> Function:
            own = name or function.__name__
            self._refuse_known(own, function)
            try:
                inspect.signature(function).bind()
            except TypeError as error:
                raise SeawallError(Problem("SW603", f"{own}() {error}", _place(function))) from None
            self.intervals.append(IntervalDeclaration(own, function, seconds))
            return function

        return register

    def check(self, name: str, *, critical: bool = True, timeout: float = 2.0) -> Callable[[Function], Function]:
        """Add the decorated function to the health of the workers, as `Service.check` does for a service.

        Raises:
            ValueError: there is a check of this name.
        """
        if name in OWN_CHECKS or any(name == each.name for each in self.checks):
            raise ValueError(f"two checks are named {name!r}")

        def register(function: Function) -> Function:
            self.checks.append(HealthCheck(name, typing.cast("CheckFunction", function), critical, timeout))
            return function

        return register

    def named(self, name: str) -> AnyJob:
        """The job of that name.

        Raises:
            SeawallError: SW601.
        """
        if name in self.functions:
            return self.functions[name]
        near = difflib.get_close_matches(name, self.functions, n=1)
        raise SeawallError(Problem("SW601", f"no job {name!r}", fix=f"did you mean {near[0]!r}?" if near else ""))

    def timetable(self, environ: Mapping[str, str]) -> Timetable:
        """What goes by the clock, with its settings read from `environ`; see `timetable.read`."""
        return timetable.read(self.crons, self.intervals, environ)

    async def enqueue_many(
        self, messages: Sequence[Message], *, connection: AnyConnection | None = None, wake: bool = True
    ) -> list[int]:
        """Enqueue what `JobFunction.message` made, of any jobs, in one statement: all of it or nothing.

        Returns the ids in the order of `messages`. For `connection` and `wake` see `JobFunction.options`, for what it
        raises `JobFunction.enqueue`.
        """
        return await self.outbox.send(messages, connection, wake=wake) if messages else []

    def enqueue_many_sync(
        self, messages: Sequence[Message], *, connection: AnyConnection | None = None, wake: bool = True
    ) -> list[int]:
        """`enqueue_many` for code that does not await; see `JobFunction.enqueue_sync`."""
        return self.outbox.send_sync(messages, connection, wake=wake) if messages else []

    def store(self) -> Store:
        """Where this process enqueues: one store for each event loop."""
        return self.outbox.store()

    def declare(
        self, function: Callable[..., Any], options: Options, register: Callable[[AnyJob], None] | None = None
    ) -> AnyJob:
        """Add a job, unless `register` refuses it; the decorators do this."""
        options = replace(options, name=options.name or function.__name__)
        self._refuse_known(options.name, function)
        declared: AnyJob = JobFunction(function, options, self.outbox, takes_job=_takes_job(function))
        if register is not None:
            register(declared)
        self.functions[options.name] = declared
        return declared

    def _refuse_known(self, name: str, function: Callable[..., object]) -> None:
        known = {
            **{key: value.function for key, value in self.functions.items()},
            **{each.name: each.function for each in self.intervals},
        }
        if name in known:
            first, second = _place(known[name]), _place(function)
            message = f"job {name!r} defined at {first} and {second}"
            raise SeawallError(Problem("SW608", message, second, fix="give one of them another name="))


class Declaration:
    """What `Jobs.job` and `Jobs.cron` return: applied to a function, it makes that a job."""

    def __init__(self, jobs: Jobs, options: Options, register: Callable[[AnyJob], None] | None = None) -> None:
        self._jobs = jobs
        self._options = options
        self._register = register

    @overload
    def __call__(self, function: Callable[Concatenate[Job, P], R], /) -> JobFunction[Concatenate[Job, P], P, R]: ...
    @overload
    def __call__(self, function: Callable[P, R], /) -> JobFunction[P, P, R]: ...
    def __call__(self, function: Callable[..., Any], /) -> AnyJob:
        """Declare `function`."""
        return self._jobs.declare(function, self._options, self._register)


def _takes_job(function: Callable[..., object]) -> bool:
    """Whether the first parameter is annotated as the `Job`."""
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters:
        return False
    written: object = parameters[0].annotation
    if not isinstance(written, str):
        return written is Job
    try:
        return typing.get_type_hints(function).get(parameters[0].name) is Job
    except NameError:  # another annotation names what is not defined yet
        return written.rpartition(".")[2] == Job.__name__


def _place(function: Callable[..., object]) -> Place:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return Place(shown_path(code.co_filename), code.co_firstlineno) if code else Place("<unknown>", 1)
