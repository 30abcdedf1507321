"""The rules that a value of the model must keep, written where the field is declared.

A field's annotation is its type and its rules: ``port: Annotated[int, Range(1, 65535)]``. Editors and type checkers see
the type; `seawall.stack.validate` reads the rules. Each rule is pure: it says what is wanted and whether a value fits.
"""

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final


@dataclass(frozen=True, slots=True)
class Range:
    """A number from `minimum` to `maximum`, both included; no maximum where it is None."""

    minimum: float
    maximum: float | None = None

    @property
    def wanted(self) -> str:
        """The rule in words, after "must be a number"."""
        return f"≥ {self.minimum:g}" if self.maximum is None else f"from {self.minimum:g} to {self.maximum:g}"

    def allows(self, value: object) -> bool:
        """Whether a value of the right type keeps the rule."""
        if not isinstance(value, int | float):
            return False
        return value >= self.minimum and (self.maximum is None or value <= self.maximum)


@dataclass(frozen=True, slots=True)
class Matches:
    """Text that matches `pattern` as a whole; `wanted` says it in words, with an example."""

    pattern: str
    wanted: str

    def allows(self, value: object) -> bool:
        """Whether a value of the right type keeps the rule."""
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None


@dataclass(frozen=True, slots=True)
class Network:
    """A range of IPv4 or IPv6 addresses, without bits behind its prefix (RFC 4632)."""

    wanted: ClassVar = "a range of addresses, such as '203.0.113.0/24'"

    def allows(self, value: object) -> bool:
        """Whether a value of the right type keeps the rule."""
        from ipaddress import ip_network  # noqa: PLC0415 - few stacks name one; every import of the model would pay

        try:
            ip_network(str(value))
        except ValueError:
            return False
        return "/" in str(value)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A cron expression of five fields, in numbers, as Kubernetes reads it: Sunday is 0 and never 7."""

    wanted: ClassVar = "a cron expression of five fields in numbers, such as '0 2 * * *'"
    _bounds: ClassVar = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))

    def allows(self, value: object) -> bool:
        """Whether a value of the right type keeps the rule."""
        fields = str(value).split(" ")
        return len(fields) == len(self._bounds) and all(
            _fits(part, *bounds)
            for field, bounds in zip(fields, self._bounds, strict=True)
            for part in field.split(",")
        )


def _fits(part: str, lowest: int, highest: int) -> bool:
    found = re.fullmatch(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?", part, re.ASCII)
    if found is None:
        return False
    first, last, step = (None if text is None else int(text) for text in found.groups())
    first = lowest if first is None else first
    return lowest <= first <= (first if last is None else last) <= highest and step != 0


Rule = Range | Matches | Network | Schedule

# RFC 1123 label; 40 rather than 63, so that Kubernetes' own suffixes and our hashes fit behind it.
DNS_LABEL: Final = Matches(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "a DNS label (a-z, 0-9, '-', at most 40)")
VARIABLE: Final = Matches(r"[A-Za-z_][A-Za-z0-9_]*", "a variable's name, such as STRIPE_KEY")
REFERENCE: Final = Matches(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", "module:name, such as 'orders.api:app'")
QUANTITY: Final = Matches(
    r"(?=[0-9.]*[1-9])[0-9]+(\.[0-9]+)?(m|[kMGTPE]|[KMGTPE]i)?",
    "a Kubernetes quantity above 0, such as '250m' or '1Gi'",
)
URL_PATH: Final = Matches(
    r"/|(/(?!\.\.?(/|$))[A-Za-z0-9._~-]+)+", "an absolute path without a trailing slash, such as '/api'"
)
# RFC 1123, 2.1; an address is no name: routes and certificates take names only.
HOST: Final = Matches(
    r"(?=.{1,253}$)(?!(\d+\.){3}\d+$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
    "a host name, such as 'shop.example.com'",
)
DIRECTORY: Final = Matches(r"[^/\x00\s][^\x00\n]*", "a folder relative to stack.py")
IMAGE: Final = Matches(
    r"[a-z0-9][A-Za-z0-9._/-]*(:[0-9]+/[A-Za-z0-9._/-]+)?(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?",
    "an image's name, such as 'orders-api'",
)
IMAGE_TAG: Final = Matches(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", "an image's tag, such as 'latest'")
# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
LABEL_KEY: Final = Matches(
    r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?",
    "a label's key, such as 'release'",
)
LABEL_VALUE: Final = Matches(
    r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?", "a label's value, such as 'monitoring'"
)
LINE: Final = Matches(r"\S([^\x00-\x1f\x7f]*\S)?", "one line of text")

Name = Annotated[str, DNS_LABEL]
Variable = Annotated[str, VARIABLE]
Reference = Annotated[str, REFERENCE]
Quantity = Annotated[str, QUANTITY]
UrlPath = Annotated[str, URL_PATH]
Host = Annotated[str, HOST]
Directory = Annotated[str, DIRECTORY]
Image = Annotated[str, IMAGE]
ImageTag = Annotated[str, IMAGE_TAG]
LabelKey = Annotated[str, LABEL_KEY]
LabelValue = Annotated[str, LABEL_VALUE]
Line = Annotated[str, LINE]
Cron = Annotated[str, Schedule()]
Port = Annotated[int, Range(1, 65535)]
Count = Annotated[int, Range(0)]
Positive = Annotated[int, Range(1)]
Percent = Annotated[int, Range(1, 100)]
Seconds = Annotated[float, Range(0, 86400)]
