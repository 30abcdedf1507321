"""Why a value is what it is, beside the value: what `seawall explain` shows.

A builder writes ``because(5, "...")`` for a rule and ``given(api.port, api, "port")`` for what ``stack.py`` says. Both
return the value as far as types are concerned; in fact they return it with its reason, so nothing computes with it any
more. `plain` takes the reasons out of a finished tree and `leaves` lists them. A value without a reason of its own has
that of what it stands in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from seawall.stack.provenance import Placed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reason:
    """Where a value comes from.

    With an `owner`: its `argument`, as ``stack.py`` gives it, or that argument's default. `why` is the rule, or says
    how the value follows from the argument, or why the default is what it is.
    """

    why: str
    owner: Placed | None = None
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A value in a tree with its reason."""

    value: Any
    reason: Reason


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar, or an empty list or mapping, of a finished tree: its path, as keys and positions, and its reason."""

    path: tuple[str | int, ...]
    value: object
    reason: Reason


def because(value: T, why: str) -> T:
    """`value`, for a reason that is a rule: one short clause that a reader of the manifest would accept."""
    return cast("T", Reasoned(value, Reason(why)))


def given(value: T, owner: Placed, argument: str, why: str = "") -> T:
    """`value`, which the `argument` of `owner` decides; `why` where it is not simply that, or explains the default."""
    return cast("T", Reasoned(value, Reason(why, owner, argument)))


def plain(tree: object) -> Any:  # noqa: ANN401 - a tree of JSON
    """The tree without its reasons: new dicts and lists, of scalars."""
    if isinstance(tree, Reasoned):
        return plain(tree.value)
    if isinstance(tree, dict | Mapping):  # most are dicts, and an abstract class takes long to ask
        return {key: plain(value) for key, value in cast("Mapping[str, object]", tree).items()}
    return [plain(each) for each in cast("Sequence[object]", tree)] if isinstance(tree, list | tuple) else tree


def leaves(tree: object, reason: Reason | None = None, path: tuple[str | int, ...] = ()) -> Iterator[Leaf]:
    """Every leaf of a tree, in its order.

    Raises:
        ValueError: a leaf has no reason. Each value that is rendered has one.
    """
    if isinstance(tree, Reasoned):
        yield from leaves(tree.value, tree.reason, path)
    elif isinstance(tree, Mapping) and tree:
        for key, value in cast("Mapping[str, object]", tree).items():
            yield from leaves(value, reason, (*path, key))
    elif isinstance(tree, list | tuple) and tree:
        for position, value in enumerate(cast("Sequence[object]", tree)):
            yield from leaves(value, reason, (*path, position))
    elif reason is None:
        message = f"no reason at {'.'.join(map(str, path))}"
        raise ValueError(message)
    else:
        yield Leaf(path, plain(tree), reason)  # pyright: ignore[reportUnknownArgumentType] - empty, or a scalar
