"""From a described stack to a validated system: every fault in every environment at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Final, cast

from seawall.errors import Place, Problem, UsageError, raise_all
from seawall.stack.faults.calls import call_problem, said
from seawall.stack.faults.contradictions import environment_problems, service_problems
from seawall.stack.faults.databases import database_problems
from seawall.stack.faults.described import Described, function_place, returned
from seawall.stack.faults.fields import field_problems, mended
from seawall.stack.faults.names import name_problems
from seawall.stack.faults.paths import path_problems
from seawall.stack.faults.references import reference_problems
from seawall.stack.faults.variables import variable_problems
from seawall.stack.graph import Graph
from seawall.stack.model import Environment, Stack, System
from seawall.stack.services import Service
from seawall.stack.sources import Sources

_RULES: Final = (
    name_problems,
    reference_problems,
    path_problems,
    variable_problems,
    service_problems,
    database_problems,
)


def resolve(stack: Stack, environment: str | None = None, sources: Sources | None = None) -> System:
    """The stack in one environment, by its name; the first where no name is given.

    Raises:
        UsageError: SW106, the stack has no such environment.
        SeawallError: everything that is wrong in any environment.
    """
    raise_all(problems(stack, sources))
    return _in(stack, _named(stack, environment))


def resolve_all(stack: Stack, sources: Sources | None = None) -> tuple[System, ...]:
    """The stack in each of its environments, in their order.

    Raises:
        SeawallError: everything that is wrong in any environment.
    """
    raise_all(problems(stack, sources))
    return tuple(_in(stack, each) for each in stack.environments)


def _in(stack: Stack, environment: Environment) -> System:
    return System(stack, environment, tuple(stack.describe(environment)))


def _named(stack: Stack, environment: str | None) -> Environment:
    names = [each.name for each in stack.environments]
    if environment is not None and environment not in names:
        near = get_close_matches(environment, names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UsageError(Problem("SW106", f"no environment {environment!r}; have {', '.join(names)}{hint}"))
    return stack.environments[0 if environment is None else names.index(environment)]


def problems(stack: Stack, sources: Sources | None = None) -> tuple[Problem, ...]:
    """Every fault of a stack in all its environments, each once, in the order of the files."""
    sources = sources or Sources()
    of_stack = list(field_problems(stack, sources))
    environments = _describable(stack, {name for name, _ in of_stack}, sources)
    found = [problem for _, problem in of_stack]
    found += environment_problems(stack, environments, sources)
    found += _merged({each.name: _described_problems(stack, each, sources) for each in environments})
    return tuple(sorted(dict.fromkeys(found), key=_position))


def _describable(stack: Stack, faulty: Collection[str], sources: Sources) -> tuple[Environment, ...]:
    """The environments for which the stack function can be called, mended where they have faults of their own."""
    if "describe" in faulty or not isinstance(stack.environments, tuple):
        return ()
    listed = cast("tuple[object, ...]", stack.environments)
    return tuple(
        mended(each, {name for name, _ in field_problems(each, sources)})
        for each in listed
        if isinstance(each, Environment) and isinstance(each.name, str)  # pyright: ignore[reportUnnecessaryIsInstance] - not checked yet
    )


def _described_problems(stack: Stack, environment: Environment, sources: Sources) -> Iterator[Problem]:
    """The faults of the services that a stack has in one environment."""
    listed = _services(stack, environment, sources)
    if isinstance(listed, Problem):
        yield listed
        return
    found = [list(field_problems(service, sources)) for service in listed]
    yield from (problem for each in found for _, problem in each)
    services = _mended(listed, [{name for name, _ in each} for each in found])
    described = Described(stack, environment, services, tuple(listed), Graph(services), sources)
    for rule in _RULES:
        yield from rule(described)


def _services(stack: Stack, environment: Environment, sources: Sources) -> tuple[Service, ...] | Problem:
    try:
        value = stack.describe(environment)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's function raises is reported
        place = sources.shown(function_place(stack))
        fix = "def name(env: Environment) -> list[Service]:"
        return call_problem(error, sources) or Problem("SW102", said(error), place, fix=fix)
    return returned(stack, environment, value, sources)


def _mended(services: Sequence[Service], faulty: Sequence[Collection[str]]) -> tuple[Service, ...]:
    """The services as the rules between them may look at them; they use each other's mended copies."""
    if not any(faulty):
        return tuple(services)
    whole = {id(service): mended(service, names) for service, names in zip(services, faulty, strict=True)}
    for service in whole.values():
        object.__setattr__(service, "uses", tuple(whole.get(id(used), used) for used in service.uses))
    return tuple(whole[id(service)] for service in services)


def _merged(found: Mapping[str, Iterable[Problem]]) -> Iterator[Problem]:
    """Each fault once, whatever the number of environments that have it; those are named unless it is all of them."""
    environments: dict[Problem, list[str]] = {}
    first: dict[Problem, Problem] = {}
    for name, each in found.items():
        for problem in dict.fromkeys(each):
            same = replace(problem, message=problem.message.replace(f"(env={name!r})", "(env)"))
            environments.setdefault(same, []).append(name)
            first.setdefault(same, problem)
    for same, names in environments.items():
        problem = first[same]
        everywhere = len(names) == len(found) or problem != same
        yield problem if everywhere else replace(problem, message=f"{problem.message} (in {', '.join(names)})")


def _position(problem: Problem) -> tuple[str, int, int, str]:
    place = problem.place or Place("", 0)
    return place.file, place.line, place.column, problem.code
