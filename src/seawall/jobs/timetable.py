"""What a worker does by the clock: cron jobs, which the store counts, and intervals, which each process keeps."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from seawall.errors import Problem, SeawallError, raise_all
from seawall.jobs import cron
from seawall.jobs.function import AnyJob
from seawall.jobs.setting import Setting, resolve

Text = str | Setting


@dataclass(frozen=True, slots=True)
class CronDeclaration:
    """A cron job as it was declared; its settings are not read yet."""

    job: AnyJob
    expression: Text
    timezone: Text
    missed: cron.Missed


@dataclass(frozen=True, slots=True)
class IntervalDeclaration:
    """A function that each worker process calls by itself, as it was declared."""

    name: str
    function: Callable[[], object]
    seconds: float | Setting


@dataclass(frozen=True, slots=True)
class CronJob:
    """A cron job whose settings are read."""

    job: AnyJob
    schedule: cron.Schedule
    missed: cron.Missed

    @property
    def name(self) -> str:
        """The job's name."""
        return self.job.declared.name


@dataclass(frozen=True, slots=True)
class Interval:
    """A function to be called every so many seconds, never twice at a time."""

    name: str
    function: Callable[[], object]
    seconds: float


@dataclass(frozen=True, slots=True)
class Timetable:
    """All that goes by the clock in a worker."""

    crons: tuple[CronJob, ...] = ()
    intervals: tuple[Interval, ...] = ()

    @property
    def declarations(self) -> dict[str, str]:
        """The schedule of each cron job as text: two releases are told apart by it."""
        return {each.name: str(each.schedule) for each in self.crons}


def read(crons: list[CronDeclaration], intervals: list[IntervalDeclaration], environ: Mapping[str, str]) -> Timetable:
    """The timetable that the declarations and the settings in `environ` make.

    Raises:
        SeawallError: SW404 for a setting that is missing, SW405 for an interval that is none, SW605 and SW606 for
            expressions and zones; all at once.
    """
    problems: list[Problem] = []
    found: list[CronJob] = []
    every: list[Interval] = []
    for declared in crons:
        try:
            schedule = cron.parse(resolve(declared.expression, environ), resolve(declared.timezone, environ))
        except SeawallError as error:
            problems += [_named(problem, declared) for problem in error.problems]
        else:
            found.append(CronJob(declared.job, schedule, declared.missed))
    for interval in intervals:
        try:
            every.append(Interval(interval.name, interval.function, _seconds(interval, environ)))
        except SeawallError as error:
            problems += error.problems
    raise_all(problems)
    return Timetable(tuple(found), tuple(every))


def _named(problem: Problem, declared: CronDeclaration) -> Problem:
    """With the variable whose value is wrong, where it is one's."""
    text = {"SW605": declared.expression, "SW606": declared.timezone}.get(problem.code)
    return replace(problem, message=f"{text.name}: {problem.message}") if isinstance(text, Setting) else problem


def _seconds(interval: IntervalDeclaration, environ: Mapping[str, str]) -> float:
    text = resolve(interval.seconds, environ)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not math.isfinite(seconds) or seconds <= 0:
        where = interval.seconds.name if isinstance(interval.seconds, Setting) else f"every() of {interval.name!r}"
        raise SeawallError(Problem("SW405", f"{where} cannot be read", saw=repr(text), wanted="seconds, more than 0"))
    return seconds
