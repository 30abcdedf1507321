"""Where each value of a rendered object comes from: a line of ``stack.py``, a default, a rule, a patch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from seawall.errors import Place
from seawall.render.kubernetes.overrides import Finished
from seawall.render.reason import Reason, leaves
from seawall.stack.sources import Sources

Origin = Literal["stack", "default", "rule", "patch"]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One value: its `path`, keys and positions; `argument` is ``Api.port``; `place`, where ``stack.py`` decides it."""

    path: Path
    value: object
    origin: Origin
    place: Place | None = None
    argument: str = ""
    why: str = ""

    def __str__(self) -> str:
        said = {
            "stack": f"{self.place} {self.argument}",
            "default": f"default of {self.argument}",
            "patch": f"{self.place} {self.argument}",
            "rule": "rule",
        }[self.origin]
        return f"{said}: {self.why}" if self.why else said


def explained(each: Finished, sources: Sources) -> tuple[Explained, ...]:
    """Every value of an object as it is written, in its order."""
    if each.extra is not None:
        place = sources.argument(each.extra, "manifest")
        return tuple(Explained(path, value, "stack", place, "Extra.manifest") for path, value in _flat(each.tree))
    assert each.object is not None  # noqa: S101  # what is no extra was made by a module
    before = {leaf.path: leaf for leaf in leaves(each.object.tree)}
    return tuple(_of(path, value, before, each, sources) for path, value in _flat(each.tree))


def shown_path(tree: object, path: Path) -> str:
    """A path for people: ``spec.containers[api].image``; an item of a list goes by its name where it has one."""
    text = ""
    for step in path:
        if isinstance(step, int):
            tree = cast("Sequence[object]", tree)[step]
            name = cast("Mapping[str, object]", tree).get("name") if isinstance(tree, Mapping) else None
            text += f"[{name if isinstance(name, str) else step}]"
        else:
            tree = cast("Mapping[str, object]", tree)[step]
            quoted = f'["{step}"]' if "." in step or "/" in step else f".{step}"
            text += quoted
    return text.removeprefix(".")


def _of(path: Path, value: object, before: Mapping[Path, Any], each: Finished, sources: Sources) -> Explained:
    leaf = before.get(path)
    if leaf is None or leaf.value != value:
        # Of several patches nobody can tell which one it was without looking: the last one is where to begin.
        patch = each.patches[-1]
        return Explained(path, value, "patch", sources.argument(patch, "change"), "Patch.change")
    reason: Reason = leaf.reason
    if reason.owner is None:
        return Explained(path, value, "rule", why=reason.why)
    argument = f"{type(reason.owner).__name__}.{reason.argument}"
    place = sources.given(reason.owner, reason.argument)
    return Explained(path, value, "default" if place is None else "stack", place, argument, reason.why)


def _flat(tree: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    if isinstance(tree, Mapping) and tree:
        for key, value in cast("Mapping[str, object]", tree).items():
            yield from _flat(value, (*path, key))
    elif isinstance(tree, list) and tree:
        for position, value in enumerate(cast("list[object]", tree)):
            yield from _flat(value, (*path, position))
    else:
        yield path, tree
