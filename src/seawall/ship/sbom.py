"""What an image consists of, read from its files: packages of Debian, Python and Go; as CycloneDX 1.6.

https://cyclonedx.org/docs/1.6/json/, https://github.com/package-url/purl-spec. A package is found by the record that
its installer left, those in a program of Go by the record of its linker; nothing of the image is run.
"""

import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from typing import IO, Any, Final
from urllib.parse import quote

_STATUS: Final = "var/lib/dpkg/status"
_STATUS_FOLDER: Final = "var/lib/dpkg/status.d/"
_PYTHON: Final = re.compile(r"(?:.*/)?[^/]+\.dist-info/METADATA")
_PROGRAMS: Final = ("usr/bin/", "usr/local/bin/")
_ELF: Final = b"\x7fELF"
# What the linker of Go 1.18 and newer writes between two marks (https://pkg.go.dev/debug/buildinfo): a line a module.
_GO_MODULES: Final = re.compile(
    rb"0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6(.*?)\xf92C1\x86\x18 r\x00\x82B\x10A\x16\xd8\xf2", re.DOTALL
)
_RELEASE: Final = ("etc/os-release", "usr/lib/os-release")


@dataclass(frozen=True, order=True)
class Component:
    """One package: ``deb``, ``pypi`` or ``golang``, its name and version, and for Debian its architecture."""

    kind: str
    name: str
    version: str
    architecture: str = ""

    def url(self, distribution: str) -> str:
        """Its package URL."""
        name, version = quote(self.name, safe="/" if self.kind == "golang" else ""), quote(self.version, safe="")
        if self.kind == "golang":
            return f"pkg:golang/{name}@{version}"
        if self.kind == "pypi":
            return f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
        return f"pkg:deb/debian/{name}@{version}?arch={self.architecture}&distro={distribution}"


def read(archive: tarfile.TarFile) -> tuple[tuple[Component, ...], str]:
    """The packages in the files of an image, sorted, and its distribution, such as ``debian-13``."""
    found: set[Component] = set()
    distribution = ""
    for member in archive:
        path = member.name.removeprefix("./")
        if path.startswith(_PROGRAMS) and member.isfile():
            found.update(_program(archive.extractfile(member)))
        is_record = path == _STATUS or path.startswith(_STATUS_FOLDER) or path in _RELEASE or _PYTHON.fullmatch(path)
        file = archive.extractfile(member) if is_record and member.isfile() else None
        if file is None:
            continue
        text = file.read().decode(errors="replace")
        if path in _RELEASE:
            distribution = _distribution(text)
        elif path.endswith(".dist-info/METADATA"):
            found.update(_package(text))
        elif not path.endswith(".md5sums"):
            found.update(_debian(text))
    return tuple(sorted(found)), distribution


def document(image: str, digest: str, components: Iterable[Component], distribution: str) -> dict[str, Any]:
    """The bill of materials of an image; the same for the same image."""
    listed = [
        {
            "type": "library",
            "bom-ref": each.url(distribution),
            "name": each.name,
            "version": each.version,
            "purl": each.url(distribution),
        }
        for each in components
    ]
    family, _, version = distribution.partition("-")
    system = [{"type": "operating-system", "bom-ref": distribution, "name": family, "version": version}]
    about = {"type": "container", "bom-ref": image, "name": image, **({"version": digest} if digest else {})}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": about},
        "components": [*(system if distribution else []), *listed],
    }


def _debian(text: str) -> Iterator[Component]:
    for paragraph in text.split("\n\n"):
        fields = HeaderParser().parsestr(paragraph.lstrip("\n"))
        installed = "installed" in str(fields.get("Status", "installed")).split()
        if installed and "Package" in fields and "Version" in fields:
            yield Component("deb", str(fields["Package"]), str(fields["Version"]), str(fields.get("Architecture", "")))


def _package(text: str) -> Iterator[Component]:
    fields = HeaderParser().parsestr(text.partition("\n\n")[0])
    if "Name" in fields and "Version" in fields:
        yield Component("pypi", str(fields["Name"]), str(fields["Version"]))


def _program(file: IO[bytes] | None) -> Iterator[Component]:
    """The modules of a program of Go; where one was replaced, the line below it says by what."""
    head = file.read(len(_ELF)) if file is not None else b""
    written = _GO_MODULES.search(file.read()) if file is not None and head == _ELF else None
    modules: list[Component] = []
    for line in written[1].decode(errors="replace").splitlines() if written else ():
        what, _, module = line.partition("\t")
        name, version = (*module.split("\t"), "")[:2]
        if what == "=>":
            modules.pop()
        if what in {"mod", "dep", "=>"} and version not in {"", "(devel)"}:
            modules.append(Component("golang", name, version))
    yield from modules


def _distribution(text: str) -> str:
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    name, version = (fields.get(key, "").strip('"') for key in ("ID", "VERSION_ID"))
    return f"{name}-{version}" if name else ""
