"""The folder that a stack is rendered to: what lies there, how it differs from what is rendered, and writing it."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from seawall.errors import Place, Problem, SeawallError, raise_all

if TYPE_CHECKING:
    from seawall.cli.load import Loaded
    from seawall.render.deploy import Found, Rendered
    from seawall.render.file import File
    from seawall.stack import System

DEFAULT = "deploy"
_ENTRY = re.compile(
    r"""(?P<dash>- |  )(?P<key>name|newName|newTag|digest): (?:"(?P<quoted>[^"\\]*)"|(?P<plain>[A-Za-z][\w./:-]*))""",
    re.ASCII,
)
SECRETS = "secrets"  # the folder beside stack.py with what was sealed, a file for each environment

_RENDERED = (".yaml", ".md", ".json", ".Dockerfile", ".dockerignore", ".gitignore")  # how the names of files end


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not as it would be rendered: `before` is None for a new one, `after` for one to be removed."""

    path: str
    before: str | None
    after: str | None

    @property
    def what(self) -> str:
        """What rendering does to it."""
        return "add" if self.before is None else "remove" if self.after is None else "change"

    def lines(self) -> Iterator[str]:
        """The difference as ``diff -u`` shows it."""
        before, after = ((text or "").splitlines() for text in (self.before, self.after))
        yield from unified_diff(before, after, f"a/{self.path}", f"b/{self.path}", lineterm="")


def rendered(loaded: "Loaded", folder: Path, only: Sequence[str] = ()) -> "Rendered":
    """The stack rendered in all its environments, with what was sealed beside it and the images that stand in `folder`.

    Of parts that take long only those that `only` names, if it names any.

    Raises:
        SeawallError: what is wrong with the stack, its patches, or the files of sealed secrets.
    """
    from seawall.render.deploy import render  # noqa: PLC0415  # `--help` needs none of it

    systems = loaded.resolve_all()
    return render(systems, _found(loaded, folder, systems), loaded.sources, only)


def differences(files: Iterable["File"], folder: Path, only: Iterable[str]) -> list[Difference]:
    """What rendering would change below `folder`, in the order of the paths; `only` the files or folders named.

    Raises:
        UsageError: SW707, a file is in the way that Seawall did not render.
    """
    wanted = {each.path: each.text for each in files if _is_chosen(each.path, only)}
    there = {path: text for path, text in _rendered_before(folder) if _is_chosen(path, only)}
    foreign = [path for path in wanted if path not in there and (folder / path).exists()]
    raise_all(
        Problem("SW707", f"{folder / path} is not a file that Seawall rendered", fix=f"mv {folder / path} elsewhere")
        for path in foreign
    )
    return [
        Difference(path, there.get(path), wanted.get(path))
        for path in sorted(wanted.keys() | there.keys())
        if not _is_same(path, there.get(path), wanted.get(path))
    ]


def write(found: Iterable[Difference], folder: Path) -> None:
    """Bring `folder` up to date; each file is replaced as a whole, so that no reader sees half of one.

    Raises:
        SeawallError: SW318, it cannot be written.
    """
    for each in found:
        target = folder / each.path
        try:
            if each.after is None:
                target.unlink()
                if not any(target.parent.iterdir()):
                    target.parent.rmdir()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_name(f".{target.name}.{os.getpid()}")
            draft.write_text(each.after, encoding="utf-8")
            draft.replace(target)
        except OSError as error:
            raise SeawallError(Problem("SW318", f"{target} cannot be written: {error.strerror}")) from error


def _is_same(path: str, before: str | None, after: str | None) -> bool:
    """Whether a file needs no writing; the tool that writes images into a kustomization has a layout of its own."""
    from seawall.render.deploy import KUSTOMIZATION  # noqa: PLC0415

    if before == after or before is None or after is None or not path.endswith(f"/{KUSTOMIZATION}"):
        return before == after
    import yaml  # noqa: PLC0415

    try:
        return bool(yaml.load(before, Loader=yaml.CSafeLoader) == yaml.load(after, Loader=yaml.CSafeLoader))
    except yaml.YAMLError:
        return False


def _is_chosen(path: str, only: Iterable[str]) -> bool:
    chosen = [each.strip("/") for each in only]
    return not chosen or any(path == each or path.startswith(f"{each}/") for each in chosen)


def _rendered_before(folder: Path) -> Iterator[tuple[str, str]]:
    """The files below `folder` whose first line says that Seawall made them."""
    from seawall.render.deploy import MADE_BY  # noqa: PLC0415

    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.name.endswith(_RENDERED) and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            if MADE_BY in text.partition("\n")[0]:
                yield path.relative_to(folder).as_posix(), text


def _found(loaded: "Loaded", folder: Path, systems: "Sequence[System]") -> "Found":
    from seawall.cli.ground import ground  # noqa: PLC0415
    from seawall.render.deploy import KUBERNETES, KUSTOMIZATION, Found  # noqa: PLC0415

    sealed: dict[str, Any] = {}
    images: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in (system.environment.name for system in systems):
        path = loaded.folder / SECRETS / f"{name}.yaml"
        content = _yaml(path, problems)
        if content is not None and not _is_sealed(content):
            wanted = "the name of each Secret, and below it each key with its sealed text"
            problems.append(
                Problem("SW708", f"{path} does not hold sealed secrets", Place(str(path), 1), wanted=wanted)
            )
        else:
            sealed[name] = content or {}
        images[name] = _images(folder / KUBERNETES / name / KUSTOMIZATION, problems)
    raise_all(problems)
    return Found(sealed, images, ground(loaded, systems))


def _images(path: Path, problems: list[Problem]) -> dict[str, Mapping[str, str]]:
    """The entries of a kustomization's ``images:``, by name; what else a person wrote there is not ours to judge.

    As rendering and `kustomize edit` lay them out they are read line by line: a YAML library takes longer to import
    than everything else here takes.
    """
    if not path.is_file():
        return {}
    _, found, block = path.read_text(encoding="utf-8", errors="replace").partition("\nimages:\n")
    entries = _entries(block) if found else []
    if entries is None:
        listed = _yaml(path, problems)
        whole = cast("dict[str, Any]", listed) if isinstance(listed, dict) else {}
        entries = [each for each in cast("list[dict[str, str]]", whole.get("images") or []) if "name" in dict(each)]
    return {each["name"]: each for each in entries if "name" in each}


def _entries(block: str) -> list[dict[str, str]] | None:
    """The entries of the last block of a kustomization, or None where it has another layout."""
    from seawall.render.yaml import AMBIGUOUS  # noqa: PLC0415

    entries: list[dict[str, str]] = []
    for line in block.splitlines():
        found = _ENTRY.fullmatch(line)
        if found is None or (found["dash"] != "- " and not entries) or (found["plain"] or "").lower() in AMBIGUOUS:
            return None
        if found["dash"] == "- ":
            entries.append({})
        entries[-1][found["key"]] = found["quoted"] if found["quoted"] is not None else found["plain"]
    return entries


def _yaml(path: Path, problems: list[Problem]) -> object:
    if not path.is_file():
        return None
    import yaml  # noqa: PLC0415

    try:
        return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path), 1)
        problems.append(Problem("SW708", f"{path} is not YAML", place))
        return None


def _is_sealed(content: object) -> bool:
    if not isinstance(content, dict):
        return False
    secrets = cast("dict[object, object]", content)
    return all(
        isinstance(name, str)
        and isinstance(keys, dict)
        and all(isinstance(text, str) for pair in cast("dict[object, object]", keys).items() for text in pair)
        for name, keys in secrets.items()
    )
