"""Stacks written down as text, rendered as the command does it."""

from seawall.errors import Problem, SeawallError
from seawall.render.deploy import Found, Rendered, render
from seawall.render.kubernetes.overrides import Finished
from seawall.stack.validate import resolve_all
from tests.stack.written import run

HEAD = """from seawall.stack import *

def same(manifest):
    return manifest

def labelled(manifest):
    manifest["metadata"]["labels"]["team"] = "orders"
    return manifest

def noted(manifest):
    manifest["data"]["NOTE"] = "patched"
    return manifest

def nothing(manifest):
    return None

def other(manifest):
    return {**manifest, "metadata": {"name": "other"}}

def broken(manifest):
    return manifest["spec"]["nothing"]

EXTRA = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "more"}, "data": {"a": "b"}}

"""
DECORATED = '@stack("bakery", registry="ghcr.io/acme", environments=[Environment("dev"), Environment("prod")]'


def text(more: str = "", body: str = 'return [Api("api", app="a:b", port=8001)]') -> str:
    """A stack whose decorator has `more` arguments."""
    return f"{HEAD}{DECORATED}{more})\ndef bakery(env):\n    {body}\n"


def rendered(written: str, found: Found | None = None) -> Rendered:
    """Everything that a text's stack renders."""
    stack, sources = run(written)
    return render(resolve_all(stack, sources), found or Found(), sources)


def refused(written: str) -> list[str]:
    """Each fault for which a text is not rendered: its code, line and message."""
    try:
        rendered(written)
    except SeawallError as error:
        return [said(problem) for problem in error.problems]
    return []


def said(problem: Problem) -> str:
    """A problem's code, line and message."""
    assert len(str(problem).splitlines()) <= 8
    return f"{problem.code} {problem.place.line if problem.place else 0} {problem.message}"


def one(made: Rendered, environment: str, target: str) -> Finished:
    """The object of an environment that is called so."""
    (found,) = [each for each in made.environments[environment] if each.is_called(target)]
    return found
