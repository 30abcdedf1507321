"""From a described stack to a validated system."""

from seawall.errors import Problem, UsageError
from seawall.stack.model import Environment, Stack, System


def resolve(stack: Stack, environment: str | None = None) -> System:
    """The stack in one environment, by its name; the first where no name is given."""
    chosen = _environment(stack, environment)
    return System(stack, chosen, tuple(stack.describe(chosen)))


def _environment(stack: Stack, name: str | None) -> Environment:
    for environment in stack.environments:
        if name in {None, environment.name}:
            return environment
    have = ", ".join(environment.name for environment in stack.environments)
    raise UsageError(Problem("SW106", f"no environment {name!r}; have {have}"))
