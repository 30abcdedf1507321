"""The name that was probably meant."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from typing import Final

_LIKE: Final = 0.75  # how like two beginnings must be, from 0 to 1; higher than for whole names: less is compared


def nearest(name: str, known: Iterable[str]) -> str:
    """The one of `known` that is most like `name`, else that begins most like it; nothing where none is alike."""
    names = list(known)
    whole = get_close_matches(name, names, n=1)
    if whole:
        return whole[0]
    alike = {each: _alike(name, each) for each in names}
    best = max(alike, key=alike.__getitem__, default="")
    return best if alike.get(best, 0) >= _LIKE else ""


def _alike(one: str, other: str) -> float:
    """How like the beginnings are, as far as the shorter goes and a letter more: one may have been left out."""
    length = min(len(one), len(other)) + 1
    return SequenceMatcher(None, one[:length], other[:length]).ratio()
