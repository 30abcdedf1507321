"""What images are made from, as it lies beside ``stack.py``: locks of dependencies, versions, digests."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from seawall.errors import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seawall.cli.load import Loaded
    from seawall.render.dockerfile import Ground
    from seawall.render.python_image import Code
    from seawall.stack import System
    from seawall.stack.services import Workload

DIGESTS: Final = "images.lock"  # beside stack.py: public images with their digests, NAME:TAG@sha256:..., one a line
PYTHONS: Final = ("3.13", "3.12", "3.11")  # those that Seawall runs on, the newest first
_LOCKED_REQUIREMENTS: Final = ("requirements.lock", "requirements.txt")
_DIGEST: Final = re.compile(r"(?P<image>[a-z0-9][\w./:-]*)@(?P<digest>sha256:[0-9a-f]{64})", re.ASCII)
_REQUIRED: Final = re.compile(r"""^requires-python\s*=\s*["'](?P<python>[^"']*)["']""", re.MULTILINE)
_AT_LEAST: Final = re.compile(r">=\s*3\.(?P<minor>\d+)(\.0)?", re.ASCII)
_OWN: Final = "seawall"


def ground(loaded: "Loaded", systems: "Sequence[System]") -> "Ground":
    """What the images of a stack are made from, and why those of some folders cannot be made: SW711 and SW712."""
    from seawall.render.dockerfile import Ground, Unbuilt, sources  # noqa: PLC0415 - `--help` needs none of it
    from seawall.render.gate import EXCEPTIONS  # noqa: PLC0415

    code: dict[str, Code] = {}
    unbuilt: list[Unbuilt] = []
    for folder, services in sources(systems).items():
        found = _code(loaded, loaded.folder / folder, services, minimal=loaded.stack.minimal_images)
        if isinstance(found, Problem):
            unbuilt.append(Unbuilt(tuple(service.name for service in services), found))
        else:
            code[folder] = found
    accepted = (loaded.folder / EXCEPTIONS).is_file()
    return Ground(code, _digests(loaded.folder / DIGESTS), tuple(unbuilt), accepted)


def _code(loaded: "Loaded", folder: Path, services: "Sequence[Workload]", *, minimal: bool) -> "Code | Problem":
    from seawall.render.python_image import DEBIAN_PYTHON, PROJECT, WHEELS, Code  # noqa: PLC0415

    lock = _lock(folder)
    if lock is None:
        names = ", ".join(service.name for service in services)
        shown = "beside stack.py" if folder == loaded.folder else f"in {loaded.sources.name(str(folder))}"
        wanted = "uv.lock, pylock.toml, or a requirements.txt with hashes"
        message = f"no file {shown} locks the dependencies of {names}"
        place = loaded.sources.argument(services[0], "source")
        apart = f"--find-links {WHEELS} --no-emit-package {_OWN} "
        more = apart if any((folder / WHEELS).glob(f"{_OWN}-*.whl")) else ""
        fix = f"uv pip compile --universal --generate-hashes {more}{PROJECT} -o requirements.txt"
        return Problem("SW711", message, place, wanted=wanted, fix=fix)
    pythons = (DEBIAN_PYTHON,) if minimal else PYTHONS
    required, line = _requires_python(folder / PROJECT)
    python = next((each for each in pythons if _allows(required, each)), None)
    if python is None:
        message = "no Python of a minimal image fits" if minimal else "no Python that Seawall runs on fits"
        place = Place(loaded.sources.name(str(folder / PROJECT)), line)
        return Problem("SW712", message, place, saw=f"requires-python {required!r}", wanted=" or ".join(pythons))
    return Code(lock.name, python, wheels=_wants_wheel(lock))


def _lock(folder: Path) -> Path | None:
    from seawall.render.python_image import PYLOCK, UV_LOCK  # noqa: PLC0415

    for name in (UV_LOCK, PYLOCK, *_LOCKED_REQUIREMENTS):
        path = folder / name
        if path.is_file() and (name not in _LOCKED_REQUIREMENTS or "--hash=sha256:" in _text(path)):
            return path
    return None


def _wants_wheel(lock: Path) -> bool:
    """Whether Seawall comes from ``wheels``: no index gave it to the lock."""
    from seawall.render.python_image import UV_LOCK, WHEELS  # noqa: PLC0415

    text = _text(lock)
    if lock.name in _LOCKED_REQUIREMENTS:
        return re.search(rf"^{_OWN}\s*==", text, re.MULTILINE) is None
    named = re.search(rf'^name = "{_OWN}"$', text, re.MULTILINE) is not None
    return not named or f'"{WHEELS}/' in text or (lock.name == UV_LOCK and f'"{WHEELS}"' in text)


def _requires_python(project: Path) -> tuple[str, int]:
    """What a project says of its Python, and in which line; text, as reading TOML takes long for one line."""
    text = _text(project)
    found = _REQUIRED.search(text)
    return (found["python"], text.count("\n", 0, found.start()) + 1) if found else ("", 1)


def _allows(required: str, python: str) -> bool:
    simple = _AT_LEAST.fullmatch(required)
    if simple or not required:
        return not simple or int(simple["minor"]) <= int(python.partition(".")[2])
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - few need it

    try:
        return SpecifierSet(required).contains(f"{python}.99")  # the image has the newest of its patches
    except InvalidSpecifier:
        return True  # whatever installs the project says so better


def _digests(file: Path) -> dict[str, str]:
    lines = (line.strip() for line in _text(file).splitlines())
    found = (_DIGEST.fullmatch(line) for line in lines)
    return {match["image"]: match["digest"] for match in found if match is not None}


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
