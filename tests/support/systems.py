"""Systems for tests: out of services, or one of the examples."""

import runpy
from collections.abc import Sequence
from pathlib import Path

from seawall.stack import Environment, Service, Stack, System

EXAMPLES = Path(__file__).parents[2] / "examples"


def system(*services: Service, name: str = "bakery") -> System:
    environment = Environment("dev")

    def describe(_: Environment) -> Sequence[Service]:
        return services

    return System(Stack(name, describe=describe, environments=[environment]), environment, services)


def example_stack(name: str) -> Stack:
    """The stack of one example."""
    module = runpy.run_path(str(EXAMPLES / name / "stack.py"))
    return next(value for value in module.values() if isinstance(value, Stack))


def example(name: str, environment: str) -> System:
    """One example in one environment, as its ``stack.py`` says it."""
    stack = example_stack(name)
    found = next(each for each in stack.environments if each.name == environment)
    return System(stack, found, tuple(stack.describe(found)))
