"""Stacks that nobody wrote: any that the model allows, as a strategy, and thirty that are the same in every run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import PurePath
from typing import Any, Final

from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from seawall.stack import Api, ArgoCD, Environment, Postgres, Program, Service, Site, Stack, System, Worker
from seawall.stack.validate import problems
from tests.platform.values import KINDS, LINES, MOST, NAMES, RUN_BY, SURROUNDINGS, maybe

COUNT: Final = 30
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
    """Thirty of them, with names and namespaces of their own, the same in every run."""
    found: list[Stack] = []
    namespaces: set[str] = set()
    numbers = count()
    while len(found) < COUNT:
        drawn = drawn_with(next(numbers))
        stack = replace(drawn, name=f"{drawn.name[: MOST - 4]}-{len(found)}")
        wanted = {System(stack, each, ()).namespace for each in stack.environments}
        if not wanted & namespaces and len(wanted) == len(stack.environments) and not problems(stack):
            namespaces.update(wanted)
            found.append(stack)
    return tuple(found)


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
