"""The way out where the model has no word for something: patches of rendered objects, and objects of one's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY
from typing import Annotated, Any

from seawall.stack.provenance import Placed, frozen
from seawall.stack.rules import Line, Matches

Target = Annotated[str, Matches(r"[A-Za-z]+/[a-z0-9]([a-z0-9.-]*[a-z0-9])?", "KIND/NAME, such as 'Deployment/api'")]
Change = Callable[[dict[str, Any]], dict[str, Any]]


@frozen
class Patch(Placed):
    """Change the rendered object `target`, ``KIND/NAME``, by the function `change`, which takes it and returns it.

    It holds in each of the `environments` that it names; none named: in all of them. An object that is not rendered
    there is an error. An object of ``deploy/kubernetes/platform`` is changed once.
    """

    target: Target
    change: Change
    _: KW_ONLY
    environments: Sequence[Line] = ()


@frozen
class Extra(Placed):
    """One more object, in each of the `environments` that it names; none named: in all of them.

    It is rendered as it is; its namespace is the environment's where it names none. A Secret's values are refused: they
    belong into no file.
    """

    manifest: Mapping[str, object]
    _: KW_ONLY
    environments: Sequence[Line] = ()
