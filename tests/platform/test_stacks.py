import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields

from seawall import stack as model
from seawall.stack.provenance import Placed
from tests.platform.stacks import COUNT, thirty

# No manifest depends on alerts; patches and extras have tests of their own; a database uses nothing.
ELSEWHERE = re.compile(
    r"(Alert|ErrorRate|JobFailures|Latency|Unreachable|Extra|Patch|Service)\.|"
    r".*\.(alerts|patches|extras)|Postgres\.uses"
)


def test_there_are_thirty() -> None:
    assert len(thirty()) == COUNT


def test_every_argument_of_the_model_is_given_somewhere() -> None:
    seen = {
        f"{type(value).__name__}.{each.name}"
        for stack in thirty()
        for value in _values(stack)
        for each in fields(value)
        if each.init and getattr(value, each.name) != _default(each)
    }
    made = [each for _, each in inspect.getmembers(model, inspect.isclass) if issubclass(each, Placed)]
    wanted = {f"{each.__name__}.{argument.name}" for each in made for argument in fields(each) if argument.init}
    assert sorted(name for name in wanted - seen if not ELSEWHERE.match(name)) == []


def _values(value: object) -> Iterator[Placed]:
    if isinstance(value, model.Stack):
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
