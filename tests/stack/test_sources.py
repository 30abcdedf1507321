import pytest

from seawall.errors import Place
from seawall.stack.sources import Sources
from tests.stack.written import run, written

CALLS = {
    "by its name": ('Api("a", app="a:b", port=1)', "port", "stack.py:4:33"),
    "over several lines": ('Api("a",\n  app="a:b",\n  port=1)', "port", "stack.py:6:3"),
    "by its position": ('Postgres("a")', "name", "stack.py:4:22"),
    "by its position, behind others": ("Autoscale(2, 0)", "maximum", "stack.py:4:26"),
    "left to its default": ('Api("a", app="a:b")', "port", "stack.py:4:13"),
    "in a dict": ('Api("a", **{"app": "a:b", "port": 1})', "port", "stack.py:4:13"),
    "in a list": ('Postgres(*["a"])', "name", "stack.py:4:13"),
    "of a constructor under another name": (
        '(lambda made: made("a", version=17))(Postgres)',
        "version",
        "stack.py:4:37",
    ),
    "behind letters of several bytes": ('Api(\n"ü", app="é:b", port=1)', "port", "stack.py:5:17"),
    "of the one of two calls that begin there": ('Postgres("a").__class__(name="b")', "name", "stack.py:4:22"),
}


@pytest.mark.parametrize(("call", "argument", "place"), CALLS.values(), ids=CALLS)
def test_the_place_of_an_argument(call: str, argument: str, place: str) -> None:
    stack, sources = run(written(f"value = {call}", "return [value]"))
    (value,) = stack.describe(stack.environments[0])
    assert str(sources.argument(value, argument)) == place


def test_without_a_text_it_is_the_place_of_the_call() -> None:
    stack, _ = run(written('return [Postgres("db", version=17)]'))
    (db,) = stack.describe(stack.environments[0])
    assert str(Sources().argument(db, "version")) == "stack.py:4:13"


@pytest.mark.parametrize("text", ["def (", "", "\0"])
def test_a_file_that_changed_since_it_was_loaded(text: str) -> None:
    stack, _ = run(written('return [Postgres("db", version=17)]'))
    (db,) = stack.describe(stack.environments[0])
    assert str(Sources(read=lambda _: text).argument(db, "version")) == "stack.py:4:13"


def test_files_are_shown_as_the_reader_knows_them() -> None:
    assert Sources(show="orders/{}".format).shown(Place("stack.py", 3)) == Place("orders/stack.py", 3)
