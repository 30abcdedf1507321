"""What Trivy finds in an image: the command, and what it says, as values; `seawall.ship.engine` gives it the image."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from seawall.render.gate import SEVERITIES

SCANNER: Final = "trivy"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must not be released: its `rule`, how bad it is, `where` it lies, and what mends it, if known."""

    severity: str
    rule: str
    where: str
    mended: str = ""

    def __str__(self) -> str:
        mended = f", mended in {self.mended}" if self.mended else ""
        return f"{self.severity} {self.rule} in {self.where}{mended}"


def command(program: str, configuration: str, image: str, report: str) -> tuple[str, ...]:
    """The command that judges the file `image`, as an engine saves it, and writes the `report`; no finding fails it."""
    said = ("--format", "json", "--output", report, "--exit-code", "0", "--quiet")
    return (program, "image", "--config", configuration, *said, "--input", image)


def findings(report: str) -> tuple[Finding, ...]:
    """What a report in JSON lists, the worst first. Of a secret it says where, and never what.

    Raises:
        ValueError: it is none of Trivy's reports.
    """
    said: object = json.loads(report)
    if not isinstance(said, dict) or "SchemaVersion" not in said:
        message = "not a report of Trivy"
        raise ValueError(message)
    results = cast("dict[str, list[dict[str, Any]]]", said).get("Results") or []
    found = {each for result in results for each in _of(result)}
    return tuple(sorted(found, key=lambda each: (_rank(each.severity), each.rule, each.where)))


def _of(result: dict[str, Any]) -> Iterator[Finding]:
    target = str(result.get("Target", ""))
    for each in result.get("Vulnerabilities") or ():
        where = f"{each['PkgName']} {each.get('InstalledVersion', '')}".rstrip()
        yield Finding(each["Severity"], each["VulnerabilityID"], where, str(each.get("FixedVersion", "")))
    for each in result.get("Secrets") or ():
        yield Finding(each["Severity"], each["RuleID"], target)
    for each in result.get("Misconfigurations") or ():
        if each.get("Status") == "FAIL":
            yield Finding(each["Severity"], each["ID"], target)


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
