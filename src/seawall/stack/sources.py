"""The user's own files as faults are reported in them: how each is shown, and where in it an argument stands."""

import ast
from collections.abc import Callable, Iterator
from inspect import Parameter, signature

from seawall.errors import Place
from seawall.stack.provenance import Placed


class Sources:
    """How to show and to read the files that made a stack, by the names under which Python knows them.

    Passed in, so that this package reads nothing: `show` gives the name for the reader, `read` the text, and `owns`
    tells the user's files from those of libraries. Without `read` an argument's place is that of its call.
    """

    def __init__(
        self,
        show: Callable[[str], str] = str,
        read: Callable[[str], str] = lambda _: "",
        owns: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._show = show
        self._read = read
        self.owns = owns
        self._calls: dict[str, tuple[ast.Call, ...]] = {}

    def shown(self, place: Place) -> Place:
        """A place as Python knows it, for the reader: the file by its name, the column in characters, not bytes."""
        before = self.line(place).encode()[: max(place.column - 1, 0)]
        column = place.column - len(before) + len(before.decode(errors="ignore"))
        return Place(self._show(place.file), place.line, column)

    def place(self, value: Placed) -> Place:
        """Where a value was made."""
        return self.shown(value.place)

    def argument(self, value: Placed, name: str) -> Place:
        """Where the call that made a value gives it this argument; the call itself where it does not name it."""
        return self.given(value, name) or self.place(value)

    def given(self, value: Placed, name: str) -> Place | None:
        """Where the call that made a value gives it this argument; None where it leaves it to its default.

        The call itself where nobody can tell: its text is not there, or it passes a whole list or dict on.
        """
        call = self._call(value.place, type(value).__name__)
        if call is None:
            return self.place(value)
        node = _argument(call, name, _positional(type(value)))
        if node is not None:
            return self.shown(Place(value.place.file, node.lineno, node.col_offset + 1))
        passes_on = any(isinstance(each, ast.Starred) for each in call.args) or None in [k.arg for k in call.keywords]
        return self.place(value) if passes_on else None

    def keyword(self, place: Place, made: str, name: str) -> Place:
        """Where the call of `made` at a place (not yet shown), which failed, gives it the keyword `name`."""
        call = self._call(place, made)
        node = None if call is None else _argument(call, name, [])
        return self.shown(place if node is None else Place(place.file, node.lineno, node.col_offset + 1))

    def line(self, place: Place) -> str:
        """The source line at a place (not yet shown), or nothing."""
        lines = self._read(place.file).splitlines()
        return lines[place.line - 1] if place.line <= len(lines) else ""

    def name(self, file: str) -> str:
        """A file as the reader knows it."""
        return self._show(file)

    def _call(self, place: Place, made: str) -> ast.Call | None:
        """The call expression at a place: of several that start there the one that names the class `made`."""
        if place.file not in self._calls:
            self._calls[place.file] = tuple(_calls(self._read(place.file)))
        at = (place.line, place.column - 1)
        here = [call for call in self._calls[place.file] if (call.lineno, call.col_offset) == at]
        named = [call for call in here if ast.unparse(call.func).split(".")[-1] == made]
        return next(iter(named or here), None)


def _calls(text: str) -> Iterator[ast.Call]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):  # the file changed since it was loaded
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node


def _positional(made: type) -> list[str]:
    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter.name for parameter in signature(made).parameters.values() if parameter.kind in kinds]


def _argument(call: ast.Call, name: str, positional: list[str]) -> ast.keyword | ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword
    at = positional.index(name) if name in positional else len(call.args)
    before = call.args[: at + 1]
    return None if at >= len(call.args) or any(isinstance(each, ast.Starred) for each in before) else call.args[at]
