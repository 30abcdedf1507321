"""Stacks that nobody wrote: any that the model allows, as a strategy, and thirty that give all of its arguments."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields, replace
from functools import cache
from pathlib import PurePath
from typing import Any, Final

from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from seawall import stack as model
from seawall.stack import Api, ArgoCD, Environment, Postgres, Program, Service, Site, Stack, System, Worker
from seawall.stack.provenance import Placed
from seawall.stack.validate import problems
from tests.platform.values import KINDS, LINES, MOST, NAMES, RUN_BY, SURROUNDINGS, maybe

COUNT: Final = 30
CHOSEN: Final = 10
SEEDS: Final = 200
# No manifest depends on alerts; patches and extras have tests of their own; a database uses nothing.
ELSEWHERE: Final = re.compile(
    r"(Alert|ErrorRate|JobFailures|Latency|Unreachable|Extra|Patch|Service)\.|"
    r".*\.(alerts|patches|extras)|Postgres\.uses"
)
_REQUIRED: Final = {Postgres: (), Worker: ("jobs",), Program: ("port", "command"), Api: ("app",), Site: ("root",)}


@st.composite
def services(draw: st.DrawFn) -> tuple[Service, ...]:
    """Up to two databases, and up to four other services that use what was made before them, in any order."""
    databases = draw(st.integers(0, 2))
    others = [Program, Api, Api, Site] + [Worker, Worker] * (databases > 0)
    kinds = [Postgres] * databases + draw(st.lists(st.sampled_from(others), min_size=2, max_size=4))
    made: list[Service] = []
    for kind, name in zip(kinds, draw(st.lists(NAMES, min_size=len(kinds), unique=True)), strict=False):
        made.append(draw(service(kind, name, made)))
    return tuple(draw(st.permutations(made)))


@st.composite
def service(draw: st.DrawFn, kind: type[Any], name: str, others: list[Service]) -> Service:
    """One of a kind, with any of its arguments, that uses some of the others: as values, or by their names."""
    used = [] if kind is Postgres else [each for each in others if draw(st.booleans())]
    if kind is Worker and not any(isinstance(each, Postgres) for each in used):
        used.insert(0, others[0])  # databases come first
    arguments = draw(some(KINDS[kind], _REQUIRED[kind]))
    if arguments.get("path") is None:
        arguments.pop("public_health", None)
    if arguments.get("singleton"):
        arguments.pop("replicas", None)
    if kind is Postgres:
        arguments |= draw(RUN_BY)
    if kind is Api:
        arguments["drain"] = max(
            arguments.get("drain", Api.drain), arguments.get("request_timeout", Api.request_timeout)
        )
    by_name = draw(st.booleans())
    made: Service = kind(name, uses=[each.name if by_name else each for each in used], **arguments)
    return made


def some(arguments: Mapping[str, st.SearchStrategy[Any]], needed: Sequence[str] = ()) -> st.SearchStrategy[Any]:
    """Some of the arguments by their names, or all of them."""
    given = {key: value for key, value in arguments.items() if key in needed}
    optional = {key: value for key, value in arguments.items() if key not in needed}
    return st.fixed_dictionaries(given, optional=optional) | st.fixed_dictionaries(given | optional)


@st.composite
def environments(draw: st.DrawFn) -> list[Environment]:
    """One or two."""
    names = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
    found = [draw(some(SURROUNDINGS)) for _ in names]
    return [
        Environment(name, **(arguments if "host" in arguments else arguments | {"tls": None}))
        for name, arguments in zip(names, found, strict=True)
    ]


@st.composite
def stacks(draw: st.DrawFn) -> Stack:
    """A stack in which `seawall.stack.validate` finds nothing wrong."""
    described = draw(services())
    made = Stack(
        draw(NAMES),
        describe=lambda _: described,
        environments=draw(environments()),
        registry=draw(maybe(st.sampled_from(["ghcr.io/acme", "localhost:5000", "registry.example.com/a/b"]))),
        pull_secret=draw(maybe(NAMES)),
        gitops=draw(maybe(st.builds(ArgoCD, st.just("https://git.example.com/shop"), revision=LINES))),
        minimal_images=draw(st.booleans()),
    )
    assume(_migrations_have_an_image(described))
    assume(not problems(made))
    return made


def _migrations_have_an_image(described: Sequence[Service]) -> bool:
    """Whether each folder of migrations lies in the code of some image: `seawall render` asks for it, `up` does not."""
    sources = [each.source for each in described if isinstance(each, Api | Worker)]
    folders = [each.migrations for each in described if isinstance(each, Postgres) and each.migrations]
    return all(any(PurePath(folder).is_relative_to(source) for source in sources) for folder in folders)


@cache
def thirty() -> tuple[Stack, ...]:
    """Thirty of them, with names and namespaces of their own, that give every argument of the model somewhere.

    What a seed draws changes with the code, of which Hypothesis takes constants. So the last ten are chosen: each gives
    an argument that those before do not, as long as one is missing.
    """
    found: list[Stack] = []
    namespaces: set[str] = set()
    missing = wanted()
    for number in range(SEEDS):
        drawn = drawn_with(number)
        stack = replace(drawn, name=f"{drawn.name[: MOST - 4]}-{len(found)}")
        own = {System(stack, each, ()).namespace for each in stack.environments}
        if own & namespaces or len(own) != len(stack.environments) or problems(stack):
            continue
        if len(found) >= COUNT - CHOSEN and missing and not missing & given_by(stack):
            continue
        namespaces.update(own)
        found.append(stack)
        missing -= given_by(stack)
        if len(found) == COUNT:
            break
    return tuple(found)


def wanted() -> set[str]:
    """Every argument of the model that is to be given somewhere, as ``Api.port``."""
    made = [each for _, each in inspect.getmembers(model, inspect.isclass) if issubclass(each, Placed)]
    names = {f"{each.__name__}.{argument.name}" for each in made for argument in fields(each) if argument.init}
    return {name for name in names if not ELSEWHERE.match(name)}


def given_by(stack: Stack) -> set[str]:
    """The arguments whose value in a stack is not their default."""
    return {
        f"{type(value).__name__}.{each.name}"
        for value in _values(stack)
        for each in fields(value)
        if each.init and getattr(value, each.name) != _default(each)
    }


def _values(value: object) -> Iterator[Placed]:
    if isinstance(value, Stack):
        for environment in value.environments:
            yield from (each for service in value.describe(environment) for each in _values(service))
    if isinstance(value, Placed):
        yield value
        for each in fields(value):
            yield from _values(getattr(value, each.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _values(each)


def _default(argument: Field[object]) -> object:
    if argument.default_factory is not MISSING:
        made = argument.default_factory()
        return tuple(made) if isinstance(made, list) else made
    return argument.default


def drawn_with(number: int) -> Stack:
    """The stack that this seed gives: the second one, as the first is always the simplest there is."""
    found: list[Stack] = []

    @seed(number)
    @settings(max_examples=2, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=_SLOW)
    @given(stacks())
    def collect(stack: Stack) -> None:
        found.append(stack)

    collect()
    return found[-1]


_SLOW: Final = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
