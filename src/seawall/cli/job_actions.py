"""What each action of `seawall jobs` does: everything is checked before anything is changed."""

import argparse
from collections.abc import Iterable, Sequence
from typing import Final

from seawall.cli import job_lines
from seawall.cli.output import print_json, print_line, visible
from seawall.errors import Problem, SeawallError, UsageError, raise_all
from seawall.jobs import Jobs, inspect
from seawall.jobs.desk import Kind, Record
from seawall.jobs.states import State
from seawall.stack.faults.near import nearest

_PAGE: Final = 1000  # jobs at once, where all are meant
_ALLOWED: Final = {
    "retry": (State.DEAD, State.READY),
    "cancel": (State.READY, State.BLOCKED, State.RUNNING),
    "discard": (State.DEAD,),
}
_DONE: Final = {"retry": "retried", "cancel": "cancelled", "discard": "discarded"}
_NAMES: Final[dict[Kind, str]] = {"queue": "SW611", "job": "SW601"}  # with the code of an error about one


def check(arguments: argparse.Namespace) -> None:
    """Refuse what contradicts itself, before anything is asked.

    Raises:
        UsageError: SW001.
    """
    action: str = arguments.action
    if action in _ALLOWED:
        chosen = any((arguments.queue, arguments.job, arguments.key))
        if not arguments.ids and not arguments.all:
            raise _misused(f"which jobs to {action}?", f"seawall jobs {action} ID..., or --all")
        if arguments.ids and (arguments.all or chosen):
            raise _misused("ids and a choice exclude each other", f"seawall jobs {action} {arguments.ids[0]}")
    if action in {"pause", "resume"} and not (arguments.queue or arguments.job):
        raise _misused(f"what to {action}?", f"seawall jobs {action} --queue NAME, or --job NAME")


def _misused(message: str, fix: str) -> UsageError:
    return UsageError(Problem("SW001", message, fix=fix))


async def do_list(jobs: Jobs, arguments: argparse.Namespace) -> int:
    """Print what the options choose."""
    states = [State[state.upper()] for state in arguments.state or ()]
    found = await _find(jobs, arguments, states, arguments.before, arguments.limit)
    if not found:
        await _check_names(jobs, arguments)
    if arguments.json:
        print_json({"jobs": [inspect.as_dict(record) for record in found]})
    else:
        job_lines.print_list(found, more=len(found) == arguments.limit)
    return 0


async def do_show(jobs: Jobs, arguments: argparse.Namespace) -> int:
    """Print all that is known of one job."""
    record = await inspect.show(jobs, arguments.id)
    if record is None:
        raise SeawallError(_gone(arguments.id))
    if arguments.json:
        print_json(inspect.as_dict(record))
    else:
        job_lines.print_record(record)
    return 0


async def do_stats(jobs: Jobs, arguments: argparse.Namespace) -> int:
    """Print how many jobs there are, and what is paused."""
    counts, paused = await inspect.stats(jobs), await inspect.paused(jobs)
    if arguments.json:
        print_json(job_lines.stats_as_dict(counts, paused))
    else:
        job_lines.print_stats(counts, paused)
    return 0


async def do_retry(jobs: Jobs, arguments: argparse.Namespace) -> int:
    """Retry the chosen jobs."""
    done = [job for ids in await _chosen(jobs, arguments) for job in await inspect.retry(jobs, ids)]
    return _tell(arguments, done)


async def do_discard(jobs: Jobs, arguments: argparse.Namespace) -> int:
    """Discard the chosen jobs."""
    done = [job for ids in await _chosen(jobs, arguments) for job in await inspect.discard(jobs, ids)]
    return _tell(arguments, done)


async def do_cancel(jobs: Jobs, arguments: argparse.Namespace) -> int:
    """Cancel the chosen jobs."""
    outcome: dict[int, State] = {}
    for ids in await _chosen(jobs, arguments):
        outcome |= await inspect.cancel(jobs, ids)
    running = sorted(job for job, state in outcome.items() if state is State.RUNNING)
    cancelled = sorted(set(outcome) - set(running))
    _refuse_missed(arguments, outcome)
    if arguments.json:
        print_json({"cancelled": cancelled, "told_to_stop": running})
        return 0
    if cancelled or not running:
        print_line(f"cancelled {job_lines.counted(cancelled)}")
    if running:
        print_line(f"told {job_lines.counted(running)} to stop; `seawall jobs show` says how each ended")
    return 0


async def do_pause(jobs: Jobs, arguments: argparse.Namespace) -> int:
    """Pause queues and names."""
    await _check_names(jobs, arguments)
    changed = [(kind, name, await inspect.pause(jobs, kind, name)) for kind, name in _named(arguments)]
    return _tell_pauses(arguments, changed, "paused", "was paused already")


async def do_resume(jobs: Jobs, arguments: argparse.Namespace) -> int:
    """Resume queues and names."""
    await _check_names(jobs, arguments)
    changed = [(kind, name, await inspect.resume(jobs, kind, name)) for kind, name in _named(arguments)]
    return _tell_pauses(arguments, changed, "resumed", "was not paused")


async def _find(
    jobs: Jobs, arguments: argparse.Namespace, states: Sequence[State], before: int | None, limit: int
) -> list[Record]:
    return await inspect.find(
        jobs,
        states=states,
        queue=arguments.queue,
        name=arguments.job,
        key=arguments.key,
        before=before,
        limit=limit,
    )


async def _chosen(jobs: Jobs, arguments: argparse.Namespace) -> list[list[int]]:
    """The ids that are meant, in portions.

    Raises:
        SeawallError: SW609 or SW610, for each that is typed and cannot be meant; SW601 or SW611.
    """
    allowed = _ALLOWED[arguments.action]
    if arguments.ids:
        problems: list[Problem] = []
        for job in dict.fromkeys(arguments.ids):
            record = await inspect.show(jobs, job)
            if record is None:
                problems.append(_gone(job))
            elif record.state not in allowed:
                problems.append(_unfit(arguments.action, job, record.state))
        raise_all(problems)
        return [arguments.ids]
    portions: list[list[int]] = []
    before = None
    while found := await _find(jobs, arguments, allowed, before, _PAGE):
        portions.append([record.id for record in found])
        before = found[-1].id
    if not portions:
        await _check_names(jobs, arguments)
    return portions


def _gone(job: int) -> Problem:
    return Problem("SW609", f"no job {job}", wanted="one that is live, or finished lately", fix="seawall jobs list")


def _unfit(action: str, job: int, state: State) -> Problem:
    wanted = " or ".join(each.label for each in _ALLOWED[action])
    return Problem("SW610", f"job {job} cannot be {_DONE[action]}", saw=state.label, wanted=wanted)


def _named(arguments: argparse.Namespace) -> Iterable[tuple[Kind, str]]:
    return [(kind, name) for kind in _NAMES if (name := getattr(arguments, kind))]


async def _check_names(jobs: Jobs, arguments: argparse.Namespace) -> None:
    """Refuse a queue or a name that no job has and that resembles one that some have: it was mistyped.

    Raises:
        SeawallError: SW601, SW611.
    """
    problems: list[Problem] = []
    for kind, name in _named(arguments):
        known = await inspect.known(jobs, kind)
        if name not in known and (near := nearest(name, sorted(known))):
            problems.append(Problem(_NAMES[kind], f"no {kind} {name!r}", fix=f"did you mean {near!r}?"))
    raise_all(problems)


def _refuse_missed(arguments: argparse.Namespace, done: Iterable[int]) -> None:
    """Say which of the typed jobs have become something else between the look and the decision."""
    missed = sorted(set(arguments.ids) - set(done))
    raise_all(Problem("SW610", f"job {job} changed meanwhile", fix=f"seawall jobs show {job}") for job in missed)


def _tell(arguments: argparse.Namespace, done: Sequence[int]) -> int:
    _refuse_missed(arguments, done)
    verb = _DONE[arguments.action]
    if arguments.json:
        print_json({verb: sorted(done)})
    else:
        print_line(f"{verb} {job_lines.counted(done)}")
    return 0


def _tell_pauses(
    arguments: argparse.Namespace, changed: Sequence[tuple[str, str, bool]], verb: str, otherwise: str
) -> int:
    if arguments.json:
        print_json({verb: [{"kind": kind, "name": name, "changed": new} for kind, name, new in changed]})
        return 0
    for kind, name, new in changed:
        print_line(visible(f"{kind} {name} {verb if new else otherwise}"))
    return 0
