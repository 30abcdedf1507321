"""SW104: what the stack function makes of one environment, as the other rules look at it."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from seawall.errors import Place, Problem
from seawall.stack.faults.wanted import kind
from seawall.stack.graph import Graph
from seawall.stack.model import Environment, Stack
from seawall.stack.services import Api, Postgres, Program, Service, Site, Worker
from seawall.stack.sources import Sources

_KINDS = (Api, Worker, Site, Program, Postgres)


@dataclass(frozen=True)
class Described:
    """A stack in one environment whose arguments have the right types, or were mended; nothing else is checked."""

    stack: Stack
    environment: Environment
    services: tuple[Service, ...]
    written: tuple[Service, ...]  # the same, not mended
    graph: Graph
    sources: Sources


def function_place(stack: Stack) -> Place:
    """Where the stack function begins."""
    code = getattr(stack.describe, "__code__", None)
    return stack.place if code is None else Place(code.co_filename, code.co_firstlineno)


def returned(stack: Stack, environment: Environment, value: object, sources: Sources) -> tuple[Service, ...] | Problem:
    """What the stack function returned, if it is a list of services."""
    wrong = _wrong(value)
    if wrong:
        name = getattr(stack.describe, "__name__", stack.name)
        message = f"{name}(env={environment.name!r}) must return a list of services; {wrong}"
        return Problem("SW104", message, sources.shown(function_place(stack)), fix="return [...]")
    return tuple(cast("Sequence[Service]", value))


def _wrong(value: object) -> str:
    if inspect.iscoroutine(value):
        value.close()
        return "it is an async function"
    if isinstance(value, str) or not isinstance(value, Sequence):
        return f"it returned {kind(value)}"
    items = cast("Sequence[object]", value)
    if not items:
        return "it returned an empty list"
    at = next((at for at, item in enumerate(items, 1) if not isinstance(item, _KINDS)), None)
    return "" if at is None else f"item {at} is {kind(items[at - 1])}"
