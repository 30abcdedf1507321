"""An SQL file as its statements: cut at each ``;`` that ends one. Pure.

Follows PostgreSQL's lexical rules (https://www.postgresql.org/docs/current/sql-syntax-lexical.html) as far as they
hide a ``;``: quotes, dollar quotes, nested comments, and the bodies ``BEGIN ATOMIC ... END`` of SQL-standard functions.
What is no valid SQL stays one statement: the server says what is wrong with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"(?P<space>\s+|--[^\n]*)"
    r"|(?P<comment>/\*)"
    r"|(?P<string>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")"
    r"|(?P<dollar>\$(?:[^\W\d]\w*)?\$)"
    r"|(?P<word>[^\W\d][\w$]*)"
    r"|(?P<end>;)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_COMMENT_EDGE: Final = re.compile(r"/\*|\*/")


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` without its ``;`` and leading comments, which begins at `offset` of the file; `words` in lower case."""

    text: str
    offset: int
    words: tuple[str, ...]

    def line(self, sql: str, position: int = 1) -> int:
        """The line of `sql`, from 1, in which the character at `position`, from 1 as servers count, stands."""
        return sql.count("\n", 0, self.offset + position - 1) + 1


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    start: int
    end: int
    text: str


def split(sql: str) -> list[Statement]:
    """The statements of `sql` in order."""
    statements: list[Statement] = []
    tokens: list[_Token] = []
    inner = 0  # how many BEGIN ATOMIC and CASE are open
    for token in _tokens(sql):
        if token.kind == "word":
            inner += _step(token.text, tokens, inner)
        if token.kind == "end" and inner == 0:
            statements += _statement(sql, tokens)
            tokens = []
        elif token.kind != "end" or tokens:
            tokens.append(token)
    return statements + _statement(sql, tokens)


def _statement(sql: str, tokens: list[_Token]) -> list[Statement]:
    if not tokens:
        return []
    start = tokens[0].start
    words = tuple(token.text for token in tokens if token.kind == "word")
    return [Statement(sql[start : tokens[-1].end], start, words)]


def _step(word: str, before: list[_Token], inner: int) -> int:
    """By how much `word` changes the number of open blocks: 1, 0 or -1."""
    if word == "atomic" and before and before[-1].text == "begin":
        return 1
    if inner:
        return {"case": 1, "end": -1}.get(word, 0)
    return 0


def _tokens(sql: str) -> Iterator[_Token]:
    """All but blanks and comments."""
    at = 0
    while match := _TOKEN.match(sql, at):
        kind, start, at = match.lastgroup or "", at, match.end()
        if kind == "comment":
            at = _after_comment(sql, at)
        elif kind == "dollar":
            closing = sql.find(match.group(), at)
            at = len(sql) if closing < 0 else closing + len(match.group())
        if kind not in {"space", "comment"}:
            yield _Token(kind, start, at, sql[start:at].lower() if kind == "word" else "")


def _after_comment(sql: str, at: int) -> int:
    depth = 1
    for edge in _COMMENT_EDGE.finditer(sql, at):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(sql)
