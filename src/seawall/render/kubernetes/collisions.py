"""SW710: two objects of one kind and name. Kubernetes would keep the last of them, and say nothing."""

from collections.abc import Iterable, Iterator

from seawall.errors import Place, Problem
from seawall.render.kubernetes.object import Object
from seawall.render.reason import Reasoned
from seawall.stack.sources import Sources


def problems(objects: Iterable[Object], sources: Sources) -> Iterator[Problem]:
    """Each name that two parts of a stack have for objects of the same kinds, once."""
    first: dict[tuple[str, str], Object] = {}
    found: dict[tuple[str, tuple[Place, ...]], list[str]] = {}
    for each in objects:
        other = first.setdefault((each.kind, each.name), each)
        if other is not each:
            places = sorted(filter(None, (_place(other, sources), _place(each, sources))), key=_position)
            found.setdefault((each.name, tuple(places)), []).append(each.kind)
    for (name, at), kinds in found.items():
        what = f"{' and '.join(dict.fromkeys(kinds))} {name!r}"
        where = f"at {' and '.join(map(str, at))}" if len(at) > 1 else "here and by Seawall"
        place = at[-1] if at else None
        yield Problem("SW710", f"{what} would be two objects: made {where}", place, fix="give one another name")


def _position(place: Place) -> tuple[str, int, int]:
    return place.file, place.line, place.column


def _place(each: Object, sources: Sources) -> Place | None:
    """Where the stack says what the object's name is made of."""
    name = each.tree["metadata"]["name"]
    owner = name.reason.owner if isinstance(name, Reasoned) else None
    return sources.argument(owner, name.reason.argument) if owner else None
