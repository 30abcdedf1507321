import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.runtime.statements import split


@pytest.mark.parametrize(
    ("sql", "texts"),
    [
        ("", []),
        (" ;; -- nothing\n/* ; */", []),
        ("select 1", ["select 1"]),
        ("select 1; select 2;", ["select 1", "select 2"]),
        ("-- a; b\nselect 1 -- ;\n; /* ; /* ; */ ; */ select 2", ["select 1", "select 2"]),
        ("select ';', ''';', \";\"; x", ["select ';', ''';', \";\"", "x"]),
        ("select E'\\';', e';'; x", ["select E'\\';', e';'", "x"]),
        ("select type'a;'; x", ["select type'a;'", "x"]),
        ("select '\\'; x", ["select '\\'", "x"]),
        ("do $$ begin; end $$; x", ["do $$ begin; end $$", "x"]),
        ("do $a$ ; $$ ; $b$ ; $a$; x", ["do $a$ ; $$ ; $b$ ; $a$", "x"]),
        ("select a$b$; x$b$", ["select a$b$", "x$b$"]),
        ("select $1; x", ["select $1", "x"]),
        ("select 'never closed; x", ["select 'never closed", "x"]),
        ("do $$ never closed; x", ["do $$ never closed; x"]),
        ("x /* never closed; y", ["x"]),
        (
            "create function f() returns int begin atomic select case when a then 1 end; select 2; end; x",
            ["create function f() returns int begin atomic select case when a then 1 end; select 2; end", "x"],
        ),
        ("begin; atomic; end", ["begin", "atomic", "end"]),
        ("SELECT größe; x", ["SELECT größe", "x"]),
    ],
)
def test_where_statements_end(sql: str, texts: list[str]) -> None:
    assert [each.text for each in split(sql)] == texts


def test_words_are_small_and_leave_out_quotes_and_comments() -> None:
    (only,) = split("/* drop */ COPY \"Table\" -- drop\n FROM 'drop' Stdin")
    assert only.words == ("copy", "from", "stdin")


def test_a_position_becomes_a_line_of_the_file() -> None:
    sql = "-- one\nselect 1;\n\n/* four */ select\n  'ä',\n  nope"
    first, second = split(sql)
    assert first.line(sql) == 2
    assert second.line(sql) == 4
    assert second.line(sql, second.text.index("nope") + 1) == 6


@given(st.text(alphabet="a;'\"$\\-/*\n eE", max_size=60))
def test_any_text_is_split_into_parts_of_itself(sql: str) -> None:
    end = 0
    for each in split(sql):
        assert each.offset >= end
        assert sql[each.offset : each.offset + len(each.text)] == each.text
        end = each.offset + len(each.text)
