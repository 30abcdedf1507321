"""Stacks written down as text, run without files, and checked."""

from seawall.errors import Problem
from seawall.stack import Stack
from seawall.stack.sources import Sources
from seawall.stack.validate import problems

ENVIRONMENTS = '[Environment("dev"), Environment("prod")]'
SECRET = "hunter2"  # stands in bad stacks wherever somebody might paste a secret; no error may show it
LINES = 8


def written(*lines: str, environments: str = ENVIRONMENTS) -> str:
    """The text of a ``stack.py`` whose function has these lines; the first of them is line 4."""
    head = ("from seawall.stack import *", f'@stack("bakery", environments={environments})', "def bakery(env):")
    return "\n".join((*head, *(f"    {line}" for line in lines))) + "\n"


def run(text: str) -> tuple[Stack, Sources]:
    """The stack that a text makes."""
    names: dict[str, object] = {"__name__": "written"}
    exec(compile(text, "stack.py", "exec"), names)
    (stack,) = (value for value in names.values() if isinstance(value, Stack))
    return stack, Sources(read={"stack.py": text}.__getitem__, owns=lambda file: file == "stack.py")


def faults(text: str) -> tuple[Problem, ...]:
    """Everything that is wrong in a text's stack; each as short as promised, none with a secret in it."""
    found = problems(*run(text))
    for problem in found:
        assert len(str(problem).splitlines()) <= LINES, problem
        assert SECRET not in str(problem.as_dict()), problem
    return found


def said(*lines: str, environments: str = ENVIRONMENTS) -> list[str]:
    """Each fault of a stack function with these lines as its code, its position and its message."""
    return [
        f"{problem.code} {problem.place.line if problem.place else 0} {problem.message}"
        for problem in faults(written(*lines, environments=environments))
    ]
