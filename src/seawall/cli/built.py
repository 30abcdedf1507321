"""The steps of `seawall build`: build all images, look into them, scan them, and only then push any."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.cli.output import print_line, visible
from seawall.errors import Problem, raise_all
from seawall.local.up import STATE
from seawall.render import gate
from seawall.ship import sbom

if TYPE_CHECKING:
    from seawall.ship.engine import Engine, OnLine
    from seawall.ship.image import Build

SBOMS = "sbom"  # the folder in .seawall with a bill of materials for each image
SCANS = "scan"  # the folder in .seawall with what the scanner says of each image
_SHOWN = 4  # findings that an error names


@dataclass(frozen=True)
class Built:
    """An image that was built, its digest in the registry if it was pushed, its bill of materials, its scan if any."""

    image: "Build"
    digest: str
    sbom: Path
    scan: Path | None


@dataclass(frozen=True)
class Steps:
    """What the steps go by: the `folder` of the stack, the one that is `rendered` to, and what was asked for.

    `scanner` is the program to scan with, or empty; `quiet` shows no line of what the engine says.
    """

    engine: "Engine"
    folder: Path
    rendered: Path
    scanner: str
    push: bool
    quiet: bool

    def run(self, images: "Sequence[Build]") -> list[Built]:
        """Build them. What one of them is refused for keeps the others back, too.

        Raises:
            SeawallError: SW803, SW804, SW807 and SW808.
        """
        at_once = [self.engine.build(each, self._teller(each), push=self.push) for each in images]
        contents = [self._content(each) for each in images]
        if self.scanner:
            raise_all(problem for each in images for problem in self._scanned(each))
        found: list[Built] = []
        for image, digest, content in zip(images, at_once, contents, strict=True):
            pushed = digest or self.engine.push(image, self._teller(image)) if self.push else ""
            document = sbom.document(image.references[0], pushed, *content)
            path = self._path(SBOMS, f"{image.target}.cdx.json")
            path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
            found.append(Built(image, pushed, path, self._report(image) if self.scanner else None))
        return found

    def _content(self, image: "Build") -> tuple[tuple[sbom.Component, ...], str]:
        with self.engine.files(image) as archive:
            return sbom.read(archive)

    def _scanned(self, image: "Build") -> Iterator[Problem]:
        """Why an image must not be released; each finding is shown, too."""
        tell, report = self._teller(image), self._report(image)
        configuration = (self.rendered / gate.PATH).resolve()
        found = self.engine.scan(image, self.scanner, configuration, report.resolve(), self.folder)
        for finding in found:
            tell(str(finding))
        if found:
            more = f"; {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            yield Problem(
                "SW808",
                f"{image.name} has {len(found)} finding{'s' if len(found) > 1 else ''} of its scan",
                saw="; ".join(visible(str(each)) for each in found[:_SHOWN]) + more,
                wanted=f"none that is {' or '.join(gate.SEVERITIES)}",
                fix=f"seawall build --no-cache --scan, or accept them in {gate.EXCEPTIONS}; {report} says more",
            )

    def _report(self, image: "Build") -> Path:
        return self._path(SCANS, f"{image.target}.json")

    def _path(self, kind: str, name: str) -> Path:
        folder = self.folder / STATE / kind
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def _teller(self, image: "Build") -> "OnLine":
        """What shows the lines of a program with the name of the image."""
        return lambda line: None if self.quiet else print_line(f"{image.name}  {visible(line)}")
