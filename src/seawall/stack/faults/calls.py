"""SW102 and SW105: an exception while ``stack.py`` runs, as an error at the user's own line."""

import re
from collections.abc import Iterator
from inspect import Parameter, signature
from types import TracebackType
from typing import Final

import seawall.stack
from seawall.errors import Place, Problem
from seawall.stack.faults.fixes import example
from seawall.stack.faults.near import nearest
from seawall.stack.provenance import frame_place
from seawall.stack.sources import Sources

_SHOWN: Final = 300  # characters of an exception's text
_WRONG_CALL: Final = re.compile(
    r"(?:\w+\.)*?(?P<made>\w+)(?:\.__init__)?\(\) "
    r"(?:got an unexpected keyword argument '(?P<unknown>\w+)'"
    r"|missing \d+ required [\w-]+ arguments?: (?P<missing>.+)"
    r"|takes .*positional arguments?.* but (?P<given>\d+) .*given"
    r"|got multiple values for argument '(?P<twice>\w+)')"
)


def call_problem(error: BaseException, sources: Sources) -> Problem | None:
    """An exception, caught where the user's code was called, as a problem at the innermost of the user's frames.

    None where no frame is the user's: the call itself did not fit.
    """
    if isinstance(error, SyntaxError) and error.filename:
        place = Place(sources.name(error.filename), error.lineno or 1, error.offset or 0)
        return Problem(
            "SW102", f"{type(error).__name__}: {error.msg}", place, excerpt=_excerpt(error.text, place.column)
        )
    catcher = error.__traceback__
    places = [place for place in _places(catcher and catcher.tb_next) if sources.owns(place.file)]
    if not places:
        return None
    place = sources.shown(places[-1])
    wrong_call = _wrong_call(error, places[-1], sources)
    if wrong_call is not None:
        return wrong_call
    return Problem("SW102", said(error), place, excerpt=_excerpt(sources.line(places[-1]), place.column))


def said(error: BaseException) -> str:
    """An exception in one line, as Python prints it."""
    text = " ".join(str(error).split())[:_SHOWN]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _excerpt(line: str | None, column: int) -> tuple[str, ...]:
    """The source line and a caret below its column (from 1; 0: the line alone); nothing where there is no line."""
    code = (line or "").strip()
    if not line or not code:
        return ()
    indented = len(line) - len(line.lstrip())
    return (code, f"{' ' * (column - 1 - indented)}^") if column else (code,)


def _places(traceback: TracebackType | None) -> Iterator[Place]:
    while traceback is not None:
        yield frame_place(traceback.tb_frame.f_code, traceback.tb_lasti, traceback.tb_lineno)
        traceback = traceback.tb_next


def _wrong_call(error: BaseException, at: Place, sources: Sources) -> Problem | None:
    """The TypeError of a constructor of `seawall.stack` that was called with arguments it does not have."""
    found = _WRONG_CALL.match(str(error)) if isinstance(error, TypeError) else None
    made = found and getattr(seawall.stack, found["made"], None)
    if not found or not callable(made):
        return None
    name, place = found["made"], sources.shown(at)
    parameters = signature(made).parameters
    if found["unknown"]:
        near = nearest(found["unknown"], parameters)
        hint = f"; did you mean '{near}'?" if near else f"; it has {', '.join(parameters)}"
        place = sources.keyword(at, name, found["unknown"])
        message = f"{name} has no argument '{found['unknown']}'{hint}"
        return Problem("SW105", message, place, fix=f"{near}=..." if near else f"take {found['unknown']} out")
    if found["missing"]:
        fix = ", ".join(example(made, each) for each in re.findall(r"'(\w+)'", found["missing"]))
        return Problem("SW105", f"{name} needs {found['missing']}", place, fix=fix)
    if found["twice"]:
        return Problem("SW105", f"{name} got '{found['twice']}' twice", place)
    first = [each.name for each in parameters.values() if each.kind is Parameter.POSITIONAL_OR_KEYWORD]
    message = f"{name} takes only {' and '.join(first) or 'nothing'} without a name"
    return Problem("SW105", message, place, fix="write the others as argument=value")
